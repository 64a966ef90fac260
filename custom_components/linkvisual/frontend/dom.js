/** Small helpers for building elements without HTML texts. */

/**
 * Make an element with properties and children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} [properties] `class`, `role`, `aria-…` and `data-…` become attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class" || name === "role" || name.includes("-")) {
      element.setAttribute(name, String(value));
    } else {
      Object.assign(element, { [name]: value });
    }
  }
  element.append(...children);
  return element;
}

/**
 * Make a round button with an icon of Home Assistant.
 * @param {string} icon
 * @param {() => void} onclick
 * @param {string} [className]
 */
export function iconButton(icon, onclick, className = "") {
  return make("button", { type: "button", class: `icon ${className}`, onclick }, make("ha-icon", { icon }));
}

/**
 * Name a button for everybody: by a tooltip, and for screen readers.
 * @param {HTMLElement} button
 * @param {string} text
 */
export function label(button, text) {
  if (button.title !== text) {
    button.title = text;
    button.setAttribute("aria-label", text);
  }
}

/**
 * Set a text only if it changed, so that screen readers do not repeat it.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Make a style sheet for shadow roots.
 * @param {string} css
 */
export function sheet(css) {
  const result = new CSSStyleSheet();
  result.replaceSync(css);
  return result;
}
