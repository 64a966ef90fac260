/** Colours of a theme, made legible on a background. */

/** @typedef {[number, number, number]} Rgb each 0 to 255 */

const probe = /** @type {CanvasRenderingContext2D} */ (
  document.createElement("canvas").getContext("2d", { willReadFrequently: true })
);

/**
 * Return a CSS color with its alpha blended into a background.
 * @param {string} color
 * @param {string} background
 * @returns {Rgb}
 */
function blended(color, background) {
  for (const each of ["#fff", background, color]) {
    probe.fillStyle = each;
    probe.fillRect(0, 0, 1, 1);
  }
  const [red = 0, green = 0, blue = 0] = probe.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

/** @param {Rgb} rgb */
function luminance(rgb) {
  const [red = 0, green = 0, blue = 0] = rgb.map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * Return a colour, darker or lighter as needed for a contrast (WCAG) with the background.
 * @param {string} color CSS
 * @param {string} background CSS
 * @param {number} contrast
 */
export function legible(color, background, contrast) {
  const behind = luminance(blended(background, "#fff"));
  const original = blended(color, background);
  // Black and white have the same contrast with this luminance.
  const target = behind > 0.18 ? 0 : 255;
  for (let share = 0; ; share += 0.05) {
    const rgb = /** @type {Rgb} */ (original.map((each) => Math.round(each + (target - each) * share)));
    const [low = 0, high = 0] = [luminance(rgb), behind].sort((a, b) => a - b);
    if ((high + 0.05) / (low + 0.05) >= contrast || share >= 1) return `rgb(${rgb.join(" ")})`;
  }
}
