/** What Home Assistant's dialogs for new cards and dashboards list. */

import { loadTexts, text } from "./texts.js";

/** @import { Hass } from "./types" */

/**
 * Return a text before a card has loaded the texts: Home Assistant reads names when a dialog opens.
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

/**
 * @param {string} cardType
 * @param {string} strategyType
 */
export function list(cardType, strategyType) {
  (window.customCards ??= []).push({
    type: cardType,
    preview: true,
    get name() {
      return listedText("card", "LinkVisual timeline");
    },
    get description() {
      return listedText("card_description", "Live video of a camera, with the day's recordings and alarms as a bar.");
    },
  });
  (window.customStrategies ??= []).push({
    type: strategyType,
    strategyType: "dashboard",
    get name() {
      return listedText("dashboard", "LinkVisual cameras");
    },
    get description() {
      return listedText("dashboard_description", "All LinkVisual cameras, each with its timeline.");
    },
  });
}
