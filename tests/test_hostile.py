"""Odd and hostile data: contained where it comes in, and no harm to other cameras."""

import json
import logging
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.archive import RecordedFile
from tests.emulator.cloud import ACCOUNT_ID, Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import MediaBrowser, call
from .test_leaks import _HOUR

FRONT_DOOR = "camera.front_door"


@pytest.mark.parametrize(
    ("nickname", "name"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Door\x00\x1b[31m\u202eevil\r\nSet-Cookie: x", "Door  [31m evil  Set-Cookie: x"),
        ("{{ states('sun.sun') }}", "{{ states('sun.sun') }}"),
        ("\u0000\n", "ipc_0000"),
        ("x" * 5000, "x" * 200),
    ],
)  # fmt: skip
async def test_names(
    hass: HomeAssistant,
    cloud: Cloud,
    cameras: dict[str, Device],
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    nickname: str,
    name: str,
) -> None:
    """A name is one line of text, never more; it is not run, and stays out of log lines of its own."""
    caplog.set_level(logging.DEBUG)
    cameras["Front door"].nickname = nickname
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    names = {
        state.name for state in hass.states.async_all("camera") if state.state == "idle"
    }
    assert name in names
    assert len(names) == 4
    assert "\x1b" not in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        json.dumps({"Success": True, "Data": "x" * 10_000_000}),
        "[" * 1_000_000,
    ],
    ids=["deep", "10 MB", "open"],
)
async def test_replies(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, loaded: MockConfigEntry, text: str
) -> None:
    """What no cloud sends is refused, costs neither memory nor a crash, and is over with the next reply."""
    cloud.faults.append(
        Fault(
            "body",
            "BatchGetDeviceState",
            status=200,
            content_type="application/json",
            text=text,
        )
    )
    await clock.run(130, step=61)
    assert hass.states.is_state("binary_sensor.front_door_connectivity", "on")
    cloud.faults.append(
        Fault(
            "body",
            "TriggerRecord",
            status=200,
            content_type="application/json",
            text=text,
        )
    )
    with pytest.raises(HomeAssistantError):
        await call(hass, "trigger_record", entity_id=FRONT_DOOR)
    reply = await call(hass, "trigger_record", entity_id="camera.garage")
    assert reply["camera.garage"]["status"] == "triggered"


async def test_odd_rows_of_one_camera(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """A row that makes no sense costs that camera, and no other."""
    cloud.faults.append(
        Fault(
            "patch",
            "BatchQueryDeviceDetail",
            patch={"Data": {"Data": [None, 7, {"IotId": []}, "x"]}},
            times=None,
        )
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert len(hass.states.async_entity_ids("camera")) == 6


@pytest.mark.parametrize(
    "file_name",
    ["../../../etc/passwd", "/etc/passwd", "a\x00b", "..", "%2e%2e%2f", "x" * 400],
)
async def test_file_names(
    hass: HomeAssistant,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    browser: MediaBrowser,
    player: TestClient[Any, Any],
    tmp_path: Any,
    file_name: str,
) -> None:
    """A file's name of the cloud is never a path of Home Assistant."""
    cloud.speed = 50
    folder = tmp_path / "videos"
    hass.config.allowlist_external_dirs = {str(folder)}
    camera = cameras["Front door"]
    begin = cloud.now() - 3600
    file_name = f"{int(begin)}_/{file_name}"
    camera.stored.add(RecordedFile(file_name, begin, begin + 10, begin, 0, 0))
    reply = await call(hass, "get_recordings", entity_id=FRONT_DOOR)
    (row,) = reply[FRONT_DOOR]["recordings"]
    resolved = await browser.resolve(row["media_content_id"])
    assert (await player.get(resolved["url"])).status == 200
    await call(
        hass,
        "save_recording",
        media_content_id=row["media_content_id"],
        folder=str(folder),
    )
    (saved,) = await hass.async_add_executor_job(lambda: list(tmp_path.rglob("*.mp4")))
    assert saved.parent == folder


async def test_media_of_other_entries(
    hass: HomeAssistant,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    clip: str,
    player: TestClient[Any, Any],
) -> None:
    """A signed path opens what it names; through another entry nobody reaches this one's cameras."""
    other = MockConfigEntry(domain="linkvisual", unique_id=f"{ACCOUNT_ID}_other")
    other.add_to_hass(hass)
    iot_id = cameras["Front door"].iot_id
    for entry_id in (other.entry_id, "unknown"):
        path = f"/api/linkvisual/recording/{entry_id}/{iot_id}/YWJj/index.m3u8"
        signed = async_sign_path(hass, path, _HOUR)
        assert (await player.get(signed)).status == 404
        assert (await player.get(path)).status == 401
