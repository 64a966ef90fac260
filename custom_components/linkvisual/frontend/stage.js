/** The picture of a camera: live, or a recording. */

import { make, sheet } from "./dom.js";

/** @import { Hass, PlayerElement, Recording } from "./types" */

const STYLE = sheet(`
  :host { display: block; position: relative; aspect-ratio: 16 / 9; background: #000; overflow: hidden; }
  .player, video { display: block; width: 100%; height: 100%; --video-max-height: 100%; object-fit: contain; }
  .message { position: absolute; inset: 0; display: flex; flex-direction: column; gap: 8px; align-items: center;
    justify-content: center; text-align: center; padding: 16px; color: #fff; font-size: 1.1em; }
  .message:empty { display: none; }
  button { font: inherit; color: #fff; background: none; border: 1px solid #fff; border-radius: 18px; padding: 6px 16px;
    cursor: pointer; }
`);
/** Milliseconds in which Home Assistant's players are loaded. */
const LOAD_TIMEOUT = 15_000;
/** Milliseconds between two looks at where a player is. */
const PLAYHEAD_INTERVAL = 250;

/**
 * Load Home Assistant's players: they come with a card that shows cameras.
 * @param {string} entityId
 */
async function loadPlayers(entityId) {
  if (customElements.get("ha-camera-stream") && customElements.get("ha-hls-player")) return;
  const helpers = await window.loadCardHelpers?.();
  helpers?.createCardElement({ type: "picture-entity", entity: entityId, camera_view: "live" });
  await Promise.race([
    Promise.all(["ha-camera-stream", "ha-hls-player"].map((name) => customElements.whenDefined(name))),
    new Promise((_resolve, reject) => {
      setTimeout(() => reject(new Error("players are missing")), LOAD_TIMEOUT);
    }),
  ]);
}

/** Events: `playhead` (detail: Unix milliseconds), `ended`, `failed`. */
export class TimelineStage extends HTMLElement {
  #message = make("div", { class: "message", role: "status" });
  /** @type {PlayerElement | HTMLVideoElement | undefined} */
  #player;
  /** @type {"live" | "recording" | "message" | undefined} */
  #mode;
  #turn = 0;
  #clock = 0;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [STYLE];
    root.append(this.#message);
  }

  disconnectedCallback() {
    this.clear();
  }

  /**
   * Show live video; on later calls only hand over the newest state.
   * @param {Hass} hass
   * @param {string} entityId
   */
  async live(hass, entityId) {
    const stateObj = hass.states[entityId];
    if (!stateObj) return;
    if (this.#mode === "live") {
      if (this.#player) Object.assign(this.#player, { hass, stateObj });
      return;
    }
    const turn = this.#begin("live");
    try {
      await loadPlayers(entityId);
    } catch (error) {
      if (turn === this.#turn) throw error;
    }
    if (turn !== this.#turn) return;
    this.#put("ha-camera-stream", { hass, stateObj, muted: true, controls: true });
  }

  /**
   * Play a recording from a moment of it.
   * @param {Hass} hass
   * @param {string} entityId
   * @param {Recording} recording
   * @param {number} from Unix milliseconds
   */
  async play(hass, entityId, recording, from) {
    const turn = this.#begin("recording");
    try {
      /** @type {[{ url: string, mime_type: string }, void]} */
      const [media] = await Promise.all([
        hass.callWS({ type: "media_source/resolve_media", media_content_id: recording.media_content_id }),
        loadPlayers(entityId),
      ]);
      if (turn !== this.#turn) return;
      this.#putRecording(hass, new URL(media.url, hass.hassUrl("/")).href, media.mime_type);
      this.#follow(recording, Math.max(from - recording.start, 0) / 1000);
    } catch (error) {
      // What failed may be no longer wanted.
      if (turn === this.#turn) throw error;
    }
  }

  /**
   * Show words instead of a picture.
   * @param {string} text
   * @param {{ text: string, act: () => void }} [button]
   */
  tell(text, button) {
    if (this.#mode !== "message" || this.#message.firstChild?.textContent !== text) {
      this.#begin("message");
      this.#message.append(make("span", {}, text));
      if (button) this.#message.append(make("button", { type: "button", onclick: button.act }, button.text));
    }
  }

  /** Stop whatever plays. */
  clear() {
    this.#begin(undefined);
  }

  /** @param {"live" | "recording" | "message" | undefined} mode */
  #begin(mode) {
    this.#turn += 1;
    this.#mode = mode;
    clearInterval(this.#clock);
    const player = this.#player;
    player?.remove();
    if (player instanceof HTMLVideoElement) {
      // A video that is only removed is downloaded further.
      player.onerror = null;
      player.removeAttribute("src");
      player.load();
    }
    this.#player = undefined;
    this.#message.replaceChildren();
    return this.#turn;
  }

  /**
   * @param {string} tag
   * @param {object} properties
   */
  #put(tag, properties) {
    const player = Object.assign(document.createElement(tag), properties);
    player.classList.add("player");
    this.#player = /** @type {PlayerElement} */ (player);
    this.shadowRoot?.prepend(player);
  }

  /**
   * @param {Hass} hass
   * @param {string} address
   * @param {string} type MIME
   */
  #putRecording(hass, address, type) {
    const settings = { controls: true, autoPlay: true, playsInline: true };
    if (type.startsWith("video/")) {
      const onerror = () => this.dispatchEvent(new CustomEvent("failed"));
      this.#put("video", { ...settings, autoplay: true, src: address, onerror });
    } else this.#put("ha-hls-player", { ...settings, hass, url: address });
  }

  /**
   * Begin within a recording, and tell where the player is.
   * @param {Recording} recording
   * @param {number} offset seconds
   */
  #follow(recording, offset) {
    let wanted = offset > 1 ? offset : 0;
    let hasEnded = false;
    this.#clock = window.setInterval(() => {
      const player = this.#player;
      // Home Assistant's player has its video in its shadow root, and tells nothing of it.
      const video = player instanceof HTMLVideoElement ? player : player?.shadowRoot?.querySelector("video");
      if (!video || video.readyState < HTMLMediaElement.HAVE_METADATA) return;
      if (wanted) {
        video.currentTime = wanted;
        wanted = 0;
      }
      const detail = recording.start + video.currentTime * 1000;
      this.dispatchEvent(new CustomEvent("playhead", { detail }));
      if (video.ended && !hasEnded) this.dispatchEvent(new CustomEvent("ended"));
      hasEnded = video.ended;
    }, PLAYHEAD_INTERVAL);
  }
}

customElements.define("linkvisual-timeline-stage", TimelineStage);
