/** The timeline card: live video of a camera, its day as a bar, and buttons. */

import { Camera, cameras, nameOf } from "./camera.js";
import { Controls } from "./controls.js";
import { DayPanel } from "./day-panel.js";
import { iconButton, label, make, write } from "./dom.js";
import { download } from "./download.js";
import { list } from "./listing.js";
import { TimelineStage } from "./stage.js";
import "./strategy.js";
import { STYLE } from "./style.js";
import { loadTexts, text } from "./texts.js";
import { fileText, momentText, zoneOf } from "./times.js";

/** @import { CardConfig, Hass, Recording } from "./types" */

const TYPE = "linkvisual-timeline-card";

class LinkVisualTimelineCard extends HTMLElement {
  /** @type {CardConfig} */
  #config = { type: `custom:${TYPE}` };
  /** @type {Hass | undefined} */
  #hass;
  /** @type {Camera | undefined} */
  #camera;
  #hasTexts = false;
  #isVisible = false;
  #wasOut = false;
  /** @type {Recording | undefined} */
  #playing;
  #clock = 0;
  #isDownloading = false;
  #observer = new IntersectionObserver((entries) => this.#setVisible(entries.some((each) => each.isIntersecting)));

  #stage = new TimelineStage();
  #day = new DayPanel(
    (recording, from) => this.#play(recording, from),
    () => this.#render(),
  );
  #controls = new Controls((key) => void this.#press(key));
  #badge = make("span", { class: "badge" });
  #name = make("span", { class: "name" });
  #live = iconButton("mdi:cctv", () => this.#playLive());
  #download = iconButton("mdi:download", () => void this.#downloadPlaying());

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
    this.#controls.actions.append(this.#live, this.#download);
    root.append(
      make(
        "ha-card",
        {},
        make("div", { class: "picture" }, this.#stage, make("div", { class: "over" }, this.#name, this.#badge)),
        make(
          "div",
          { class: "body" },
          ...this.#day.elements,
          make("div", { class: "row spread wrap" }, this.#controls.actions, this.#controls.pad),
        ),
      ),
    );
    this.#stage.addEventListener("playhead", (event) => {
      this.#day.playhead = /** @type {CustomEvent<number>} */ (event).detail;
    });
    this.#stage.addEventListener("ended", () => this.#playContinuation());
    this.#stage.addEventListener("failed", () => this.#tellFailed());
  }

  /** @param {CardConfig} config */
  setConfig(config) {
    this.#config = config;
    if (!this.#hass) return;
    this.#findCamera(this.#hass);
    this.#render();
  }

  getCardSize() {
    return 8;
  }

  getGridOptions() {
    return { columns: 12, rows: "auto", min_columns: 6 };
  }

  /** @param {Hass | undefined} hass */
  set hass(hass) {
    if (!hass?.states || !hass.entities) return;
    const old = this.#hass;
    this.#hass = hass;
    if (!this.#camera || old?.entities !== hass.entities) this.#findCamera(hass);
    if (!this.#hasTexts || old?.language !== hass.language) this.#loadTexts(hass);
    if (old && (old.themes !== hass.themes || old.selectedTheme !== hass.selectedTheme)) {
      // The theme's variables are set after this.
      requestAnimationFrame(() => this.#day.restyle());
    }
    const isSame =
      old?.locale === hass.locale &&
      old?.localize === hass.localize &&
      old?.config === hass.config &&
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
    this.#isVisible = false;
    this.#reset();
  }

  /** @param {Hass} hass */
  #loadTexts(hass) {
    void loadTexts(hass).then(() => {
      this.#hasTexts = true;
      this.#render();
    });
  }

  /** @param {Hass} hass */
  #findCamera(hass) {
    const old = this.#camera;
    this.#camera = new Camera(hass, this.#config.entity ?? "");
    if (old?.entityId === this.#camera.entityId && old.isKnown === this.#camera.isKnown) return;
    this.#reset();
    if (this.#isVisible) this.#start();
  }

  /** Forget what belongs to a camera. */
  #reset() {
    this.#playing = undefined;
    this.#day.close();
    this.#stage.clear();
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
    if (this.#hass && this.#camera?.isKnown) this.#day.open(this.#hass, this.#camera);
    this.#render();
  }

  #tick() {
    const hass = this.#hass;
    if (!hass || !this.#isVisible || document.hidden) return;
    if (this.#camera?.recordingEnd(hass) !== undefined) this.#renderBadge(hass);
    this.#day.tick(this.#playing !== undefined);
  }

  #render() {
    const hass = this.#hass;
    const camera = this.#camera;
    if (!hass || !camera || !this.#hasTexts) return;
    this.#renderPicture(hass, camera);
    this.#renderBadge(hass);
    this.#day.update(hass, camera);
    this.#controls.render(hass, camera, this.#day.canControl);
    this.#live.hidden = !this.#playing;
    this.#download.hidden = !this.#playing;
    this.#download.disabled = this.#isDownloading;
    label(this.#live, text(hass, "back_to_live"));
    label(this.#download, text(hass, "download"));
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
    const outage = camera.outage(hass);
    // Home Assistant, or the cloud, had not answered the day either.
    if (this.#wasOut && !outage) this.#day.retry();
    this.#wasOut = outage !== undefined;
    if (this.#playing || !this.#isVisible) return;
    if (outage) {
      this.#stage.tell(text(hass, outage.key, { time: momentText(hass, outage.since) }));
    } else {
      this.#stage.live(hass, camera.entityId).catch(() => this.#tellFailed());
    }
  }

  /** Tell why nothing plays. */
  #tellFailed(message = "") {
    const hass = this.#hass;
    if (!hass) return;
    const again = this.#playing;
    this.#stage.tell(message || text(hass, "cannot_play"), {
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
      if (/** @type {{ code?: string }} */ (error).code === "unauthorized") this.#day.canControl = false;
      this.#render();
    }
  }

  /** @param {string} message */
  #toast(message) {
    this.dispatchEvent(new CustomEvent("hass-notification", { detail: { message }, bubbles: true, composed: true }));
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
    this.#day.playhead = Math.max(from, recording.start);
    this.#stage
      .play(hass, camera.entityId, recording, from)
      .catch((error) => this.#tellFailed(/** @type {Error} */ (error).message));
    this.#render();
  }

  #playContinuation() {
    const next = this.#playing && this.#day.continuation(this.#playing);
    if (next) this.#play(next, next.start);
  }

  #playLive() {
    this.#playing = undefined;
    this.#day.playhead = undefined;
    this.#stage.clear();
    this.#render();
  }

  async #downloadPlaying() {
    const hass = this.#hass;
    const recording = this.#playing;
    if (!hass || !recording || this.#isDownloading) return;
    const name = `${this.#name.textContent} ${fileText(recording.start, zoneOf(hass))}.mp4`;
    this.#setDownloading(text(hass, "preparing"));
    try {
      await download(hass, recording, name);
    } catch (error) {
      this.#toast(/** @type {Error} */ (error).message);
    } finally {
      this.#setDownloading("");
    }
  }

  /** @param {string} notice empty when it is over */
  #setDownloading(notice) {
    this.#isDownloading = notice !== "";
    this.#day.notice = notice;
    this.#render();
  }
}

customElements.define(TYPE, LinkVisualTimelineCard);
list(TYPE, "linkvisual");
