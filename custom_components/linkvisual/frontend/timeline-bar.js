/** The day as a bar on a canvas: recordings, alarms, and where one is. */

import { make, sheet } from "./dom.js";

/** @import { Alarm, Place, Recording } from "./types" */

const MINUTE = 60_000;
const MIN_SPAN = 2 * MINUTE;
/** Minutes between two lines of the scale. */
const STEPS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360];
const LABEL_WIDTH = 64;
/** Pixels: alarms above, the scale below the recordings. */
const TOP = 14;
const BOTTOM = 18;
/** Part of the height, so that kinds differ not only by their colours. */
const HEIGHTS = { continuous: 0.45, alarm: 0.75, manual: 1 };
/** Pixels that a pointer may miss by, or move in a click. */
const NEAR = { mouse: 5, pen: 10, touch: 14 };
/** Milliseconds after which a touch is a look, not a click. */
const HOLD = 500;
const COLORS = ["manual", "alarm", "continuous", "mark", "track", "future", "text", "line"];

const STYLE = sheet(`
  :host { display: block; height: 76px; border-radius: 6px; touch-action: pan-y; cursor: pointer; user-select: none;
    -webkit-user-select: none; outline-offset: 2px; }
  :host(:focus-visible) { outline: 2px solid var(--primary-color); }
  canvas { display: block; width: 100%; height: 100%; }
`);

/**
 * Events: `look` (detail: Place or null), `pick` (detail: Place).
 */
export class TimelineBar extends HTMLElement {
  #canvas = make("canvas");
  #context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
  #size = { width: 0, height: 0 };
  /** @type {Record<string, string>} */
  #colors = {};
  #frame = 0;
  #day = { start: 0, end: 1 };
  #view = { start: 0, end: 1 };
  /** @type {Recording[]} */
  #recordings = [];
  /** @type {Alarm[]} */
  #alarms = [];
  /** @type {number | undefined} */
  #cursor;
  /** @type {number | undefined} */
  #playhead;
  /** @type {Map<number, number>} places of pressed pointers by ID */
  #pointers = new Map();
  /** @type {{ at: number, x: number, time: number, moved: boolean } | undefined} */
  #press;
  /** @type {number | undefined} when the data that is not yet drawn came */
  #dataSince;

