/** The looks of the card, made of the theme's variables. */

import { sheet } from "./dom.js";

export const STYLE = sheet(`
  :host {
    --timeline-manual: var(--red-color, #f44336); --timeline-alarm: var(--amber-color, #ffc107);
    --timeline-continuous: var(--light-blue-color, #03a9f4); --timeline-mark: var(--deep-orange-color, #ff6f22);
    --timeline-track: var(--secondary-background-color, #e5e5e5); --timeline-future: var(--divider-color, #ccc);
    --timeline-text: var(--secondary-text-color, #727272); --timeline-back: var(--card-background-color, #fff);
    --timeline-line: var(--primary-text-color, #212121);
    display: block;
  }
  [hidden] { display: none !important; }
  ha-card { overflow: hidden; }
  .picture { position: relative; }
  .over { position: absolute; inset: 8px 8px auto; display: flex; justify-content: space-between; gap: 8px;
    pointer-events: none; }
  .over > * { background: rgba(0, 0, 0, 0.6); color: #fff; border-radius: 10px; padding: 2px 10px; font-size: 0.85em;
    overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .over > :empty { visibility: hidden; }
  .badge { flex: none; font-variant-numeric: tabular-nums; }
  .badge.recording { background: var(--error-color, #db4437); }
  .body { padding: 8px 12px 10px; display: flex; flex-direction: column; gap: 6px; }
  .row { display: flex; align-items: center; gap: 4px; min-width: 0; }
  .spread { justify-content: space-between; }
  .wrap { flex-wrap: wrap; }
  .day { font-weight: 500; min-width: 6.5em; text-align: center; white-space: nowrap; }
  .pad { display: grid; gap: 2px; grid-template-areas: ". up . in" "left down right out"; }
  .ptz_up { grid-area: up; }
  .ptz_down { grid-area: down; }
  .ptz_left { grid-area: left; }
  .ptz_right { grid-area: right; }
  .ptz_zoom_in { grid-area: in; }
  .ptz_zoom_out { grid-area: out; }
  .bar { position: relative; }
  .line { min-height: 28px; color: var(--secondary-text-color); font-size: 0.9em; }
  .status { flex: 1; min-width: 0; overflow-wrap: anywhere; }
  .status.error { color: var(--error-color, #db4437); }
  .icon { display: inline-flex; align-items: center; justify-content: center; width: 40px; height: 40px; padding: 0;
    border: none; border-radius: 50%; background: none; color: var(--primary-text-color); cursor: pointer; }
  .icon:hover:not(:disabled) { background: var(--secondary-background-color); }
  .icon:disabled { color: var(--disabled-text-color); cursor: default; }
  .icon.record { color: var(--error-color, #db4437); }
  .icon.recording { background: color-mix(in srgb, var(--error-color, #db4437) 20%, transparent); }
  .icon.record:disabled { color: var(--disabled-text-color); }
  button:focus-visible { outline: 2px solid var(--primary-color); outline-offset: -2px; }
  .retry { font: inherit; color: var(--primary-color); background: none; border: none; padding: 4px 8px; cursor: pointer; }
  .tip { position: absolute; bottom: calc(100% + 4px); left: var(--x, 0); transform: translateX(-50%); z-index: 2;
    width: 180px; box-sizing: border-box; padding: 4px; border-radius: 8px; pointer-events: none; text-align: center;
    font-size: 0.85em; background: var(--card-background-color, #fff); color: var(--primary-text-color);
    box-shadow: 0 2px 8px rgba(0, 0, 0, 0.4); }
  .tip img { display: block; width: 100%; aspect-ratio: 16 / 9; object-fit: cover; border-radius: 5px; margin-bottom: 4px; }
  @media (prefers-reduced-motion: no-preference) {
    .badge.recording { animation: pulse 2s ease-in-out infinite; }
    @keyframes pulse { 50% { opacity: 0.65; } }
  }
`);
