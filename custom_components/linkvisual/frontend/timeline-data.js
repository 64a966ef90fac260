/** A camera's recordings and alarms of a span, kept up to date. */

/** @import { Alarm, AlarmRow, Hass, Recording, RecordingRow, TimelineMessage, TimelineReply } from "./types" */

/**
 * @param {RecordingRow} row
 * @returns {Recording}
 */
const recordingOf = (row) => ({ ...row, start: Date.parse(row.start), end: Date.parse(row.end) });
/**
 * @param {AlarmRow} row
 * @returns {Alarm}
 */
const alarmOf = (row) => ({ ...row, time: Date.parse(row.time) });

export class TimelineData {
  /** @type {Recording[]} by start */
  recordings = [];
  /** @type {Alarm[]} by time */
  alarms = [];
  /** @type {{ code: string, message: string } | undefined} */
  error;
  isLoading = false;
  /** Unix milliseconds of the last answer. */
  loadedAt = 0;
  /** Whether the user may press the camera's buttons. */
  canControl = true;

  #onChange;
  #entityId = "";
  #span = { start: 0, end: 0 };
  #turn = 0;
  /** @type {TimelineMessage[]} what was told while the span was loaded: the answer may be older */
  #early = [];
  /** @type {Promise<() => Promise<void>> | undefined} */
  #subscription;
  /** @type {(() => void) | undefined} */
  #ignoreReconnects;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  get isOpen() {
    return this.#subscription !== undefined;
  }

  /**
   * Be told of what is new.
   * @param {Hass} hass
   * @param {string} entityId
   */
  open(hass, entityId) {
    this.#entityId = entityId;
    /** @type {(message: TimelineMessage) => void} */
    const update = (message) => this.#update(message);
    this.#subscription = hass.connection.subscribeMessage(update, {
      type: "linkvisual/timeline/subscribe",
      entity_id: entityId,
    });
    // Loading fails for the same reason, and tells it.
    this.#subscription.catch(() => {});
    const reload = () => void this.load(hass, this.#span.start, this.#span.end);
    hass.connection.addEventListener("ready", reload);
    this.#ignoreReconnects = () => hass.connection.removeEventListener("ready", reload);
  }

  /** Forget the camera. */
  close() {
    void this.#subscription?.then((unsubscribe) => unsubscribe()).catch(() => {});
    this.#subscription = undefined;
    this.#ignoreReconnects?.();
    this.#ignoreReconnects = undefined;
    this.#turn += 1;
    this.recordings = this.alarms = [];
    this.error = undefined;
    this.isLoading = false;
    this.canControl = true;
  }

  /**
   * Load a span; what was asked for before does not count any more.
   * @param {Hass} hass
   * @param {number} start Unix milliseconds
   * @param {number} end
   */
  async load(hass, start, end) {
    const turn = (this.#turn += 1);
    if (start !== this.#span.start) this.recordings = this.alarms = [];
    this.#span = { start, end };
    this.isLoading = true;
    this.#early = [];
    this.error = undefined;
    this.#onChange();
    try {
      /** @type {TimelineReply} */
      const reply = await hass.callWS({
        type: "linkvisual/timeline",
        entity_id: this.#entityId,
        start: new Date(start).toISOString(),
        end: new Date(end).toISOString(),
      });
      if (turn !== this.#turn) return;
      this.recordings = reply.recordings.map(recordingOf);
      this.alarms = reply.alarms.map(alarmOf);
      this.canControl = reply.can_control !== false;
      for (const message of this.#early) this.#add(message);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.error = /** @type {{ code: string, message: string }} */ (error);
    }
    this.isLoading = false;
    this.loadedAt = Date.now();
    this.#onChange();
  }

  /** @param {TimelineMessage} message */
  #update(message) {
    if (this.isLoading) this.#early.push(message);
    this.#add(message);
    this.#onChange();
  }

  /** @param {TimelineMessage} message */
  #add({ recording, alarm }) {
    if (recording) {
      const one = recordingOf(recording);
      const others = this.recordings.filter((each) => each.media_content_id !== one.media_content_id);
      if (this.#isSeen(one.start, one.end)) this.recordings = [...others, one].sort((a, b) => a.start - b.start);
    }
    if (alarm) {
      const one = alarmOf(alarm);
      const others = this.alarms.filter((each) => each.event_id !== one.event_id);
      if (this.#isSeen(one.time, one.time)) this.alarms = [...others, one].sort((a, b) => a.time - b.time);
    }
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  #isSeen(start, end) {
    return end >= this.#span.start && start < this.#span.end;
  }
}