  /** Returns a time as text; with seconds if asked. @type {(time: number, seconds: boolean) => string} */
  format = () => "";
  /** Returns what is said of a place. @type {(place: Place) => string} */
  describe = () => "";

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [STYLE];
    root.append(this.#canvas);
    new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      this.#size = { width, height };
      this.restyle();
    }).observe(this);
    this.addEventListener("pointerdown", (event) => this.#down(event));
    this.addEventListener("pointermove", (event) => this.#move(event));
    this.addEventListener("pointerup", (event) => this.#up(event));
    this.addEventListener("pointercancel", (event) => this.#cancel(event));
    this.addEventListener("pointerleave", () => this.#look(null));
    this.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("blur", () => this.#look(null));
  }

  connectedCallback() {
    this.tabIndex = 0;
    this.setAttribute("role", "slider");
  }

  /**
   * Show a day from its start.
   * @param {number} start Unix milliseconds
   * @param {number} end
   */
  setDay(start, end) {
    this.#day = { start, end };
    this.#view = { start, end };
    this.#cursor = undefined;
    this.setAttribute("aria-valuemin", String(Math.round(start / 1000)));
    this.setAttribute("aria-valuemax", String(Math.round(end / 1000)));
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
    return this.#size.width;
  }

  /** Where the player is. @param {number | undefined} time */
  set playhead(time) {
    if (time === this.#playhead) return;
    this.#playhead = time;
    this.redraw();
  }

  /**
   * Zoom around a moment, the middle by default.
   * @param {number} factor less than 1 shows less, but larger
   * @param {number} [around]
   */
  zoom(factor, around = this.#cursorInView() ?? (this.#view.start + this.#view.end) / 2) {
    const span = this.#view.end - this.#view.start;
    const wanted = Math.min(Math.max(span * factor, MIN_SPAN), this.#day.end - this.#day.start);
    this.#show(around - ((around - this.#view.start) * wanted) / span, wanted);
  }

  /**
   * Move so that a moment is seen.
   * @param {number} time
   */
  reveal(time) {
    const { start, end } = this.#view;
    if (time < start || time > end) this.#show(time - (end - start) / 2, end - start);
  }

  /** Read the colours of the theme again. */
  restyle() {
    const style = getComputedStyle(this);
    this.#colors = Object.fromEntries(
      COLORS.map((name) => [name, style.getPropertyValue(`--timeline-${name}`).trim() || "gray"]),
    );
    const ratio = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(this.#size.width * ratio);
    this.#canvas.height = Math.round(this.#size.height * ratio);
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#context.font = `11px ${style.fontFamily}`;
    this.redraw();
  }

  /** Draw with the next frame. */
  redraw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  /**
   * Show a part of the day that lies within it.
   * @param {number} start
   * @param {number} span
   */
  #show(start, span) {
    const first = Math.min(Math.max(start, this.#day.start), this.#day.end - span);
    this.#view = { start: first, end: first + span };
    this.redraw();
  }

  #cursorInView() {
    const at = this.#cursor;
    return at !== undefined && at >= this.#view.start && at <= this.#view.end ? at : undefined;
  }

  /** @param {number} time */
  #x(time) {
    return ((time - this.#view.start) / (this.#view.end - this.#view.start)) * this.#size.width;
  }

  /** @param {number} x */
  #time(x) {
    return this.#view.start + (x / this.#size.width) * (this.#view.end - this.#view.start);
  }

  #draw() {
    const { width, height } = this.#size;
    if (!width) return;
    const context = this.#context;
    context.clearRect(0, 0, width, height);
    const floor = height - BOTTOM;
    context.fillStyle = this.#color("track");
    context.fillRect(0, TOP, width, floor - TOP);
    this.#drawFuture(floor);
    // What was asked for lies above what goes on all day.
    for (const kind of /** @type {const} */ (["continuous", "alarm", "manual"])) this.#drawKind(kind, floor);
    this.#drawAlarms();
    this.#drawScale(floor);
    this.#drawLine(Date.now(), "text", floor);
    this.#drawLine(this.#cursor, "line", floor);
    this.#drawLine(this.#playhead, "line", floor);
    if (this.#dataSince !== undefined && this.#recordings.length + this.#alarms.length) {
      performance.measure("linkvisual-timeline-drawn", { start: this.#dataSince });
      this.#dataSince = undefined;
    }
  }

  /** @param {string} name */
  #color(name) {
    return this.#colors[name] ?? "gray";
  }

  /** @param {number} floor */
  #drawFuture(floor) {
    const x = Math.max(this.#x(Date.now()), 0);
    if (x >= this.#size.width) return;
    this.#context.fillStyle = this.#color("future");
    this.#context.fillRect(x, TOP, this.#size.width - x, floor - TOP);
  }

  /**
   * @param {keyof typeof HEIGHTS} kind
   * @param {number} floor
   */
  #drawKind(kind, floor) {
    const high = (floor - TOP) * HEIGHTS[kind];
    this.#context.fillStyle = this.#color(kind);
    this.#context.beginPath();
    for (const recording of this.#recordings) {
      if (recording.kind !== kind || recording.end < this.#view.start || recording.start > this.#view.end) continue;
      const x = this.#x(recording.start);
      // Neighbours stay apart by a hair where there is room.
      this.#context.rect(x, floor - high, Math.max(this.#x(recording.end) - x - 0.5, 2), high);
    }
    this.#context.fill();
  }

  #drawAlarms() {
    this.#context.fillStyle = this.#color("mark");
    this.#context.beginPath();
    for (const { time } of this.#alarms) {
      if (time < this.#view.start || time > this.#view.end) continue;
      const x = this.#x(time);
      this.#context.moveTo(x - 5, 2);
      this.#context.lineTo(x + 5, 2);
      this.#context.lineTo(x, TOP - 1);
      this.#context.closePath();
    }
    this.#context.fill();
  }

  /** @param {number} floor */
  #drawScale(floor) {
    const { width, height } = this.#size;
    const span = this.#view.end - this.#view.start;
    const fits = (span / MINUTE / width) * LABEL_WIDTH;
    const minutes = STEPS.find((each) => each >= fits) ?? 360;
    const step = minutes * MINUTE;
    const context = this.#context;
    context.fillStyle = this.#color("text");
    context.textAlign = "center";
    context.textBaseline = "bottom";
    let time = this.#day.start + Math.ceil((this.#view.start - this.#day.start) / step) * step;
    for (; time <= this.#view.end; time += step) {
      const x = this.#x(time);
      context.fillRect(x, floor, 1, 4);
      if (x > LABEL_WIDTH / 3 && x < width - LABEL_WIDTH / 3) {
        context.fillText(this.format(time, minutes < 1), x, height - 1);
      }
    }
  }

  /**
   * @param {number | undefined} time
   * @param {string} color
   * @param {number} floor
   */
  #drawLine(time, color, floor) {
    if (time === undefined || time < this.#view.start || time > this.#view.end) return;
    this.#context.fillStyle = this.#color(color);
    this.#context.fillRect(this.#x(time) - 1, TOP - 4, 2, floor - TOP + 8);
  }

  /**
   * Return what is at or near a moment.
   * @param {number} time
   * @param {number} near pixels
   * @returns {Place}
   */
  #placeAt(time, near) {
    const reach = (near / (this.#size.width || 1)) * (this.#view.end - this.#view.start);
    /** @param {Recording} each */
    const distance = (each) => Math.max(each.start - time, time - each.end, 0);
    const rank = { continuous: 2, alarm: 1, manual: 0 };
    const recording = this.#recordings
      .filter((each) => distance(each) <= reach)
      .sort((a, b) => distance(a) - distance(b) || rank[a.kind] - rank[b.kind])[0];
    const alarm = this.#alarms
      .filter((each) => Math.abs(each.time - time) <= reach)
      .sort((a, b) => Math.abs(a.time - time) - Math.abs(b.time - time))[0];
    return { time, x: this.#x(time), recording, alarm };
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
    const time = this.#time(event.offsetX);
    this.#press = { at: event.timeStamp, x: event.offsetX, time, moved: this.#pointers.size > 1 };
    this.#look(this.#placeAt(time, this.#near(event)));
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const x = event.offsetX;
    const press = this.#press;
    if (!this.#pointers.has(event.pointerId) || !press) {
      if (event.pointerType !== "touch") this.#look(this.#placeAt(this.#time(x), this.#near(event)));
      return;
    }
    const before = [...this.#pointers.values()];
    this.#pointers.set(event.pointerId, x);
    const [one = x, other] = this.#pointers.values();
    if (other !== undefined && before[1] !== undefined) {
      const apart = Math.abs((before[0] ?? 0) - before[1]);
      this.zoom(apart / Math.max(Math.abs(one - other), 1), this.#time((one + other) / 2));
      return;
    }
    if (!press.moved && Math.abs(x - press.x) < this.#near(event)) return;
    if (!press.moved) this.#look(null);
    press.moved = true;
    const span = this.#view.end - this.#view.start;
    this.#show(press.time - (x / this.#size.width) * span, span);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const press = this.#press;
    this.#cancel(event);
    if (!press || press.moved) return;
    const isTouch = event.pointerType === "touch";
    if (isTouch && event.timeStamp - press.at > HOLD) return;
    this.#moveTo(press.time);
    this.#pick(this.#placeAt(press.time, this.#near(event)));
  }

  /** @param {PointerEvent} event */
  #cancel(event) {
    this.#pointers.delete(event.pointerId);
    if (!this.#pointers.size) this.#press = undefined;
    // A finger that stays after a pinch must not jump.
    else if (this.#press) this.#press = { ...this.#press, moved: true, time: this.#time([...this.#pointers.values()][0] ?? 0) };
    if (event.pointerType === "touch") this.#look(null);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    const span = this.#view.end - this.#view.start;
    const isWhole = span >= this.#day.end - this.#day.start;
    // The page goes on scrolling where there is nothing to zoom.
    if (isWhole && event.deltaY > 0) return;
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.#show(this.#view.start + (event.deltaX / this.#size.width) * span, span);
    } else {
      this.zoom(Math.exp(Math.max(-120, Math.min(120, event.deltaY)) / 400), this.#time(event.offsetX));
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = (this.#view.end - this.#view.start) / 48;
    const now = this.#cursor ?? this.#view.start;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => this.#moveTo(now - step),
      ArrowRight: () => this.#moveTo(now + step),
      ArrowUp: () => this.#moveTo(this.#neighbour(now, 1)),
      ArrowDown: () => this.#moveTo(this.#neighbour(now, -1)),
      PageUp: () => this.#moveTo(now + 12 * step),
      PageDown: () => this.#moveTo(now - 12 * step),
      Home: () => this.#moveTo(this.#day.start),
      End: () => this.#moveTo(Math.min(Date.now(), this.#day.end)),
      "+": () => this.zoom(0.5),
      "=": () => this.zoom(0.5),
      "-": () => this.zoom(2),
      Enter: () => this.#pick(this.#placeAt(now, NEAR.touch)),
      " ": () => this.#pick(this.#placeAt(now, NEAR.touch)),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
    if (event.key.length > 1 && event.key !== "Enter") this.#look(this.#placeAt(this.#cursor ?? now, NEAR.mouse));
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
    this.#cursor = Math.min(Math.max(time, this.#day.start), this.#day.end);
    this.reveal(this.#cursor);
    this.setAttribute("aria-valuenow", String(Math.round(this.#cursor / 1000)));
    this.setAttribute("aria-valuetext", this.describe(this.#placeAt(this.#cursor, NEAR.mouse)));
    this.redraw();
  }
}

customElements.define("linkvisual-timeline-bar", TimelineBar);
