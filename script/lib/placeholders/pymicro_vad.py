"""Placeholder for a package that could not be compiled on this machine. See script/setup."""


class MicroVad:
    """Would distinguish speech from noise."""

    def __init__(self) -> None:
        raise RuntimeError("pymicro-vad was not built: there was no C compiler")
