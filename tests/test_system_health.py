"""The system health page."""

import asyncio
from datetime import timedelta
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault

from .media import call


async def info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the page tells in the end."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    told = await get_system_health_info(hass, "linkvisual")
    return {
        name: await value if asyncio.iscoroutine(value) else value
        for name, value in told.items()
    }


async def test_account(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """It tells whether the cloud is reached, and what the calls cost."""
    told = await info(hass)
    assert abs(told.pop("calls_last_hour") - len(cloud.attempts)) < 5
    assert dt_util.utcnow() - told.pop("last_success") < timedelta(minutes=1)
    assert told == {
        "cameras": 6,
        "clock_offset": 0,
        "last_error": "none",
        "can_reach_cloud": "ok",
    }


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            r"The RAM user lacks a permission: iot:TriggerRecord \(\S+\)\. Give it the policy from the README\.",
        ),
        (
            "zh-Hans",
            r"RAM 用户缺少权限：iot:TriggerRecord（\S+）。请授予 README 中的权限策略。",
        ),
    ],
)
async def test_last_error(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    language: str,
    words: str,
) -> None:
    """It says in words what failed last, and when, in the language of the house."""
    hass.config.language = language
    cloud.denied.add("TriggerRecord")
    with pytest.raises(HomeAssistantError):
        await call(hass, "trigger_record", entity_id="camera.front_door")
    told = await info(hass)
    assert re.fullmatch(words, told["last_error"])
    assert dt_util.utcnow() - told["last_error_at"] < timedelta(minutes=1)


async def test_last_error_of_a_camera(
    hass: HomeAssistant, loaded: MockConfigEntry, cloud: Cloud
) -> None:
    """The page is for publishing: it does not name the camera."""
    cloud.faults.append(
        Fault(
            "service",
            "TriggerRecord",
            None,
            code="466",
            message="device status is offline.",
        )
    )
    with pytest.raises(HomeAssistantError):
        await call(hass, "trigger_record", entity_id="camera.front_door")
    assert (await info(hass))["last_error"] == "A camera is offline"


async def test_no_account(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    """Without an account there is nothing to reach."""
    await hass.config_entries.async_unload(loaded.entry_id)
    told = await info(hass)
    assert told.keys() == {"cameras", "calls_last_hour", "clock_offset", "last_error"}
    assert told["last_error"] == "none"
