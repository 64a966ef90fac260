"""An endless MPEG-TS stream made of the test pattern: each segment is moved to its place in time.

A player sees one stream without a seam, because time stamps and continuity counters go on where the pattern
begins anew.
"""

from collections import Counter
from functools import cache, lru_cache
from pathlib import Path

_PATTERN = Path(__file__).parent / "pattern"

SEGMENT_SECONDS = 2
SEGMENTS = 4
_PACKET = 188
_CLOCK = 90_000  # ticks a second
_WRAP = 1 << 33


@cache
def _pattern(name: str) -> tuple[bytes, ...]:
    return tuple(
        (_PATTERN / f"{name}_{number}.ts").read_bytes() for number in range(SEGMENTS)
    )


@cache
def _packets_before(name: str) -> tuple[Counter[int], ...]:
    """Count the packets of each PID that carry payload, before each segment and after the last."""
    counts = [Counter[int]()]
    for segment in _pattern(name):
        count = counts[-1].copy()
        for start in range(0, len(segment), _PACKET):
            if segment[start + 3] & 0x10:
                count[_pid(segment, start)] += 1
        counts.append(count)
    return tuple(counts)


@lru_cache(maxsize=64)
def segment(name: str, number: int) -> bytes:
    """Return the segment of stream `name` ("main", "sub") that begins at number x 2 seconds."""
    loop, index = divmod(number, SEGMENTS)
    before = _packets_before(name)
    offset = loop * SEGMENTS * SEGMENT_SECONDS * _CLOCK
    counters = Counter(
        {
            pid: loop * before[SEGMENTS][pid] + before[index][pid]
            for pid in before[SEGMENTS]
        }
    )
    data = bytearray(_pattern(name)[index])
    for start in range(0, len(data), _PACKET):
        _move_packet(data, start, offset, counters)
    return bytes(data)


def _pid(data: bytes | bytearray, start: int) -> int:
    return (data[start + 1] & 0x1F) << 8 | data[start + 2]


def _move_packet(
    data: bytearray, start: int, offset: int, counters: Counter[int]
) -> None:
    flags = data[start + 3]
    payload = start + 4
    if flags & 0x20:  # adaptation field
        length = data[payload]
        if length and data[payload + 1] & 0x10:
            _move_pcr(data, payload + 2, offset)
        payload += 1 + length
    if not flags & 0x10:
        return
    pid = _pid(data, start)
    data[start + 3] = flags & 0xF0 | counters[pid] & 0x0F
    counters[pid] += 1
    starts_unit = data[start + 1] & 0x40
    if starts_unit and data[payload : payload + 3] == b"\x00\x00\x01":
        which = data[payload + 7] >> 6
        if which & 0b10:
            _move_stamp(data, payload + 9, offset)
        if which == 0b11:
            _move_stamp(data, payload + 14, offset)


def _move_pcr(data: bytearray, at: int, offset: int) -> None:
    base = int.from_bytes(data[at : at + 4]) << 1 | data[at + 4] >> 7
    base = (base + offset) % _WRAP
    data[at : at + 4] = (base >> 1).to_bytes(4)
    data[at + 4] = data[at + 4] & 0x7F | (base & 1) << 7


def _move_stamp(data: bytearray, at: int, offset: int) -> None:
    """Move a PTS or DTS: 33 bits, spread over five bytes with marker bits between."""
    stamp = (
        (data[at] >> 1 & 0x07) << 30
        | data[at + 1] << 22
        | data[at + 2] >> 1 << 15
        | data[at + 3] << 7
        | data[at + 4] >> 1
    )
    stamp = (stamp + offset) % _WRAP
    data[at] = data[at] & 0xF1 | (stamp >> 30 & 0x07) << 1
    data[at + 1] = stamp >> 22 & 0xFF
    data[at + 2] = (stamp >> 15 & 0x7F) << 1 | 1
    data[at + 3] = stamp >> 7 & 0xFF
    data[at + 4] = (stamp & 0x7F) << 1 | 1
