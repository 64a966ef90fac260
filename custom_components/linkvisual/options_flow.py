"""Options flow."""

from typing import Any

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)
import voluptuous as vol

from .api.media_models import MAX_RECORD_DURATION, MIN_RECORD_DURATION
from .const import (
    ATTR_RECORD_DURATION,
    ATTR_STREAM_TYPE,
    CONF_CALLS_PER_HOUR,
    CONF_POLL_ALARMS,
    CONF_PRODUCTS,
    CONF_STATUS_INTERVAL,
    DEFAULT_CALLS_PER_HOUR,
    DEFAULT_POLL_ALARMS,
    DEFAULT_STATUS_INTERVAL,
)
from .recordings.settings import STREAM_TYPES, RecordSettings

# Of new cameras.
DEFAULTS = RecordSettings()


def _whole_number(low: int, high: int, unit: str | None = None) -> vol.All:
    config = NumberSelectorConfig(
        min=low, max=high, step=1, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return vol.All(NumberSelector(config), vol.Coerce(int))


_FIELDS = {
    vol.Required(ATTR_RECORD_DURATION, default=DEFAULTS.record_duration): _whole_number(
        MIN_RECORD_DURATION, MAX_RECORD_DURATION, UnitOfTime.SECONDS
    ),
    vol.Required(ATTR_STREAM_TYPE, default=DEFAULTS.stream_type): SelectSelector(
        SelectSelectorConfig(
            options=list(STREAM_TYPES), translation_key=ATTR_STREAM_TYPE
        )
    ),
    vol.Required(CONF_POLL_ALARMS, default=DEFAULT_POLL_ALARMS): BooleanSelector(),
    vol.Required(CONF_CALLS_PER_HOUR, default=DEFAULT_CALLS_PER_HOUR): _whole_number(
        100, 100_000
    ),
    vol.Required(CONF_STATUS_INTERVAL, default=DEFAULT_STATUS_INTERVAL): _whole_number(
        30, 3600, UnitOfTime.SECONDS
    ),
}


class LinkVisualOptionsFlow(OptionsFlowWithReload):
    """Options flow with a single form."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show and store the options."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        schema = vol.Schema(_FIELDS | self._product_field())
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                schema, self.config_entry.options
            ),
        )

    def _product_field(self) -> dict[vol.Optional, SelectSelector]:
        """Return the field for products that are not detected as cameras, if any."""
        names = dict.fromkeys(self.config_entry.options.get(CONF_PRODUCTS, []), "")
        if self.config_entry.state is ConfigEntryState.LOADED:
            names |= self.config_entry.runtime_data.coordinator.other_products
        if not names:
            return {}
        options = [
            SelectOptionDict(value=key, label=name or key)
            for key, name in names.items()
        ]
        return {
            vol.Optional(CONF_PRODUCTS): SelectSelector(
                SelectSelectorConfig(options=options, multiple=True)
            )
        }
