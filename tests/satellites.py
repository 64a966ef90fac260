"""A voice satellite that speaks, and hears what a test says."""

from typing import Self, override

from homeassistant.components.assist_pipeline import PipelineEvent
from homeassistant.components.assist_satellite import (
    AssistSatelliteAnnouncement,
    AssistSatelliteConfiguration,
    AssistSatelliteEntity,
    AssistSatelliteEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

SATELLITE = "assist_satellite.kitchen"


class Satellite(AssistSatelliteEntity):
    """A satellite with somebody near, who says the same again and again, or nothing."""

    _attr_supported_features = (
        AssistSatelliteEntityFeature.ANNOUNCE
        | AssistSatelliteEntityFeature.START_CONVERSATION
    )
    _attr_name = "Kitchen"
    _attr_unique_id = "kitchen"

    def __init__(self, answer: str | None) -> None:
        self._answer = answer
        self.spoken: list[str] = []
        self.is_broken = False

    @classmethod
    async def place(cls, hass: HomeAssistant, answer: str | None = None) -> Self:
        """Place one in the kitchen, of which somebody says the answer."""
        for component in ("media_source", "tts", "stt", "assist_satellite"):
            assert await async_setup_component(hass, component, {})
        satellite = cls(answer)
        satellites = hass.data[DATA_INSTANCES]["assist_satellite"]
        await satellites.async_add_entities([satellite])
        return satellite

    def make_device(self) -> str:
        """Make it a device of its own; return the device's ID."""
        entry = MockConfigEntry(domain="kitchen")
        entry.add_to_hass(self.hass)
        device = dr.async_get(self.hass).async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={("kitchen", "satellite")}
        )
        er.async_get(self.hass).async_update_entity(SATELLITE, device_id=device.id)
        return device.id

    @override
    async def async_announce(self, announcement: AssistSatelliteAnnouncement) -> None:
        if self.is_broken:
            raise HomeAssistantError("It has no power.")
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
