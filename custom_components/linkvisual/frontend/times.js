/** Days and times in the user's language, format and time zone. */

/** @import { Hass } from "./types" */

const MINUTE = 60_000;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {string | undefined} language
 * @param {Intl.DateTimeFormatOptions} options
 */
function formatOf(language, options) {
  const key = JSON.stringify([language, options]);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language, options);
    formats.set(key, format);
  }
  return format;
}

/**
 * Return the time zone that the user wants to see.
 * @param {Hass} hass
 */
export function zoneOf(hass) {
  return hass.locale.time_zone === "server"
    ? hass.config.time_zone
    : formatOf(undefined, {}).resolvedOptions().timeZone;
}

/**
 * Return the day (YYYY-MM-DD) of a moment.
 * @param {number} time Unix milliseconds
 * @param {string} zone
 */
export function dayOf(time, zone) {
  const parts = formatOf("en-US", {
    timeZone: zone,
    calendar: "gregory",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(time);
  /** @param {string} type */
  const part = (type) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/**
 * @param {string} day YYYY-MM-DD
 * @param {number} days may be negative
 */
export function addDays(day, days) {
  return new Date(Date.parse(`${day}T00:00Z`) + days * 1440 * MINUTE).toISOString().slice(0, 10);
}

/**
 * Return the first moment of a day, in Unix milliseconds. Where clocks change at midnight, that is not 0:00.
 * @param {string} day YYYY-MM-DD
 * @param {string} zone
 */
export function startOfDay(day, zone) {
  // No zone is further than 15 hours from UTC, and all have offsets of whole quarters of an hour.
  const first = Date.parse(`${day}T00:00Z`) - 15 * 60 * MINUTE;
  let before = 0;
  let after = 120;
  while (after - before > 1) {
    const middle = (before + after) >> 1;
    if (dayOf(first + middle * 15 * MINUTE, zone) < day) before = middle;
    else after = middle;
  }
  return first + after * 15 * MINUTE;
}

/**
 * Return a time of day as the user writes it.
 * @param {Hass} hass
 * @param {number} time Unix milliseconds
 * @param {boolean} [seconds]
 */
export function timeText(hass, time, seconds = false) {
  const { language, time_format: format } = hass.locale;
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { timeZone: zoneOf(hass), hour: "numeric", minute: "2-digit" };
  if (seconds) options.second = "2-digit";
  if (format === "12") options.hour12 = true;
  if (format === "24") options.hourCycle = "h23";
  return formatOf(format === "system" ? undefined : language, options).format(time);
}

/**
 * Return a day as the user calls it.
 * @param {Hass} hass
 * @param {number} time a moment of the day, Unix milliseconds
 */
export function dayText(hass, time) {
  return formatOf(hass.locale.language, {
    timeZone: zoneOf(hass),
    weekday: "short",
    day: "numeric",
    month: "short",
  }).format(time);
}

/**
 * Return a moment: the time if it is of today, else the day, too.
 * @param {Hass} hass
 * @param {number} time Unix milliseconds
 */
export function momentText(hass, time) {
  const zone = zoneOf(hass);
  const text = timeText(hass, time);
  return dayOf(time, zone) === dayOf(Date.now(), zone) ? text : `${dayText(hass, time)}, ${text}`;
}

/**
 * Return a moment for the name of a file, `2026-11-24 08.30.00`.
 * @param {number} time Unix milliseconds
 * @param {string} zone
 */
export function fileText(time, zone) {
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  return `${dayOf(time, zone)} ${formatOf("en-US", options).format(time).replaceAll(":", ".")}`;
}
