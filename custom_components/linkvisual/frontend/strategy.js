/** The dashboard strategy: all cameras, each with a timeline. */

import { cameras } from "./camera.js";
import { loadTexts, text } from "./texts.js";

/** @import { Hass } from "./types" */

/** Makes the dashboard of `strategy: {type: custom:linkvisual}`. */
class LinkVisualDashboardStrategy extends HTMLElement {
  /**
   * @param {object} _config
   * @param {Hass} hass
   */
  static async generate(_config, hass) {
    await loadTexts(hass);
    const ids = cameras(hass);
    const cards = ids.map((entity) => ({ type: "custom:linkvisual-timeline-card", entity }));
    const none = { type: "markdown", content: text(hass, "no_cameras") };
    return {
      title: text(hass, "cameras"),
      views: [
        {
          title: text(hass, "cameras"),
          path: "cameras",
          type: "sections",
          max_columns: 3,
          sections: (cards.length ? cards : [none]).map((card) => ({ type: "grid", cards: [card] })),
        },
      ],
    };
  }
}

customElements.define("ll-strategy-dashboard-linkvisual", LinkVisualDashboardStrategy);
