"""Placeholder for a package that could not be compiled on this machine. See script/setup."""


class AudioProcessor:
    """Would remove noise from sound."""

    def __init__(self, *_args: object) -> None:
        raise RuntimeError("pyspeex-noise was not built: there was no C compiler")
