"""Config subentry flows of record plans and event plans."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME, UnitOfTime
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)
import voluptuous as vol

from .alarm_types import ALARM_TYPES, OTHER
from .api.media_models import MAX_PRE_RECORD_DURATION, StreamType
from .api.plan_models import (
    MAX_EVENT_DURATION,
    MAX_EVENT_TYPES,
    MIN_EVENT_DURATION,
    Week,
)
from .const import (
    ATTR_PRE_RECORD_DURATION,
    ATTR_RECORD_DURATION,
    ATTR_STREAM_TYPE,
    DOMAIN,
)
from .errors import camera_name
from .issues import PRICES_URL
from .markdown import escape_markdown
from .plans.models import CONF_ALARM_TYPES, CONF_CAMERAS, CONF_SCHEDULE, event_types_of
from .plans.schedules import (
    SCHEDULE_DOMAIN,
    async_entity_id,
    async_ranges,
    async_reference,
)
from .plans.week import ALWAYS, TooManySectionsError, cloud_week, hours, utc_offset
from .recordings.settings import STREAM_TYPES

DEFAULT_STREAM = StreamType.MAIN.name.lower()


def _seconds(low: int, high: int) -> vol.All:
    config = NumberSelectorConfig(
        min=low,
        max=high,
        step=1,
        mode=NumberSelectorMode.BOX,
        unit_of_measurement=UnitOfTime.SECONDS,
    )
    return vol.All(NumberSelector(config), vol.Coerce(int))


class PlanFlow(ConfigSubentryFlow):
    """Flow that adds or changes a plan: its settings, then what it costs."""

    _defaults: Mapping[str, Any] = {ATTR_STREAM_TYPE: DEFAULT_STREAM}

    def __init__(self) -> None:
        self._title = ""
        self._data: dict[str, Any] = {}
        self._submitted: dict[str, Any] = {}
        self._week = ALWAYS

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a plan."""
        return await self._async_step_settings("user", user_input, self._defaults)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a plan."""
        subentry = self._get_reconfigure_subentry()
        values = {CONF_NAME: subentry.title, **subentry.data}
        if schedule := subentry.data.get(CONF_SCHEDULE):
            values[CONF_SCHEDULE] = async_entity_id(self.hass, schedule)
        return await self._async_step_settings("reconfigure", user_input, values)

    async def _async_step_settings(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        values: Mapping[str, Any],
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        placeholders = {"camera": "", "plan": ""}
        if user_input is not None:
            errors = await self._async_validate(user_input, placeholders)
            if not errors:
                self._submitted = user_input
                return await self.async_step_confirm()
            values = user_input
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(self._fields(values)), values
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _fields(self, values: Mapping[str, Any]) -> dict[vol.Marker, Any]:
        return {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_CAMERAS): SelectSelector(
                SelectSelectorConfig(options=self._cameras(values), multiple=True)
            ),
            vol.Required(ATTR_STREAM_TYPE): SelectSelector(
                SelectSelectorConfig(
                    options=list(STREAM_TYPES), translation_key=ATTR_STREAM_TYPE
                )
            ),
            vol.Optional(CONF_SCHEDULE): EntitySelector(
                EntitySelectorConfig(domain=SCHEDULE_DOMAIN)
            ),
        }

    def _cameras(self, values: Mapping[str, Any]) -> list[SelectOptionDict]:
        """Return the cameras, also while the entry is not loaded, and those that were chosen before."""
        entry = self._get_entry()
        iot_ids = set(values.get(CONF_CAMERAS, ()))
        # Cameras are the devices that are no services.
        iot_ids |= {
            identifier
            for device in dr.async_entries_for_config_entry(
                dr.async_get(self.hass), entry.entry_id
            )
            if device.entry_type is None
            for domain, identifier in device.identifiers
            if domain == DOMAIN
        }
        options = [
            SelectOptionDict(value=iot_id, label=camera_name(self.hass, entry, iot_id))
            for iot_id in iot_ids
        ]
        return sorted(options, key=lambda option: option["label"])

    async def _async_validate(
        self, user_input: dict[str, Any], placeholders: dict[str, str]
    ) -> dict[str, str]:
        """Return the errors by field; without any, the plan is ready to be confirmed."""
        data = dict(user_input)
        title = data.pop(CONF_NAME).strip()
        if not title:
            return {CONF_NAME: "no_name"}
        if not data[CONF_CAMERAS]:
            return {CONF_CAMERAS: "no_cameras"}
        if conflict := self._conflict(data):
            iot_id, plan = conflict
            name = camera_name(self.hass, self._get_entry(), iot_id)
            placeholders["camera"] = escape_markdown(name)
            placeholders["plan"] = escape_markdown(plan)
            return {CONF_CAMERAS: "camera_in_plan"}
        if errors := self._rule_errors(data):
            return errors
        self._week = ALWAYS
        if entity_id := data.get(CONF_SCHEDULE):
            ranges = await async_ranges(self.hass, entity_id)
            if ranges is None:
                return {CONF_SCHEDULE: "schedule_missing"}
            try:
                self._week = cloud_week(ranges, utc_offset())
            except TooManySectionsError:
                return {CONF_SCHEDULE: "schedule_too_long"}
            data[CONF_SCHEDULE] = async_reference(self.hass, entity_id)
        self._title, self._data = title, data
        return {}

    def _conflict(self, data: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return a camera that another plan of this kind takes, and that plan's title: a stream has one at most."""
        own = self.context.get("subentry_id")
        return next(
            (
                (iot_id, subentry.title)
                for subentry in self._get_entry().get_subentries_of_type(
                    self._subentry_type
                )
                if subentry.subentry_id != own
                and subentry.data[ATTR_STREAM_TYPE] == data[ATTR_STREAM_TYPE]
                for iot_id in data[CONF_CAMERAS]
                if iot_id in subentry.data[CONF_CAMERAS]
            ),
            None,
        )

    def _rule_errors(self, data: Mapping[str, Any]) -> dict[str, str]:
        """Return the errors of the fields that plans of this kind have besides."""
        return {}

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Tell what the plan costs, and save it."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders={
                    "plan": escape_markdown(self._title),
                    "prices_url": PRICES_URL,
                    **self._costs(self._week, self._data),
                },
            )
        is_changed = self.source == "reconfigure"
        if self._conflict(self._data):
            # Another dialog was confirmed meanwhile. The form says so.
            again = self.async_step_reconfigure if is_changed else self.async_step_user
            return await again(self._submitted)
        if is_changed:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=self._title,
                data=self._data,
            )
        return self.async_create_entry(title=self._title, data=self._data)

    def _costs(self, week: Week, data: Mapping[str, Any]) -> dict[str, str]:
        """Return the placeholders for what must be stored."""
        cameras = len(data[CONF_CAMERAS])
        return {
            "cameras": str(cameras),
            "hours": f"{hours(week):.4g}",
            "total_hours": f"{hours(week) * cameras:.6g}",
        }


