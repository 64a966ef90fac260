/** A camera's day: the bar, its thumbnails, the buttons to move in it, and what is said of it. */

import { Camera } from "./camera.js";
import { iconButton, label, make, write } from "./dom.js";
import { kindText, text } from "./texts.js";
import { TimelineBar } from "./timeline-bar.js";
import { TimelineData } from "./timeline-data.js";
import { addDays, dayOf, dayText, startOfDay, timeText, zoneOf } from "./times.js";
import { Tip } from "./tip.js";

/** @import { Hass, Place, Recording } from "./types" */

const HALF_MINUTE = 30_000;
/** Milliseconds after which today is loaded again: the cloud does not tell of continuous recordings. */
const REFRESH = 15 * 60_000;
/** Milliseconds: a recording that begins so soon after the one before is its continuation. */
const CONTINUATION = 5000;

/** @typedef {(recording: Recording, from: number) => void} Play plays a recording from a moment in Unix milliseconds */

export class DayPanel {
  #onPlay;
  #onChange;
  /** @type {Hass | undefined} */
  #hass;
  /** @type {Camera | undefined} */
  #camera;
  #data = new TimelineData(() => this.#dataChanged());
  /** YYYY-MM-DD; empty while there is nothing to show */
  #day = "";
  /** Whether the bar goes on to the next day at midnight. */
  #isToday = false;
  #redrawn = 0;
  #notice = "";

