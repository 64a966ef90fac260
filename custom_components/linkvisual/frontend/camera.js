/** A camera's entities in Home Assistant, found by its device. */

/** @import { EntityState, Hass } from "./types" */

const PLATFORM = "linkvisual";

export const PTZ = /** @type {const} */ ([
  ["ptz_up", "mdi:chevron-up"],
  ["ptz_left", "mdi:chevron-left"],
  ["ptz_right", "mdi:chevron-right"],
  ["ptz_down", "mdi:chevron-down"],
  ["ptz_zoom_in", "mdi:magnify-plus-outline"],
  ["ptz_zoom_out", "mdi:magnify-minus-outline"],
]);

/**
 * Return the entity IDs of all cameras of the integration, by area and name.
 * @param {Hass} hass
 */
export function cameras(hass) {
  /** @param {string} id */
  const order = (id) => {
    const device = hass.devices[hass.entities[id]?.device_id ?? ""];
    const area = hass.areas[device?.area_id ?? ""]?.name ?? "\uffff";
    return `${area}\n${nameOf(hass, id)}`;
  };
  return Object.values(hass.entities)
    .filter((entry) => entry.platform === PLATFORM && entry.entity_id.startsWith("camera."))
    .map((entry) => entry.entity_id)
    .sort((a, b) => order(a).localeCompare(order(b), hass.language));
}

/**
 * @param {Hass} hass
 * @param {string} entityId
 */
export function nameOf(hass, entityId) {
  return String(hass.states[entityId]?.attributes["friendly_name"] ?? entityId);
}

/** The entities of one camera. A user who may not read some of them has the others. */
export class Camera {
  /**
   * @param {Hass} hass
   * @param {string} entityId
   */
  constructor(hass, entityId) {
    this.entityId = entityId;
    const entry = hass.entities[entityId];
    this.isKnown = entry?.platform === PLATFORM;
    /** @type {Map<string, string>} entity IDs of buttons by translation key */
    this.buttons = new Map();
    /** @type {string | undefined} */
    this.connectivity = undefined;
    /** @type {string | undefined} */
    this.recording = undefined;
    /** @type {string | undefined} */
    this.recordingEvent = undefined;
    /** @type {string | undefined} */
    this.alarmEvent = undefined;
    const siblings = Object.values(hass.entities).filter(
      (each) => this.isKnown && each.device_id && each.device_id === entry?.device_id,
    );
    for (const { entity_id: id, translation_key: key, platform } of siblings) {
      if (platform !== PLATFORM) continue;
      const [domain] = id.split(".");
      if (domain === "button" && key) this.buttons.set(key, id);
      else if (domain === "event" && key === "recording") this.recordingEvent = id;
      else if (domain === "event" && key === "alarm") this.alarmEvent = id;
      else if (domain === "binary_sensor" && key === "recording") this.recording = id;
      else if (hass.states[id]?.attributes["device_class"] === "connectivity") this.connectivity = id;
    }
  }

  /** Entity IDs whose states the card shows. */
  get watched() {
    return [
      this.entityId,
      this.connectivity,
      this.recording,
      this.recordingEvent,
      ...this.buttons.values(),
    ].filter((id) => id !== undefined);
  }

  /** Whether the camera can be moved: its buttons for that are disabled until somebody says so. */
  get hasPtz() {
    return PTZ.some(([key]) => this.buttons.has(key));
  }

  /**
   * Return the moment since which the camera, or the cloud, does not answer; undefined if it does.
   * @param {Hass} hass
   * @returns {{ since: number, key: string } | undefined}
   */
  outage(hass) {
    const camera = hass.states[this.entityId];
    if (camera && camera.state !== "unavailable") return undefined;
    const connectivity = this.connectivity ? hass.states[this.connectivity] : undefined;
    const told = connectivity ?? camera;
    if (!told) return undefined;
    const key = connectivity?.state === "off" ? "offline_since" : "no_answer_since";
    return { since: Date.parse(told.last_changed), key };
  }

  /**
   * Return when the running recording will end (Unix milliseconds, NaN if unknown); undefined if none runs.
   * @param {Hass} hass
   */
  recordingEnd(hass) {
    if (!this.recording || hass.states[this.recording]?.state !== "on") return undefined;
    const event = this.recordingEvent ? hass.states[this.recordingEvent] : undefined;
    if (event?.attributes["event_type"] !== "triggered") return NaN;
    const { triggered_at: at, record_duration: all, pre_record_duration: before } = event.attributes;
    // The part before the trigger counts, too.
    return Date.parse(String(at)) + (Number(all) - Number(before ?? 0)) * 1000;
  }

  /**
   * Return the name of an alarm type in the user's language.
   * @param {Hass} hass
   * @param {string} type
   */
  alarmText(hass, type) {
    const event = this.alarmEvent ? hass.states[this.alarmEvent] : undefined;
    return event ? hass.formatEntityAttributeValue(event, "event_type", type) : type;
  }
}

/**
 * Return the state of a button, if the camera has it.
 * @param {Hass} hass
 * @param {Camera} camera
 * @param {string} key
 * @returns {EntityState | undefined}
 */
export function buttonState(hass, camera, key) {
  const id = camera.buttons.get(key);
  return id ? hass.states[id] : undefined;
}
