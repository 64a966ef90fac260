"""What Home Assistant wrote into its log during a walk."""

from pathlib import Path
import re

_TROUBLE = re.compile(r" (WARNING|ERROR|CRITICAL) ")
# What is no fault of the integration: any custom one is warned of; this Home Assistant installs nothing, on a machine
# that may lack programs; a change of Home Assistant's language looks for integrations by the names of platforms; live
# video that is watched ends when the camera goes offline or the account is reloaded.
_EXPECTED = (
    "[homeassistant.loader]",
    "[homeassistant.bootstrap] Skipping pip installation",
    "[haffmpeg.",
    "[homeassistant.components.camera.img_util] Error loading libturbojpeg",
    "(stream_worker) [homeassistant.components.stream.stream.",
    "[homeassistant.helpers.translation] Failed to load integration for translation: Invalid domain",
)


def check_log(config: Path) -> None:
    """Check that there was nothing to complain about. Raises AssertionError."""
    lines = (config / "home-assistant.log").read_text().splitlines()
    unexpected = [
        line
        for line in lines
        if _TROUBLE.search(line) and not any(name in line for name in _EXPECTED)
    ]
    assert not unexpected, "\n".join(["the log has", *unexpected])
