/** The day as a bar: moved and zoomed by mouse, touch and keyboard. */

import { BarPainter } from "./bar-painter.js";
import { DayView } from "./day-view.js";
import { sheet } from "./dom.js";

/** @import { Alarm, Place, Recording } from "./types" */

/** Pixels that a pointer may miss by, or move in a click. The keyboard goes from one to the next. */
const NEAR = { keyboard: 1, mouse: 5, pen: 10, touch: 14 };
/** Milliseconds after which a touch is a look, not a click. */
const HOLD = 500;
/** Pixels of a line, for wheels that count in lines. */
const LINE = 16;
/** Which recording is meant where some lie above each other. */
const RANK = { continuous: 2, alarm: 1, manual: 0 };

const STYLE = sheet(`
  :host { display: block; height: 76px; border-radius: 6px; touch-action: pan-y; cursor: pointer; user-select: none;
    -webkit-user-select: none; -webkit-touch-callout: none; outline-offset: 2px; }
  :host(:focus-visible) { outline: 2px solid var(--primary-color); }
  canvas { display: block; width: 100%; height: 100%; }
`);

/**
 * Events: `look` (detail: Place or null), `pick` (detail: Place).
 */
export class TimelineBar extends HTMLElement {
  #painter = new BarPainter();
  #view = new DayView();
  #frame = 0;
  /** @type {Recording[]} */
  #recordings = [];
  /** @type {Alarm[]} */
  #alarms = [];
  /** @type {number | undefined} where the keyboard is */
  #cursor;
  /** @type {number | undefined} */
  #playhead;
  /** @type {Map<number, number>} places of pressed pointers by ID */
  #pointers = new Map();
  /** @type {{ at: number, x: number, time: number, moved: boolean } | undefined} */
  #press;
  /** @type {number | undefined} when the data that is not yet drawn came */
  #dataSince;
  #sizes = new ResizeObserver(([entry]) => {
    if (!entry) return;
    const { width, height } = entry.contentRect;
    this.#view.width = width;
    this.#painter.resize(width, height);
    this.restyle();
  });

  /** Returns a time as text; with seconds if asked. @type {(time: number, seconds: boolean) => string} */
  format = () => "";
  /** Returns what is said of a place. @type {(place: Place) => string} */
  describe = () => "";

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [STYLE];
    root.append(this.#painter.canvas);
    this.addEventListener("pointerdown", (event) => this.#down(event));
    this.addEventListener("pointermove", (event) => this.#move(event));
    this.addEventListener("pointerup", (event) => this.#up(event));
    this.addEventListener("pointercancel", (event) => this.#release(event));
    this.addEventListener("pointerleave", () => this.#look(null));
    this.addEventListener("contextmenu", (event) => {
      // A finger that holds looks at a place.
      if (this.#pointers.size) event.preventDefault();
    });
    this.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("blur", () => this.#look(null));
  }

  connectedCallback() {
    this.tabIndex = 0;
    this.setAttribute("role", "slider");
    this.#sizes.observe(this);
  }

  disconnectedCallback() {
    this.#sizes.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#pointers.clear();
    this.#press = undefined;
  }

  /**
   * Show a day from its start.
   * @param {number} start Unix milliseconds
   * @param {number} end
   */
  setDay(start, end) {
    this.#view.setDay(start, end);
    this.#cursor = undefined;
    this.setAttribute("aria-valuemin", String(Math.round(start / 1000)));
    this.setAttribute("aria-valuemax", String(Math.round(end / 1000)));
    this.setAttribute("aria-valuenow", String(Math.round(this.#place() / 1000)));
    this.setAttribute("aria-valuetext", this.format(this.#place(), false));
    this.setItems([], []);
  }

  /**
   * @param {Recording[]} recordings by start
   * @param {Alarm[]} alarms by time
   */
  setItems(recordings, alarms) {
    this.#recordings = recordings;
    this.#alarms = alarms;
    this.#dataSince = performance.now();
    this.redraw();
  }

  /** Pixels, without a layout of the page. */
  get width() {
    return this.#view.width;
  }

  /** Where the player is. @param {number | undefined} time */
  set playhead(time) {
    if (time === this.#playhead) return;
    this.#playhead = time;
    this.redraw();
  }

  /**
   * Zoom around a moment: by default where one is, else the middle.
   * @param {number} factor less than 1 shows less, but larger
   * @param {number} [around]
   */
  zoom(factor, around) {
    const { start, end } = this.#view;
    const known = [around, this.#cursor, this.#playhead].find((each) => each !== undefined && this.#view.has(each));
    this.#view.zoom(factor, known ?? (start + end) / 2);
    this.redraw();
  }

  /**
   * Move so that a moment is seen.
   * @param {number} time
   */
  reveal(time) {
    if (this.#view.has(time)) return;
    this.#view.show(time - this.#view.span / 2);
    this.redraw();
  }

  /** Read the colours of the theme again. */
  restyle() {
    this.#painter.restyle(this);
    this.redraw();
  }

  /** Draw with the next frame. */
  redraw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw() {
    if (!this.#view.width) return;
    this.#painter.draw({
      view: this.#view,
      recordings: this.#recordings,
      alarms: this.#alarms,
      lines: [this.#cursor, this.#playhead],
      format: this.format,
    });
    if (this.#dataSince !== undefined && this.#recordings.length + this.#alarms.length) {
      performance.measure("linkvisual-timeline-drawn", { start: this.#dataSince });
      this.#dataSince = undefined;
    }
  }

  /** Where the keyboard is; at first now, or at the end of an earlier day. */
  #place() {
    const { start, end } = this.#view;
    return this.#cursor ?? Math.max(Math.min(Date.now(), end), start);
  }

  /**
   * Return what is at or near a moment.
   * @param {number} time
   * @param {number} near pixels
   * @returns {Place}
   */
  #placeAt(time, near) {
    const reach = (near / (this.#view.width || 1)) * this.#view.span;
    /** @param {Recording} each */
    const distance = (each) => Math.max(each.start - time, time - each.end, 0);
    const recording = this.#recordings
      .filter((each) => distance(each) <= reach)
      .sort((a, b) => distance(a) - distance(b) || RANK[a.kind] - RANK[b.kind])[0];
    const alarm = this.#alarms
      .filter((each) => Math.abs(each.time - time) <= reach)
      .sort((a, b) => Math.abs(a.time - time) - Math.abs(b.time - time))[0];
    return { time, x: this.#view.x(time), recording, alarm };
  }

  /** @param {Place | null} place */
  #look(place) {
    this.dispatchEvent(new CustomEvent("look", { detail: place }));
  }

  /** @param {Place} place */
  #pick(place) {
    this.dispatchEvent(new CustomEvent("pick", { detail: place }));
  }

  /** @param {PointerEvent} event */
  #near(event) {
    return NEAR[/** @type {keyof typeof NEAR} */ (event.pointerType)] ?? NEAR.mouse;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button) return;
    this.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, event.offsetX);
    const time = this.#view.time(event.offsetX);
    const isAlone = this.#pointers.size === 1;
    this.#press = { at: event.timeStamp, x: event.offsetX, time, moved: !isAlone };
    this.#look(isAlone ? this.#placeAt(time, this.#near(event)) : null);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const x = event.offsetX;
    const press = this.#press;
    if (!this.#pointers.has(event.pointerId) || !press) {
      if (event.pointerType !== "touch") this.#look(this.#placeAt(this.#view.time(x), this.#near(event)));
      return;
    }
    const before = [...this.#pointers.values()];
    this.#pointers.set(event.pointerId, x);
    const [one = x, other] = this.#pointers.values();
    if (other !== undefined && before[1] !== undefined) {
      const apart = Math.abs((before[0] ?? 0) - before[1]);
      this.zoom(apart / Math.max(Math.abs(one - other), 1), this.#view.time((one + other) / 2));
      return;
    }
    if (!press.moved && Math.abs(x - press.x) < this.#near(event)) return;
    if (!press.moved) this.#look(null);
    press.moved = true;
    this.#view.show(press.time - (x / this.#view.width) * this.#view.span);
    this.redraw();
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const press = this.#press;
    this.#release(event);
    if (!press || press.moved) return;
    if (event.pointerType === "touch" && event.timeStamp - press.at > HOLD) return;
    this.#moveTo(press.time);
    this.#pick(this.#placeAt(press.time, this.#near(event)));
  }

  /** @param {PointerEvent} event */
  #release(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    const [stays] = this.#pointers.values();
    // A finger that stays after a pinch must not jump.
    this.#press =
      this.#press && stays !== undefined ? { ...this.#press, moved: true, time: this.#view.time(stays) } : undefined;
    if (event.pointerType === "touch") this.#look(null);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    const [across, along] = [event.deltaX * unit, event.deltaY * unit];
    // The page goes on scrolling where there is nothing to zoom. With Ctrl it would zoom.
    if (this.#view.isWhole && along >= 0 && !event.ctrlKey) return;
    event.preventDefault();
    if (Math.abs(across) > Math.abs(along)) {
      this.#view.show(this.#view.start + (across / this.#view.width) * this.#view.span);
      this.redraw();
    } else {
      this.zoom(Math.exp(Math.max(-120, Math.min(120, along)) / 400), this.#view.time(event.offsetX));
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = this.#view.span / 48;
    const now = this.#place();
    /** @type {Record<string, number>} */
    const moves = {
      ArrowLeft: now - step,
      ArrowRight: now + step,
      ArrowUp: this.#neighbour(now, 1),
      ArrowDown: this.#neighbour(now, -1),
      PageUp: now + 12 * step,
      PageDown: now - 12 * step,
      Home: this.#view.day.start,
      End: Math.min(Date.now(), this.#view.day.end - 1),
    };
    const goal = moves[event.key];
    if (goal !== undefined) {
      this.#moveTo(goal);
      this.#look(this.#placeAt(this.#place(), NEAR.keyboard));
    } else if (event.key === "Enter" || event.key === " ") this.#pick(this.#placeAt(now, NEAR.touch));
    else if (event.key === "+" || event.key === "=") this.zoom(0.5);
    else if (event.key === "-") this.zoom(2);
    else return;
    event.preventDefault();
  }

  /**
   * Return the start of the next recording or alarm, or of the one before.
   * @param {number} time
   * @param {1 | -1} direction
   */
  #neighbour(time, direction) {
    const starts = [...this.#recordings.map((each) => each.start), ...this.#alarms.map((each) => each.time)];
    const there = starts.filter((each) => (each - time) * direction > 500);
    if (!there.length) return time;
    return direction > 0 ? Math.min(...there) : Math.max(...there);
  }

  /** @param {number} time */
  #moveTo(time) {
    this.#cursor = Math.min(Math.max(time, this.#view.day.start), this.#view.day.end);
    this.reveal(this.#cursor);
    this.setAttribute("aria-valuenow", String(Math.round(this.#cursor / 1000)));
    this.setAttribute("aria-valuetext", this.describe(this.#placeAt(this.#cursor, NEAR.keyboard)));
    this.redraw();
  }
}

customElements.define("linkvisual-timeline-bar", TimelineBar);
