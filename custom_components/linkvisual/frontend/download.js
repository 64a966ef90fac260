/** A recording as MP4 for the browser's downloads. */

/** @import { Hass, Recording } from "./types" */

/** The cloud converts first, which takes about as long as a third of the recording. */
const PATIENCE = 15 * 60_000;
const PAUSE = 5000;
const BUSY = 503;

/**
 * Download a recording as soon as the cloud has made an MP4 of it. Throws an Error with a message for the user.
 * @param {Hass} hass
 * @param {Recording} recording
 * @param {string} name of the file
 */
export async function download(hass, recording, name) {
  /** @type {{ url: string }} */
  const { url } = await hass.callWS({
    type: "media_source/resolve_media",
    media_content_id: recording.media_content_id,
  });
  // A playlist has the MP4 beside it.
  const path = new URL(url, hass.hassUrl("/")).pathname.replace(/index\.m3u8$/, "video.mp4");
  const signed = await hass.callWS({ type: "auth/sign_path", path, expires: PATIENCE / 1000 });
  const address = hass.hassUrl(/** @type {{ path: string }} */ (signed).path);
  await untilReady(address);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

/** @param {string} address */
async function untilReady(address) {
  for (const deadline = Date.now() + PATIENCE; ; ) {
    const canceller = new AbortController();
    const response = await fetch(address, { headers: { Range: "bytes=0-0" }, signal: canceller.signal });
    if (response.ok) {
      canceller.abort();
      return;
    }
    const message = await response.text();
    if (response.status !== BUSY || Date.now() > deadline) throw new Error(message || response.statusText);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
