"""What Home Assistant wrote into its log during a walk."""

from pathlib import Path
import re

_TROUBLE = re.compile(r" (WARNING|ERROR|CRITICAL) ")
# What is no fault of the integration: any custom one is warned of; this Home Assistant installs nothing, on a machine
# that may lack programs; a change of Home Assistant's language looks for integrations by the names of platforms; live
# video that is watched ends when the camera goes offline or the account is reloaded; aiohttp compresses a long message
# of Home Assistant's websocket in a task that nobody awaits if the page is closed meanwhile.
_EXPECTED = (
    "[homeassistant.loader]",
    "[homeassistant.bootstrap] Skipping pip installation",
    "[haffmpeg.",
    "[homeassistant.components.camera.img_util] Error loading libturbojpeg",
    "(stream_worker) [homeassistant.components.stream.stream.",
    "[homeassistant.helpers.translation] Failed to load integration for translation: Invalid domain",
)
_CLOSED_PAGE = (
    "in _send_compressed_frame_async_locked",
    "ClientConnectionResetError: Cannot write to closing transport",
)
_RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d )", re.MULTILINE)


def check_log(config: Path) -> None:
    """Check that there was nothing to complain about. Raises AssertionError."""
    records = _RECORD.split((config / "home-assistant.log").read_text())
    unexpected = [
        line
        for record in records
        if _TROUBLE.search(line := record.partition("\n")[0])
        and not any(name in line for name in _EXPECTED)
        and not all(text in record for text in _CLOSED_PAGE)
    ]
    assert not unexpected, "\n".join(["the log has", *unexpected])
