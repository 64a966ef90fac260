"""What a player or a browser does with the addresses that the cloud gives out."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urljoin

import aiohttp
import av
import yarl


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str]


async def get(
    url: str, method: str = "GET", headers: Mapping[str, str] | None = None
) -> Fetched:
    """Fetch; the address is sent as it is, since it may be signed."""
    address = yarl.URL(url, encoded=True)
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, address, headers=headers) as response,
    ):
        return Fetched(response.status, await response.read(), response.headers)


async def open_flv(url: str, size: int = 100_000) -> Fetched:
    """Fetch the first bytes of a live stream that has no end."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return Fetched(
            response.status, await response.content.read(size), response.headers
        )


@dataclass(frozen=True, slots=True)
class Playlist:
    """What an HLS playlist says."""

    lengths: list[float]
    segments: list[str]  # whole addresses
    seams: list[int]  # before which segments there is a discontinuity
    text: str


async def open_playlist(url: str) -> Playlist:
    """Fetch and read a playlist that is there."""
    fetched = await get(url)
    assert fetched.status == 200
    assert fetched.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    text = fetched.body.decode()
    assert text.startswith("#EXTM3U\n")
    lengths: list[float] = []
    segments: list[str] = []
    seams: list[int] = []
    for line in text.splitlines():
        if line.startswith("#EXTINF:"):
            lengths.append(float(line[8:].rstrip(",")))
        elif line == "#EXT-X-DISCONTINUITY":
            seams.append(len(segments))
        elif not line.startswith("#"):
            segments.append(urljoin(url, line))
    assert len(lengths) == len(segments)
    return Playlist(lengths, segments, seams, text)


@dataclass(frozen=True, slots=True)
class Played:
    """What a decoder found: codecs, and the time of the first frame's begin and the last one's end."""

    codecs: set[str]
    begin: float
    end: float
    frames: int
    size: tuple[int, int]


def _play(source: str | BytesIO) -> Played:
    with av.open(source, "r") as container:
        codecs = {stream.codec_context.name for stream in container.streams}
        frames = list(container.decode(video=0))
    times = [float(frame.time) for frame in frames if frame.time is not None]
    assert times == sorted(times)
    assert len(times) == len(frames)
    return Played(
        codecs,
        times[0],
        times[-1] + 0.1,
        len(frames),
        (frames[0].width, frames[0].height),
    )


async def play(source: str | bytes) -> Played:
    """Decode all frames of what is at an address, or of a file, with FFmpeg."""
    opened = BytesIO(source) if isinstance(source, bytes) else source
    return await asyncio.to_thread(_play, opened)
