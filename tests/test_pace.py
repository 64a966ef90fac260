"""The pace of calls to an account, across reloads."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.emulator.cloud import Cloud


async def test_reloads(
    hass: HomeAssistant, cloud: Cloud, loaded: MockConfigEntry
) -> None:
    """Whoever reloads again and again exceeds no limit of the cloud."""
    for _ in range(4):
        assert await hass.config_entries.async_reload(loaded.entry_id)
    calls = cloud.calls_of("BatchQueryDeviceDetail")
    assert len(calls) == 5 * 2
    assert {call.code for call in calls} == {"200"}
