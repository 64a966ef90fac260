/** What lies under the pointer: a thumbnail and words, above the bar. */

import { make, write } from "./dom.js";

/** Milliseconds for which a pointer rests before a thumbnail is asked for. */
const DELAY = 150;
/** Pixels, half of the tip's width in the style sheet. */
const HALF_WIDTH = 90;

export class Tip {
  #image = make("img", { alt: "", hidden: true, onload: () => (this.#image.hidden = false) });
  #text = make("span");
  #timer = 0;
  element = make("div", { class: "tip", hidden: true, "aria-hidden": "true" }, this.#image, this.#text);

  /**
   * @param {string} text
   * @param {string} address of the thumbnail, empty if there is none
   * @param {number} x pixels from the left of the bar
   * @param {number} width of the bar
   */
  show(text, address, x, width) {
    clearTimeout(this.#timer);
    write(this.#text, text);
    const half = Math.min(HALF_WIDTH, width / 2);
    this.element.style.setProperty("--x", `${Math.min(Math.max(x, half), width - half)}px`);
    this.element.hidden = false;
    if (address && address === this.#image.src) return;
    this.#image.hidden = true;
    this.#image.removeAttribute("src");
    if (address) this.#timer = window.setTimeout(() => (this.#image.src = address), DELAY);
  }

  hide() {
    clearTimeout(this.#timer);
    this.element.hidden = true;
  }
}
