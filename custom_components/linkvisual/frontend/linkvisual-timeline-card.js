/** The timeline card: live video of a camera, its day as a bar, and buttons. */

import { buttonState, Camera, cameras, nameOf, PTZ } from "./camera.js";
import { iconButton, label, make, write } from "./dom.js";
import { download } from "./download.js";
import { TimelineStage } from "./stage.js";
import "./strategy.js";
import { STYLE } from "./style.js";
import { buttonText, kindText, loadTexts, text } from "./texts.js";
import { TimelineBar } from "./timeline-bar.js";
import { TimelineData } from "./timeline-data.js";
import { addDays, dayOf, dayText, momentText, startOfDay, timeText, zoneOf } from "./times.js";

/** @import { CardConfig, Hass, Place, Recording } from "./types" */

const TYPE = "linkvisual-timeline-card";
/** Milliseconds for which a pointer rests before a thumbnail is asked for. */
const THUMBNAIL_DELAY = 150;
/** Milliseconds: a recording that begins so soon after the one before is its continuation. */
const CONTINUATION = 5000;
const HALF_MINUTE = 30_000;

class LinkVisualTimelineCard extends HTMLElement {
  /** @type {CardConfig} */
  #config = { type: `custom:${TYPE}` };
  /** @type {Hass | undefined} */
  #hass;
  /** @type {Camera | undefined} */
  #camera;
  #data = new TimelineData(() => this.#dataChanged());
  #day = "";
  #hasTexts = false;
  #isVisible = false;
  /** @type {Recording | undefined} */
  #playing;
  #clock = 0;
  #thumbnailTimer = 0;
  #busy = "";
  #observer = new IntersectionObserver((entries) => this.#setVisible(entries.some((each) => each.isIntersecting)));

  #stage = new TimelineStage();
  #bar = new TimelineBar();
  #badge = make("span", { class: "badge" });
  #name = make("span", { class: "name" });
  #dayName = make("span", { class: "day", role: "status" });
  #previous = iconButton("mdi:chevron-left", () => this.#showDay(-1));
  #next = iconButton("mdi:chevron-right", () => this.#showDay(1));
  #newest = iconButton("mdi:page-last", () => this.#playNewest());
  #zoomIn = iconButton("mdi:magnify-plus-outline", () => this.#bar.zoom(0.5));
  #zoomOut = iconButton("mdi:magnify-minus-outline", () => this.#bar.zoom(2));
  #live = iconButton("mdi:cctv", () => this.#playLive());
  #download = iconButton("mdi:download", () => void this.#downloadPlaying());
  #status = make("span", { class: "status", role: "status" });
  #retry = make("button", { type: "button", class: "retry", onclick: () => void this.#load() });
  #thumbnail = make("img", { alt: "", hidden: true, onload: () => (this.#thumbnail.hidden = false) });
  #tipText = make("span");
  #tip = make("div", { class: "tip", hidden: true, "aria-hidden": "true" }, this.#thumbnail, this.#tipText);
  #actions = make("div", { class: "row actions" });
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();
  #pad = make("div", { class: "pad", role: "group" });

  static getConfigForm() {
    return {
      schema: [
        {
          name: "entity",
          required: true,
          selector: { entity: { filter: { integration: "linkvisual", domain: "camera" } } },
        },
      ],
    };
  }

