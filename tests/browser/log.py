"""What Home Assistant wrote into its log during a walk."""

from pathlib import Path
import re

_TROUBLE = re.compile(r" (WARNING|ERROR|CRITICAL) ")
# What is no fault: any custom integration is warned of, and this machine lacks what a still image is made smaller with.
_EXPECTED = ("homeassistant.loader", "turbojpeg", "TurboJPEG")


def check_log(config: Path) -> None:
    """Check that there was nothing to complain about. Raises AssertionError."""
    lines = (config / "home-assistant.log").read_text().splitlines()
    unexpected = [
        line
        for line in lines
        if _TROUBLE.search(line) and not any(name in line for name in _EXPECTED)
    ]
    assert not unexpected, "\n".join(["the log has", *unexpected])
