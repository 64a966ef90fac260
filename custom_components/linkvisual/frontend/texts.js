/** The card's texts, which come with the integration's translations. */

/** @import { Hass } from "./types" */

const DOMAIN = "linkvisual";

/**
 * Load the texts in the user's language.
 * @param {Hass} hass
 */
export async function loadTexts(hass) {
  await Promise.all(["common", "entity"].map((category) => hass.loadBackendTranslation(category, DOMAIN)));
}

/**
 * Return a text of the card.
 * @param {Hass} hass
 * @param {string} key without `timeline_`
 * @param {Record<string, string | number>} [values]
 */
export function text(hass, key, values) {
  return hass.localize(`component.${DOMAIN}.common.timeline_${key}`, values);
}

/**
 * Return the name of a kind of recording.
 * @param {Hass} hass
 * @param {string} kind
 */
export function kindText(hass, kind) {
  return hass.localize(`component.${DOMAIN}.common.${kind}`);
}

/**
 * Return the name of a button.
 * @param {Hass} hass
 * @param {string} key
 */
export function buttonText(hass, key) {
  return hass.localize(`component.${DOMAIN}.entity.button.${key}.name`);
}