  /** @param {Hass} hass */
  static getStubConfig(hass) {
    return { entity: cameras(hass)[0] ?? "" };
  }

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [STYLE];
    for (const [key, icon] of /** @type {const} */ ([
      ["record", "mdi:record-rec"],
      ["stop_recording", "mdi:stop"],
      ["snapshot", "mdi:camera"],
    ])) {
      this.#addButton(this.#actions, key, icon);
    }
    this.#actions.append(this.#live, this.#download);
    for (const [key, icon] of PTZ) this.#addButton(this.#pad, key, icon);
    const days = make("div", { class: "row" }, this.#previous, this.#dayName, this.#next);
    const zooms = make("div", { class: "row end" }, this.#zoomOut, this.#zoomIn, this.#newest);
    root.append(
      make(
        "ha-card",
        {},
        make("div", { class: "picture" }, this.#stage, make("div", { class: "over" }, this.#name, this.#badge)),
        make(
          "div",
          { class: "body" },
          make("div", { class: "row spread" }, days, zooms),
          make("div", { class: "bar" }, this.#bar, this.#tip),
          make("div", { class: "row line" }, this.#status, this.#retry),
          make("div", { class: "row spread wrap" }, this.#actions, this.#pad),
        ),
      ),
    );
    this.#bar.format = (time, seconds) => (this.#hass ? timeText(this.#hass, time, seconds) : "");
    this.#bar.describe = (place) => this.#describe(place);
    this.#bar.addEventListener("look", (event) => this.#look(/** @type {CustomEvent<Place | null>} */ (event).detail));
    this.#bar.addEventListener("pick", (event) => this.#pick(/** @type {CustomEvent<Place>} */ (event).detail));
    this.#stage.addEventListener("playhead", (event) => {
      this.#bar.playhead = /** @type {CustomEvent<number>} */ (event).detail;
    });
    this.#stage.addEventListener("ended", () => this.#playContinuation());
  }

  /** @param {CardConfig} config */
  setConfig(config) {
    this.#config = config;
    this.#camera = undefined;
    this.#playing = undefined;
    this.#stage.clear();
    if (this.#hass) this.hass = this.#hass;
  }

  getCardSize() {
    return 8;
  }

  getGridOptions() {
    return { columns: 12, rows: "auto", min_columns: 6 };
  }

  /** @param {Hass} hass */
  set hass(hass) {
    const old = this.#hass;
    this.#hass = hass;
    if (!this.#camera || old?.entities !== hass.entities) this.#findCamera(hass);
    if (!this.#hasTexts || old?.language !== hass.language) {
      void loadTexts(hass).then(() => {
        this.#hasTexts = true;
        this.#render();
      });
    }
    if (old && (old.themes !== hass.themes || old.selectedTheme !== hass.selectedTheme)) {
      // The theme's variables are set after this.
      requestAnimationFrame(() => this.#bar.restyle());
    }
    const isSame =
      old?.locale === hass.locale &&
      old?.localize === hass.localize &&
      this.#camera?.watched.every((id) => old?.states[id] === hass.states[id]);
    if (!isSame) this.#render();
  }

  connectedCallback() {
    this.#observer.observe(this);
    this.#clock = window.setInterval(() => this.#tick(), 1000);
  }

  disconnectedCallback() {
    this.#observer.disconnect();
    clearInterval(this.#clock);
    this.#playing = undefined;
    this.#setVisible(false);
    this.#data.close();
  }

  /** @param {Hass} hass */
  #findCamera(hass) {
    const wasKnown = this.#camera?.isKnown;
    const isOther = this.#camera?.entityId !== this.#config.entity;
    this.#camera = new Camera(hass, this.#config.entity ?? "");
    if (isOther || wasKnown !== this.#camera.isKnown) {
      this.#data.close();
      this.#day = "";
      if (this.#isVisible) this.#start();
    }
  }

  /** @param {boolean} isVisible */
  #setVisible(isVisible) {
    if (isVisible === this.#isVisible) return;
    this.#isVisible = isVisible;
    if (isVisible) this.#start();
    else if (!this.#playing) this.#stage.clear();
  }

  /** Begin to show: nothing is asked for a card that nobody sees. */
  #start() {
    const hass = this.#hass;
    if (hass && this.#camera?.isKnown && !this.#data.isOpen) {
      this.#data.open(hass, this.#camera.entityId);
      this.#setDay(dayOf(Date.now(), zoneOf(hass)));
    }
    this.#render();
  }

  /** @param {string} day YYYY-MM-DD */
  #setDay(day) {
    const hass = this.#hass;
    if (!hass) return;
    this.#day = day;
    this.#bar.setDay(...this.#bounds(hass));
    void this.#load();
  }

  /**
   * @param {Hass} hass
   * @returns {[number, number]} Unix milliseconds
   */
  #bounds(hass) {
    const zone = zoneOf(hass);
    return [startOfDay(this.#day, zone), startOfDay(addDays(this.#day, 1), zone)];
  }

  async #load() {
    if (this.#hass && this.#day) await this.#data.load(this.#hass, ...this.#bounds(this.#hass));
  }

  #dataChanged() {
    this.#bar.setItems(this.#data.recordings, this.#data.alarms);
    this.#render();
  }

  /** @param {number} days */
  #showDay(days) {
    if (this.#day) this.#setDay(addDays(this.#day, days));
  }

  /** Every second: what runs, and after midnight the new day. */
  #tick() {
    const hass = this.#hass;
    if (!hass || !this.#isVisible) return;
    if (this.#camera?.recordingEnd(hass) !== undefined) this.#renderBadge(hass);
    if (Date.now() % HALF_MINUTE < 1000) this.#bar.redraw();
    const today = dayOf(Date.now(), zoneOf(hass));
    if (this.#day && this.#day === addDays(today, -1) && Date.now() - startOfDay(today, zoneOf(hass)) < 1500) {
      this.#setDay(today);
    }
  }

  #render() {
    const hass = this.#hass;
    const camera = this.#camera;
    if (!hass || !camera || !this.#hasTexts) return;
    this.#renderPicture(hass, camera);
    this.#renderBadge(hass);
    this.#renderDay(hass);
    this.#renderStatus(hass);
    this.#renderButtons(hass, camera);
  }

  /**
   * @param {Hass} hass
   * @param {Camera} camera
   */
  #renderPicture(hass, camera) {
    write(this.#name, camera.isKnown ? nameOf(hass, camera.entityId) : "");
    if (!camera.isKnown) {
      const key = camera.entityId ? "not_a_camera" : "choose_camera";
      this.#stage.tell(text(hass, key, { entity: camera.entityId }));
      return;
    }
    if (this.#playing || !this.#isVisible) return;
    const outage = camera.outage(hass);
    if (outage) {
      this.#stage.tell(text(hass, outage.key, { time: momentText(hass, outage.since) }));
    } else {
      this.#stage.live(hass, camera.entityId).catch(() => this.#tellFailed(hass));
    }
  }

  /** @param {Hass} hass */
  #tellFailed(hass, message = text(hass, "cannot_play")) {
    const again = this.#playing;
    this.#stage.tell(message, {
      text: text(hass, "retry"),
      act: () => {
        this.#stage.clear();
        if (again) this.#play(again, again.start);
        else this.#render();
      },
    });
  }

  /** @param {Hass} hass */
  #renderBadge(hass) {
    const end = this.#camera?.recordingEnd(hass);
    this.#badge.classList.toggle("recording", end !== undefined);
    const seconds = end === undefined ? 0 : Math.max(Math.ceil((end - Date.now()) / 1000), 0);
    if (end !== undefined) {
      write(this.#badge, seconds ? text(hass, "recording_left", { seconds }) : text(hass, "recording_now"));
    } else if (this.#playing) {
      write(this.#badge, momentText(hass, this.#playing.start));
    } else {
      write(this.#badge, this.#camera?.outage(hass) || !this.#camera?.isKnown ? "" : text(hass, "live"));
    }
  }

  /** @param {Hass} hass */
  #renderDay(hass) {
    const hasDay = this.#day !== "";
    const [start] = hasDay ? this.#bounds(hass) : [0];
    write(this.#dayName, hasDay ? dayText(hass, start + HALF_MINUTE) : "");
    this.#next.disabled = !hasDay || this.#day >= dayOf(Date.now(), zoneOf(hass));
    this.#previous.disabled = !hasDay;
    label(this.#previous, text(hass, "previous_day"));
    label(this.#next, text(hass, "next_day"));
    label(this.#newest, text(hass, "newest"));
    label(this.#zoomIn, text(hass, "zoom_in"));
    label(this.#zoomOut, text(hass, "zoom_out"));
    this.#bar.setAttribute("aria-label", text(hass, "bar", { day: this.#dayName.textContent ?? "" }));
  }

  /** @param {Hass} hass */
  #renderStatus(hass) {
    const { error, isLoading, recordings, alarms } = this.#data;
    this.#status.classList.toggle("error", Boolean(error) && !this.#busy);
    this.#retry.hidden = !error;
    write(this.#retry, text(hass, "retry"));
    if (this.#busy) write(this.#status, this.#busy);
    else if (error) write(this.#status, error.code === "unauthorized" ? text(hass, "not_allowed") : error.message);
    else if (isLoading) write(this.#status, text(hass, "loading"));
    else if (!this.#day) write(this.#status, "");
    else if (!recordings.length && !alarms.length) write(this.#status, text(hass, "empty"));
    else write(this.#status, text(hass, "count", { recordings: recordings.length, alarms: alarms.length }));
  }

  /**
   * @param {Hass} hass
   * @param {Camera} camera
   */
  #renderButtons(hass, camera) {
    for (const [key, button] of this.#buttons) {
      const state = buttonState(hass, camera, key);
      button.hidden = !state || !this.#data.canControl;
      button.disabled = state?.state === "unavailable";
      label(button, buttonText(hass, key));
    }
    const isRecording = camera.recordingEnd(hass) !== undefined;
    const stop = this.#buttons.get("stop_recording");
    if (stop) stop.disabled ||= !isRecording;
    this.#buttons.get("record")?.classList.toggle("recording", isRecording);
    this.#pad.hidden = !camera.hasPtz || !this.#data.canControl;
    this.#pad.setAttribute("aria-label", text(hass, "move"));
    this.#live.hidden = !this.#playing;
    this.#download.hidden = !this.#playing;
    label(this.#live, text(hass, "back_to_live"));
    label(this.#download, text(hass, "download"));
  }

  /**
   * @param {HTMLElement} row
   * @param {string} key
   * @param {string} icon
   */
  #addButton(row, key, icon) {
    const button = iconButton(icon, () => void this.#press(key), key);
    this.#buttons.set(key, button);
    row.append(button);
  }

  /** @param {string} key */
  async #press(key) {
    const hass = this.#hass;
    const id = this.#camera?.buttons.get(key);
    if (!hass || !id) return;
    try {
      await hass.callService("button", "press", {}, { entity_id: id });
      if (key === "snapshot") this.#toast(text(hass, "picture_taken"));
    } catch (error) {
      // Home Assistant's frontend tells the message. Who may not press shall not see the buttons.
      if (/** @type {{ code?: string }} */ (error).code === "unauthorized") this.#data.canControl = false;
      this.#render();
    }
  }

  /** @param {string} message */
  #toast(message) {
    this.dispatchEvent(new CustomEvent("hass-notification", { detail: { message }, bubbles: true, composed: true }));
  }

  /** @param {Place | null} place */
  #look(place) {
    clearTimeout(this.#thumbnailTimer);
    this.#tip.hidden = !place;
    if (!place || !this.#hass) return;
    write(this.#tipText, this.#describe(place));
    const half = Math.min(90, this.#bar.width / 2);
    this.#tip.style.setProperty("--x", `${Math.min(Math.max(place.x, half), this.#bar.width - half)}px`);
    const path = place.alarm?.picture ?? place.recording?.thumbnail;
    const address = path ? this.#hass.hassUrl(path) : "";
    if (address === this.#thumbnail.src && address) return;
    this.#thumbnail.hidden = true;
    this.#thumbnail.removeAttribute("src");
    if (address) this.#thumbnailTimer = window.setTimeout(() => (this.#thumbnail.src = address), THUMBNAIL_DELAY);
  }

  /** @param {Place} place */
  #describe({ time, recording, alarm }) {
    const hass = this.#hass;
    if (!hass) return "";
    const parts = [timeText(hass, alarm?.time ?? time, true)];
    if (alarm) parts.push(this.#camera?.alarmText(hass, alarm.type) ?? alarm.type);
    if (recording) {
      const begin = timeText(hass, recording.start, true);
      parts.push(`${kindText(hass, recording.kind)} ${begin}–${timeText(hass, recording.end, true)}`);
    }
    return parts.join(" · ");
  }

  /** @param {Place} place */
  #pick({ time, recording }) {
    if (recording) this.#play(recording, time);
  }

  /**
   * @param {Recording} recording
   * @param {number} from Unix milliseconds
   */
  #play(recording, from) {
    const hass = this.#hass;
    const camera = this.#camera;
    if (!hass || !camera) return;
    this.#playing = recording;
    this.#bar.playhead = Math.max(from, recording.start);
    this.#stage.play(hass, camera.entityId, recording, from).catch((error) => {
      if (this.#playing === recording) this.#tellFailed(hass, /** @type {Error} */ (error).message);
    });
    this.#render();
  }

  #playContinuation() {
    const end = this.#playing?.end;
    if (end === undefined) return;
    const next = this.#data.recordings.find((each) => each.start >= end && each.start - end < CONTINUATION);
    if (next) this.#play(next, next.start);
  }

  #playLive() {
    this.#playing = undefined;
    this.#bar.playhead = undefined;
    this.#stage.clear();
    this.#render();
  }

  /** Go to today, and play the last recording of it. */
  async #playNewest() {
    const hass = this.#hass;
    if (!hass || !this.#day) return;
    const today = dayOf(Date.now(), zoneOf(hass));
    if (this.#day !== today) {
      this.#day = today;
      this.#bar.setDay(...this.#bounds(hass));
      await this.#load();
    }
    const last = this.#data.recordings.at(-1);
    if (!last) return;
    this.#bar.reveal(last.start);
    this.#play(last, last.start);
  }

  async #downloadPlaying() {
    const hass = this.#hass;
    const recording = this.#playing;
    if (!hass || !recording || this.#busy) return;
    this.#busy = text(hass, "preparing");
    this.#render();
    try {
      await download(hass, recording);
    } catch (error) {
      this.#toast(/** @type {Error} */ (error).message);
    } finally {
      this.#busy = "";
      this.#render();
    }
  }
}

customElements.define(TYPE, LinkVisualTimelineCard);

/**
 * Return a text before a card has given the texts: Home Assistant reads names when a dialog opens.
 * @param {string} key
 * @param {string} english
 */
function listedText(key, english) {
  const main = /** @type {(HTMLElement & { hass?: Hass }) | null} */ (document.querySelector("home-assistant"));
  if (!main?.hass) return english;
  const found = text(main.hass, key);
  if (!found) void loadTexts(main.hass);
  return found || english;
}

const CARD = {
  type: TYPE,
  preview: true,
  get name() {
    return listedText("card", "LinkVisual timeline");
  },
  get description() {
    return listedText("card_description", "Live video, and the day's recordings and alarms as a bar.");
  },
};
const STRATEGY = {
  type: "linkvisual",
  strategyType: "dashboard",
  get name() {
    return listedText("dashboard", "LinkVisual cameras");
  },
  get description() {
    return listedText("dashboard_description", "All LinkVisual cameras with their timelines.");
  },
};
(window.customCards ??= []).push(CARD);
(window.customStrategies ??= []).push(STRATEGY);
