"""The question for the camera by a voice satellite."""

from typing import override

from homeassistant.components.assist_pipeline import PipelineEvent
from homeassistant.components.assist_satellite import (
    AssistSatelliteAnnouncement,
    AssistSatelliteConfiguration,
    AssistSatelliteEntity,
    AssistSatelliteEntityFeature,
)
from homeassistant.components.conversation import async_converse
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
import pytest

from tests.assist import FRONT_NAME, GARAGE, expose
from tests.emulator.world import Device

SATELLITE = "assist_satellite.kitchen"


class Satellite(AssistSatelliteEntity):
    """A satellite with somebody near, who says the same again and again, or nothing."""

    _attr_supported_features = (
        AssistSatelliteEntityFeature.ANNOUNCE
        | AssistSatelliteEntityFeature.START_CONVERSATION
    )
    _attr_name = "Kitchen"

    def __init__(self, answer: str | None) -> None:
        self._answer = answer
        self.spoken: list[str] = []

    @override
    async def async_announce(self, announcement: AssistSatelliteAnnouncement) -> None:
        self.spoken.append(announcement.message)

    @override
    async def async_start_conversation(
        self, start_announcement: AssistSatelliteAnnouncement
    ) -> None:
        self.spoken.append(start_announcement.message)
        assert self._ask_question_future is not None
        self._ask_question_future.set_result(self._answer)

    @override
    async def _resolve_announcement_media_id(
        self,
        message: str,
        media_id: str | None,
        preannounce_media_id: str | None = None,
    ) -> AssistSatelliteAnnouncement:
        return AssistSatelliteAnnouncement(message, "", "", None, "tts")

    @override
    def async_get_configuration(self) -> AssistSatelliteConfiguration:
        return AssistSatelliteConfiguration([], [], 1)

    @override
    async def async_set_configuration(
        self, config: AssistSatelliteConfiguration
    ) -> None:
        pass

    @override
    def on_pipeline_event(self, event: PipelineEvent) -> None:
        pass


@pytest.mark.parametrize(
    ("answer", "then"),
    [
        ("Garage.", ["Recording Garage for 30 seconds."]),
        ("never mind", ["OK, never mind."]),
        (None, []),
    ],
)
async def test_a_satellite_asks(
    hass: HomeAssistant,
    assist: None,
    cameras: dict[str, Device],
    answer: str | None,
    then: list[str],
) -> None:
    """It asks and listens once it is idle again, and says what came of it."""
    await expose(hass, GARAGE)
    for component in ("media_source", "tts", "stt", "assist_satellite"):
        assert await async_setup_component(hass, component, {})
    satellite = Satellite(answer)
    await hass.data[DATA_INSTANCES]["assist_satellite"].async_add_entities([satellite])
    state = hass.states.get(SATELLITE)
    assert state is not None
    hass.states.async_set(SATELLITE, "processing", state.attributes)
    result = await async_converse(
        hass,
        "start recording for 30 seconds",
        None,
        Context(),
        "en",
        satellite_id=SATELLITE,
    )
    assert result.response.speech["plain"]["speech"] == ""
    await hass.async_block_till_done()
    assert not satellite.spoken
    satellite.async_write_ha_state()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert satellite.spoken == ["Which camera? Front door or Garage?", *then]
    assert len(cameras["Garage"].records) == (answer == "Garage.")
    assert not cameras[FRONT_NAME].records
