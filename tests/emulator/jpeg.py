"""Stills: a frame of the test pattern with something written on it."""

from functools import cache, lru_cache
from io import BytesIO

import av
from PIL import Image, ImageDraw, ImageFont

from . import mpegts

WIDTH = 640


@cache
def _frame(number: int) -> Image.Image:
    data = BytesIO(mpegts.segment("main", number))
    with av.open(data, "r", format="mpegts") as source:
        frame = next(source.decode(video=0))
        image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    return image


@lru_cache(maxsize=256)
def draw(text: str, second: int, width: int = WIDTH) -> bytes:
    """Return a JPEG of 16 to 9, another frame every two seconds. Takes milliseconds: call it in a thread."""
    image = _frame(second // mpegts.SEGMENT_SECONDS % mpegts.SEGMENTS).copy()
    canvas = ImageDraw.Draw(image)
    font = ImageFont.load_default(32)
    canvas.multiline_text(
        (16, 16), text, fill="white", font=font, stroke_width=3, stroke_fill="black"
    )
    if width != image.width:
        height = max(1, round(image.height * width / image.width))
        image = image.resize((width, height))
    output = BytesIO()
    image.save(output, "JPEG", quality=90)
    return output.getvalue()