class RecordPlanFlow(PlanFlow):
    """Flow of a record plan: continuous recordings."""


class EventPlanFlow(PlanFlow):
    """Flow of an event plan: recordings of alarms."""

    _defaults = {
        ATTR_STREAM_TYPE: DEFAULT_STREAM,
        ATTR_RECORD_DURATION: 30,
        ATTR_PRE_RECORD_DURATION: 5,
    }

    @override
    def _fields(self, values: Mapping[str, Any]) -> dict[vol.Marker, Any]:
        types = [name for name in ALARM_TYPES if name != OTHER]
        return {
            **super()._fields(values),
            vol.Optional(CONF_ALARM_TYPES): SelectSelector(
                SelectSelectorConfig(
                    options=types, multiple=True, translation_key="alarm_type"
                )
            ),
            vol.Required(ATTR_RECORD_DURATION): _seconds(
                MIN_EVENT_DURATION, MAX_EVENT_DURATION
            ),
            vol.Required(ATTR_PRE_RECORD_DURATION): _seconds(
                0, MAX_PRE_RECORD_DURATION
            ),
        }

    @override
    def _rule_errors(self, data: Mapping[str, Any]) -> dict[str, str]:
        if data[ATTR_PRE_RECORD_DURATION] >= data[ATTR_RECORD_DURATION]:
            return {ATTR_PRE_RECORD_DURATION: "pre_record_too_long"}
        if len(event_types_of(data.get(CONF_ALARM_TYPES, []))) > MAX_EVENT_TYPES:
            return {CONF_ALARM_TYPES: "too_many_alarm_types"}
        return {}

    @override
    def _costs(self, week: Week, data: Mapping[str, Any]) -> dict[str, str]:
        seconds = data[ATTR_RECORD_DURATION]
        return {
            **super()._costs(week, data),
            "seconds": str(seconds),
            "minutes": f"{seconds * 100 / 60:.4g}",
        }
