"""An endless FLV made of the test pattern, as HTTP-FLV carries it: tags, each with its place in time."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import av

from . import mpegts

_SCRIPT, _VIDEO = 18, 9
_LOOP = mpegts.SEGMENTS * mpegts.SEGMENT_SECONDS
_HEADER_SIZE = 9 + 4  # with the size of the tag before, which is none
_TAG_HEADER_SIZE = 11


@dataclass(frozen=True, slots=True)
class _Tag:
    kind: int
    time: int  # ms
    body: bytes

    @property
    def is_setup(self) -> bool:
        """Whether this is what a player needs before everything else: metadata, or the parameters of a codec."""
        return self.kind == _SCRIPT or self.body[1] == 0

    def at(self, time: int) -> bytes:
        """Return the bytes of this tag at another time."""
        head = (
            self.kind.to_bytes()
            + len(self.body).to_bytes(3)
            + (time & 0xFFFFFF).to_bytes(3)
            + (time >> 24 & 0xFF).to_bytes()
            + bytes(3)  # the stream's number
        )
        size = _TAG_HEADER_SIZE + len(self.body)
        return head + self.body + size.to_bytes(4)


def start(name: str) -> bytes:
    """Return what comes before the pictures of stream `name` ("main", "sub")."""
    header, setup, _ = _pattern(name)
    return header + b"".join(tag.at(0) for tag in setup)


def tags(name: str, first: int) -> Iterator[tuple[float, bytes]]:
    """Yield tags without an end, with their time in seconds, from the key frame at segment `first` on."""
    _, _, pattern = _pattern(name)
    begin = first * mpegts.SEGMENT_SECONDS
    loop, skipped = divmod(begin, _LOOP)
    while True:
        for tag in pattern:
            if tag.time >= skipped * 1000:
                time = loop * _LOOP * 1000 + tag.time
                yield time / 1000, tag.at(time - begin * 1000)
        loop, skipped = loop + 1, 0


@cache
def _pattern(name: str) -> tuple[bytes, list[_Tag], list[_Tag]]:
    """Return the file header, the tags before the first picture, and those of the pattern."""
    data = _muxed(name)
    found: list[_Tag] = []
    at = _HEADER_SIZE
    while at < len(data):
        size = int.from_bytes(data[at + 1 : at + 4])
        time = int.from_bytes(data[at + 4 : at + 7]) | data[at + 7] << 24
        body = at + _TAG_HEADER_SIZE
        found.append(_Tag(data[at], time, data[body : body + size]))
        at = body + size + 4
    # The muxer writes the sound's parameters twice: first without any. Of the end it tells by a tag of its own.
    found = [tag for tag in found if len(tag.body) > 2 and tag.body[:2] != b"\x17\x02"]
    first = min(tag.time for tag in found if tag.kind == _VIDEO and not tag.is_setup)
    # Sound that comes before the first picture is the end of the loop before.
    pattern = [
        _Tag(tag.kind, (tag.time - first) % (_LOOP * 1000), tag.body)
        for tag in found
        if not tag.is_setup
    ]
    pattern.sort(key=lambda tag: tag.time)
    return data[:_HEADER_SIZE], [tag for tag in found if tag.is_setup], pattern


def _muxed(name: str) -> bytes:
    """Return the pattern as an FLV file."""
    pattern = b"".join(
        mpegts.segment(name, number) for number in range(mpegts.SEGMENTS)
    )
    file = BytesIO()
    options = {"flvflags": "no_duration_filesize"}
    with (
        av.open(BytesIO(pattern), "r", format="mpegts") as source,
        av.open(file, "w", format="flv", options=options) as output,
    ):
        streams = {
            stream.index: output.add_stream_from_template(stream)
            for stream in (source.streams.video[0], source.streams.audio[0])
        }
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                output.mux_one(packet)
    return file.getvalue()
