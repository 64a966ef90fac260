"""Draw the test pattern: python -m tests.emulator.make_pattern. Its output is committed.

Eight seconds of a moving picture with a counter, and a quiet tone, as MPEG-TS segments of two seconds:
`main_0.ts` … `main_3.ts`, and the same smaller as `sub_*.ts`. H.264 and AAC, as cameras send (section 13).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from av.filter import Graph

SECONDS = 8
SEGMENT_SECONDS = 2
FRAME_RATE = 10
SAMPLE_RATE = 16_000
STREAMS = {"main": (640, 360), "sub": (320, 180)}


def frames(name: str, arguments: str) -> Iterator[Any]:
    """Yield the frames of a source filter."""
    graph = Graph()
    source = graph.add(name, arguments)
    sink = graph.add("abuffersink" if name == "sine" else "buffersink")
    source.link_to(sink)
    graph.configure()
    while True:
        try:
            yield graph.pull()
        except av.EOFError, av.BlockingIOError:
            return


def make(name: str, width: int, height: int, folder: Path) -> None:
    """Write the segments of one stream."""
    options = {
        "hls_time": str(SEGMENT_SECONDS),
        "hls_list_size": "0",
        "hls_segment_filename": str(folder / f"{name}_%d.ts"),
    }
    playlist = folder / f"{name}.m3u8"
    with av.open(str(playlist), "w", format="hls", options=options) as output:
        video = output.add_stream("libx264", rate=FRAME_RATE)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.options = {
            "crf": "38",
            "preset": "veryslow",
            "profile": "main",
            "bf": "0",
            "g": str(FRAME_RATE * SEGMENT_SECONDS),
            "keyint_min": str(FRAME_RATE * SEGMENT_SECONDS),
            "sc_threshold": "0",
        }
        audio = output.add_stream("aac", rate=SAMPLE_RATE)
        audio.bit_rate, audio.layout = 16_000, "mono"
        pictures = frames(
            "testsrc", f"size={width}x{height}:rate={FRAME_RATE}:duration={SECONDS}"
        )
        tones = frames(
            "sine", f"frequency=220:sample_rate={SAMPLE_RATE}:duration={SECONDS}"
        )
        tone = next(tones, None)
        for picture in pictures:
            while tone is not None and tone.time <= picture.time:
                output.mux(audio.encode(tone))
                tone = next(tones, None)
            output.mux(video.encode(picture.reformat(format="yuv420p")))
        output.mux(video.encode())
        output.mux(audio.encode())
    playlist.unlink()


if __name__ == "__main__":
    for stream, (stream_width, stream_height) in STREAMS.items():
        make(stream, stream_width, stream_height, Path(__file__).parent / "pattern")
