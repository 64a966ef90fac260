/** Draws a day on a canvas: recordings, alarms, the scale, and where one is. */

import { legible } from "./colors.js";
import { make } from "./dom.js";

/** @import { DayView } from "./day-view.js" */
/** @import { Alarm, Recording } from "./types" */

/**
 * @typedef {object} Scene
 * @property {DayView} view
 * @property {Recording[]} recordings
 * @property {Alarm[]} alarms
 * @property {(number | undefined)[]} lines moments: where the keyboard and the player are
 * @property {(time: number, seconds: boolean) => string} format
 */

const MINUTE = 60_000;
/** Minutes between two lines of the scale. */
const STEPS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360];
const LABEL_WIDTH = 64;
/** Pixels: alarms above, the scale below the recordings. */
const TOP = 14;
const BOTTOM = 18;
/** Part of the height, so that kinds differ not only by their colours. What was asked for lies above the others. */
const HEIGHTS = { continuous: 0.45, alarm: 0.75, manual: 1 };
const KINDS = /** @type {const} */ (["continuous", "alarm", "manual"]);
/** WCAG 2.2: of graphics, and of text. */
const GRAPHICS_CONTRAST = 3;
const TEXT_CONTRAST = 4.5;

export class BarPainter {
  canvas = make("canvas");
  #context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
  #width = 0;
  #height = 0;
  /** @type {Record<string, string>} */
  #colors = {};

  /**
   * @param {number} width pixels of CSS
   * @param {number} height
   */
  resize(width, height) {
    this.#width = width;
    this.#height = height;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /**
   * Read the colours of the theme, `--timeline-…`.
   * @param {Element} element
   */
  restyle(element) {
    const style = getComputedStyle(element);
    /** @param {string} name */
    const read = (name) => style.getPropertyValue(`--timeline-${name}`).trim() || "gray";
    const back = read("back");
    const track = read("track");
    this.#colors = { track, future: read("future"), line: legible(read("line"), track, TEXT_CONTRAST) };
    for (const kind of KINDS) this.#colors[kind] = legible(read(kind), track, GRAPHICS_CONTRAST);
    this.#colors["mark"] = legible(read("mark"), back, GRAPHICS_CONTRAST);
    this.#colors["text"] = legible(read("text"), back, TEXT_CONTRAST);
    this.#context.font = `11px ${style.fontFamily}`;
  }

  /** @param {Scene} scene */
  draw({ view, recordings, alarms, lines, format }) {
    const context = this.#context;
    context.clearRect(0, 0, this.#width, this.#height);
    this.#fill("track", 0, TOP, this.#width, this.#floor - TOP);
    const now = Math.max(view.x(Date.now()), 0);
    if (now < this.#width) this.#fill("future", now, TOP, this.#width - now, this.#floor - TOP);
    for (const kind of KINDS) this.#drawKind(view, recordings, kind);
    this.#drawAlarms(view, alarms);
    this.#drawScale(view, format);
    this.#drawLine(view, Date.now(), "text");
    for (const time of lines) this.#drawLine(view, time, "line");
  }

  /** The lower end of recordings. */
  get #floor() {
    return this.#height - BOTTOM;
  }

  /**
   * @param {string} color
   * @param {[x: number, y: number, width: number, height: number]} box
   */
  #fill(color, ...box) {
    this.#context.fillStyle = this.#colors[color] ?? "gray";
    this.#context.fillRect(...box);
  }

  /**
   * @param {DayView} view
   * @param {Recording[]} recordings
   * @param {keyof typeof HEIGHTS} kind
   */
  #drawKind(view, recordings, kind) {
    const high = (this.#floor - TOP) * HEIGHTS[kind];
    this.#context.fillStyle = this.#colors[kind] ?? "gray";
    this.#context.beginPath();
    for (const recording of recordings) {
      if (recording.kind !== kind || recording.end < view.start || recording.start > view.end) continue;
      const x = view.x(recording.start);
      // Neighbours stay apart by a hair where there is room.
      this.#context.rect(x, this.#floor - high, Math.max(view.x(recording.end) - x - 0.5, 2), high);
    }
    this.#context.fill();
  }

  /**
   * @param {DayView} view
   * @param {Alarm[]} alarms
   */
  #drawAlarms(view, alarms) {
    this.#context.fillStyle = this.#colors["mark"] ?? "gray";
    this.#context.beginPath();
    for (const { time } of alarms) {
      if (!view.has(time)) continue;
      const x = view.x(time);
      this.#context.moveTo(x - 5, 2);
      this.#context.lineTo(x + 5, 2);
      this.#context.lineTo(x, TOP - 1);
      this.#context.closePath();
    }
    this.#context.fill();
  }

  /**
   * @param {DayView} view
   * @param {Scene["format"]} format
   */
  #drawScale(view, format) {
    const fits = (view.span / MINUTE / this.#width) * LABEL_WIDTH;
    const minutes = STEPS.find((each) => each >= fits) ?? 360;
    const step = minutes * MINUTE;
    const context = this.#context;
    context.fillStyle = this.#colors["text"] ?? "gray";
    context.textAlign = "center";
    context.textBaseline = "bottom";
    let time = view.day.start + Math.ceil((view.start - view.day.start) / step) * step;
    for (; time <= view.end; time += step) {
      const x = view.x(time);
      context.fillRect(x, this.#floor, 1, 4);
      if (x > LABEL_WIDTH / 3 && x < this.#width - LABEL_WIDTH / 3) {
        context.fillText(format(time, minutes < 1), x, this.#height - 1);
      }
    }
  }

  /**
   * @param {DayView} view
   * @param {number | undefined} time
   * @param {string} color
   */
  #drawLine(view, time, color) {
    if (time !== undefined && view.has(time)) {
      this.#fill(color, view.x(time) - 1, TOP - 4, 2, this.#floor - TOP + 8);
    }
  }
}
