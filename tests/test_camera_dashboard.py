"""Dashboards that show cameras while their account goes, or while a camera fails."""

import asyncio
from http import HTTPStatus
import logging

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault

from .live import CAMERA, open_stream


def errors_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged as an error, but for a library that speeds up scaling."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.ERROR and "libturbojpeg" not in record.getMessage()
    ]


@pytest.mark.parametrize("change", ["async_reload", "async_unload", "async_remove"])
async def test_dashboard_while_the_account_goes(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
    change: str,
) -> None:
    """Whoever looks at moving stills sees their end, and nothing is logged as an error."""
    cloud.speed = 200
    dashboard = await hass_client()
    async with dashboard.get(f"/api/camera_proxy_stream/{CAMERA}") as stills:
        assert (await stills.content.readuntil(b"Content-Length")).startswith(b"--")
        await getattr(hass.config_entries, change)(loaded.entry_id)
        # Ends only if the response does.
        assert await stills.content.read()
    assert not errors_of(caplog)


async def test_stream_while_the_account_goes(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """The player of a camera that is removed is told that the stream is over; a new one is opened for it."""
    url = (await open_stream(hass, hass_ws_client))["result"]["url"]
    player = await hass_client_no_auth()
    await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    assert (await player.get(url)).status == HTTPStatus.NOT_FOUND
    assert (await open_stream(hass, hass_ws_client))["result"]["url"] != url


async def test_still_while_the_account_goes(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever waits for a picture of an account that is unloaded is answered."""
    cloud.faults.append(Fault("delay", "TriggerCapturePicture", None, seconds=1))
    dashboard = await hass_client()
    still = asyncio.create_task(dashboard.get(f"/api/camera_proxy/{CAMERA}"))
    while not cloud.calls_of("TriggerCapturePicture"):
        await asyncio.sleep(0.01)
    # Waits for the same picture.
    action = asyncio.create_task(
        hass.services.async_call(
            "linkvisual", "capture_picture", {"entity_id": CAMERA}, blocking=True
        )
    )
    await asyncio.sleep(0.05)
    await hass.config_entries.async_reload(loaded.entry_id)
    assert (await still).status == HTTPStatus.INTERNAL_SERVER_ERROR
    with pytest.raises(HomeAssistantError) as caught:
        await action
    assert caught.value.translation_key == "not_loaded"
    assert not errors_of(caplog)


async def test_stills_of_a_camera_that_fails(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Moving stills have no place for a message, and end."""
    cloud.denied.add("TriggerCapturePicture")
    dashboard = await hass_client()
    response = await dashboard.get(f"/api/camera_proxy_stream/{CAMERA}")
    assert not await response.read()
    assert not errors_of(caplog)
