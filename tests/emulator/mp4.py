"""MP4s made of the test pattern, as long as they are wanted: H.264 and AAC, the index at the front."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import md5
from io import BytesIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import av

from . import mpegts

_LOOP = mpegts.SEGMENTS * mpegts.SEGMENT_SECONDS
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Movie:
    """A file that has no name any more: it is gone from the disk when nobody reads it."""

    data: mmap
    md5: str  # in capitals, as OSS writes it


def movie(name: str, seconds: float) -> Movie:
    """Return an MP4 of stream `name` ("main", "sub"). Half an hour takes half a second: call it in a thread."""
    with _lock:  # else two that want the same would both make it
        return _movie(name, seconds)


@lru_cache(maxsize=16)
def _movie(name: str, seconds: float) -> Movie:
    with TemporaryDirectory(prefix="linkvisual-emulator-") as folder:
        path = Path(folder) / "movie.mp4"
        _write(path, name, seconds)
        with path.open("rb") as file:
            data = mmap(file.fileno(), 0, access=ACCESS_READ)
    return Movie(data, md5(data).hexdigest().upper())


def _write(path: Path, name: str, seconds: float) -> None:
    """Copy the pattern's packets again and again, each time later."""
    pattern = b"".join(
        mpegts.segment(name, number) for number in range(mpegts.SEGMENTS)
    )
    options = {"movflags": "faststart"}
    with (
        av.open(BytesIO(pattern), "r", format="mpegts") as source,
        av.open(str(path), "w", format="mp4", options=options) as output,
    ):
        streams = {
            stream.index: output.add_stream_from_template(stream)
            for stream in (source.streams.video[0], source.streams.audio[0])
        }
        packets = [
            (packet, packet.stream.index, packet.pts, packet.dts, packet.time_base)
            for packet in source.demux()
            if packet.pts is not None and packet.dts is not None
        ]
        begin = min(pts * base for _, _, pts, _, base in packets)
        for loop in range(int(seconds // _LOOP) + 1):
            for packet, index, pts, dts, base in packets:
                later = int((loop * _LOOP - begin) / base)
                if (pts + later) * base >= seconds:
                    continue
                packet.stream = streams[index]
                packet.time_base = base
                packet.pts, packet.dts = pts + later, dts + later
                output.mux_one(packet)
