"""What live and recorded HLS have in common."""

from aiohttp import web

from . import mpegts
from .cloud import Cloud
from .media_send import Content

STREAM_NAMES = {0: "main", 1: "sub"}


def playlist(lines: list[str]) -> Content:
    """Return a playlist; the first lines are the same in all."""
    head = (
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        f"#EXT-X-TARGETDURATION:{mpegts.SEGMENT_SECONDS}",
    )
    text = "\n".join((*head, *lines, ""))
    headers = {"Cache-Control": "no-cache"}
    return Content(text.encode(), "application/vnd.apple.mpegurl", headers)


def segments_at(cloud: Cloud, request: web.Request) -> str:
    """Return how a playlist names the place where its segments are."""
    named_by_another = request.path.endswith("/media.m3u8")
    path = request.path.removesuffix("/media.m3u8").removesuffix(".m3u8")
    if cloud.inferred.absolute_segment_urls:
        return f"{request.scheme}://{request.host}{path}"
    return "." if named_by_another else path.rpartition("/")[2]


def segment(stream_type: int, number: int) -> Content:
    """Return two seconds of a stream."""
    data = mpegts.segment(STREAM_NAMES[stream_type], number)
    return Content(data, "video/mp2t", ranges=True)
