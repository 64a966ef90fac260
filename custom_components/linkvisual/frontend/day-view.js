/** The part of a day that a bar shows. Times are Unix milliseconds, places are pixels from the left. */

const MIN_SPAN = 2 * 60_000;

export class DayView {
  width = 0;
  day = { start: 0, end: 1 };
  start = 0;
  end = 1;

  get span() {
    return this.end - this.start;
  }

  get isWhole() {
    return this.span >= this.day.end - this.day.start;
  }

  /**
   * Show a whole day.
   * @param {number} start
   * @param {number} end
   */
  setDay(start, end) {
    this.day = { start, end };
    this.start = start;
    this.end = end;
  }

  /**
   * Show a part of the day that lies within it.
   * @param {number} start
   * @param {number} [span]
   */
  show(start, span = this.span) {
    this.start = Math.min(Math.max(start, this.day.start), this.day.end - span);
    this.end = this.start + span;
  }

  /**
   * Zoom around a moment, which stays where it is.
   * @param {number} factor less than 1 shows less, but larger
   * @param {number} around
   */
  zoom(factor, around) {
    const span = Math.min(Math.max(this.span * factor, MIN_SPAN), this.day.end - this.day.start);
    this.show(around - ((around - this.start) * span) / this.span, span);
  }

  /** @param {number} time */
  has(time) {
    return time >= this.start && time <= this.end;
  }

  /** @param {number} time */
  x(time) {
    return ((time - this.start) / this.span) * this.width;
  }

  /** @param {number} x */
  time(x) {
    return this.start + (x / (this.width || 1)) * this.span;
  }
}
