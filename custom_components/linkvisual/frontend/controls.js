/** The buttons that make a camera do something. */

import { buttonState, Camera, PTZ } from "./camera.js";
import { iconButton, label, make } from "./dom.js";
import { buttonText, text } from "./texts.js";

/** @import { Hass } from "./types" */

const ACTIONS = /** @type {const} */ ([
  ["record", "mdi:record-rec"],
  ["stop_recording", "mdi:stop"],
  ["snapshot", "mdi:camera"],
]);

export class Controls {
  actions = make("div", { class: "row" });
  pad = make("div", { class: "pad", role: "group" });
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();

  /** @param {(key: string) => void} press */
  constructor(press) {
    /** @type {[HTMLElement, readonly (readonly [string, string])[]][]} */
    const groups = [
      [this.actions, ACTIONS],
      [this.pad, PTZ],
    ];
    for (const [group, keys] of groups) {
      for (const [key, icon] of keys) {
        const button = iconButton(icon, () => press(key), key);
        this.#buttons.set(key, button);
        group.append(button);
      }
    }
  }

  /**
   * Show what the camera has. A user who may not press anything sees no buttons.
   * @param {Hass} hass
   * @param {Camera} camera
   * @param {boolean} canControl
   */
  render(hass, camera, canControl) {
    const isRecording = camera.recordingEnd(hass) !== undefined;
    for (const [key, button] of this.#buttons) {
      const state = buttonState(hass, camera, key);
      button.hidden = !state || !canControl;
      button.disabled = state?.state === "unavailable" || (key === "stop_recording" && !isRecording);
      label(button, buttonText(hass, key));
    }
    this.#buttons.get("record")?.classList.toggle("recording", isRecording);
    this.pad.hidden = !camera.hasPtz || !canControl;
    this.pad.setAttribute("aria-label", text(hass, "move"));
  }
}