  #bar = new TimelineBar();
  #tip = new Tip();
  #name = make("span", { class: "day", role: "status" });
  #previous = iconButton("mdi:chevron-left", () => this.#move(-1));
  #next = iconButton("mdi:chevron-right", () => this.#move(1));
  #newest = iconButton("mdi:page-last", () => void this.#playNewest());
  #zoomIn = iconButton("mdi:magnify-plus-outline", () => this.#bar.zoom(0.5));
  #zoomOut = iconButton("mdi:magnify-minus-outline", () => this.#bar.zoom(2));
  #status = make("span", { class: "status", role: "status" });
  #retry = make("button", { type: "button", class: "retry", onclick: () => void this.#load() });
  elements = [
    make(
      "div",
      { class: "row spread wrap" },
      make("div", { class: "row" }, this.#previous, this.#name, this.#next),
      make("div", { class: "row" }, this.#zoomOut, this.#zoomIn, this.#newest),
    ),
    make("div", { class: "bar" }, this.#bar, this.#tip.element),
    make("div", { class: "row line" }, this.#status, this.#retry),
  ];

  /**
   * @param {Play} onPlay
   * @param {() => void} onChange called when there is something new to show
   */
  constructor(onPlay, onChange) {
    this.#onPlay = onPlay;
    this.#onChange = onChange;
    this.#bar.format = (time, seconds) => (this.#hass ? timeText(this.#hass, time, seconds) : "");
    this.#bar.describe = (place) => this.#describe(place);
    this.#bar.addEventListener("look", (event) => this.#look(/** @type {CustomEvent<Place | null>} */ (event).detail));
    this.#bar.addEventListener("pick", (event) => {
      const { time, recording } = /** @type {CustomEvent<Place>} */ (event).detail;
      if (recording) this.#onPlay(recording, time);
    });
  }

  /** Whether the user may press the camera's buttons. */
  get canControl() {
    return this.#data.canControl;
  }

  set canControl(canControl) {
    this.#data.canControl = canControl;
  }

  /** Where the player is, in Unix milliseconds. @param {number | undefined} time */
  set playhead(time) {
    this.#bar.playhead = time;
  }

  /** What is said instead of the number of recordings. @param {string} notice */
  set notice(notice) {
    this.#notice = notice;
    this.#render();
  }

  /**
   * Show today, and go on with what is new.
   * @param {Hass} hass
   * @param {Camera} camera
   */
  open(hass, camera) {
    this.#hass = hass;
    this.#camera = camera;
    if (this.#data.isOpen) return;
    this.#data.open(hass, camera.entityId);
    void this.#show(dayOf(Date.now(), zoneOf(hass)));
  }

  /** Forget the camera. */
  close() {
    this.#data.close();
    this.#day = "";
    this.#isToday = false;
    this.#bar.playhead = undefined;
    this.#bar.setItems([], []);
    this.#tip.hide();
    this.#render();
  }

  /**
   * Take over a new state of Home Assistant.
   * @param {Hass} hass
   * @param {Camera} camera
   */
  update(hass, camera) {
    const old = this.#hass;
    this.#hass = hass;
    this.#camera = camera;
    if (old && this.#day && zoneOf(old) !== zoneOf(hass)) void this.#show(dayOf(Date.now(), zoneOf(hass)));
    if (old?.locale !== hass.locale) this.#bar.redraw();
    this.#render();
  }

  /** Load again what could not be loaded. */
  retry() {
    if (this.#data.error) void this.#load();
  }

  restyle() {
    this.#bar.restyle();
  }

  /**
   * Every second while the day is seen: where now is, and what is new without being told.
   * @param {boolean} isPlaying then the day stays
   */
  tick(isPlaying) {
    const hass = this.#hass;
    if (!hass || !this.#day) return;
    const now = Date.now();
    if (now - this.#redrawn > HALF_MINUTE) {
      this.#redrawn = now;
      this.#bar.redraw();
    }
    if (!this.#isToday || isPlaying) return;
    const today = dayOf(now, zoneOf(hass));
    if (this.#day !== today) void this.#show(today);
    else if (now - this.#data.loadedAt > REFRESH && !this.#data.isLoading) void this.#load();
  }

  /**
   * Return the recording that goes on where another ends.
   * @param {Recording} recording
   */
  continuation({ end }) {
    return this.#data.recordings.find((each) => each.start >= end && each.start - end < CONTINUATION);
  }

  /** @param {string} day YYYY-MM-DD */
  async #show(day) {
    const hass = this.#hass;
    if (!hass) return;
    this.#day = day;
    this.#isToday = day === dayOf(Date.now(), zoneOf(hass));
    this.#tip.hide();
    this.#bar.setDay(...this.#bounds(hass));
    await this.#load();
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
    this.#onChange();
  }

  /** @param {number} days */
  #move(days) {
    if (this.#day) void this.#show(addDays(this.#day, days));
  }

  /** Go to the newest recording, which is of today or of the day before, and play it. */
  async #playNewest() {
    const hass = this.#hass;
    if (!hass || !this.#day) return;
    const today = dayOf(Date.now(), zoneOf(hass));
    for (const day of [today, addDays(today, -1)]) {
      await this.#show(day);
      // Meanwhile somebody may have gone elsewhere.
      if (this.#day !== day || this.#data.isLoading || this.#data.error) return;
      const last = this.#data.recordings.at(-1);
      if (last) {
        this.#bar.reveal(last.start);
        this.#onPlay(last, last.start);
        return;
      }
    }
  }

  /** @param {Place | null} place */
  #look(place) {
    const hass = this.#hass;
    if (!place || !hass || !this.#day) {
      this.#tip.hide();
      return;
    }
    const path = place.alarm?.picture ?? place.recording?.thumbnail;
    this.#tip.show(this.#describe(place), path ? hass.hassUrl(path) : "", place.x, this.#bar.width);
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

  #render() {
    const hass = this.#hass;
    if (!hass) return;
    const hasDay = this.#day !== "";
    const [start] = hasDay ? this.#bounds(hass) : [0];
    write(this.#name, hasDay ? dayText(hass, start + HALF_MINUTE) : "");
    for (const button of [this.#previous, this.#newest, this.#zoomIn, this.#zoomOut]) button.disabled = !hasDay;
    this.#next.disabled = !hasDay || this.#day >= dayOf(Date.now(), zoneOf(hass));
    label(this.#previous, text(hass, "previous_day"));
    label(this.#next, text(hass, "next_day"));
    label(this.#newest, text(hass, "newest"));
    label(this.#zoomIn, text(hass, "zoom_in"));
    label(this.#zoomOut, text(hass, "zoom_out"));
    this.#bar.setAttribute("aria-label", text(hass, "bar", { day: this.#name.textContent ?? "" }));
    this.#status.classList.toggle("error", Boolean(this.#data.error) && !this.#notice);
    write(this.#status, this.#statusText(hass));
    this.#retry.hidden = !this.#data.error;
    write(this.#retry, text(hass, "retry"));
  }

  /** @param {Hass} hass */
  #statusText(hass) {
    const { error, isLoading, recordings, alarms } = this.#data;
    if (this.#notice) return this.#notice;
    if (!this.#day) return "";
    if (error) return error.code === "unauthorized" ? text(hass, "not_allowed") : error.message;
    if (isLoading) return text(hass, "loading");
    if (!recordings.length && !alarms.length) return text(hass, "empty");
    return text(hass, "count", { recordings: recordings.length, alarms: alarms.length });
  }
}
