"""Options flow."""

from collections.abc import Mapping
from functools import cached_property
import logging
from typing import Any

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_BASE, UnitOfTime
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)
from homeassistant.loader import async_get_integration
import voluptuous as vol

from .alarms.subscriptions import FoundQueue, async_find_queues
from .api.client import LinkVisualClient
from .api.errors import (
    AccountBlockedError,
    LinkVisualError,
    PermissionDeniedError,
    QueueNotFoundError,
)
from .api.media_models import MAX_RECORD_DURATION, MIN_RECORD_DURATION
from .api.mns.address import QueueAddress, is_queue_name, queue_url
from .api.regions import DEFAULT_REGION
from .const import (
    ATTR_RECORD_DURATION,
    ATTR_STREAM_TYPE,
    CONF_CALLS_PER_HOUR,
    CONF_LIVE_PROTOCOL,
    CONF_POLL_ALARMS,
    CONF_PRODUCTS,
    CONF_PUSH,
    CONF_PUSH_ENDPOINT,
    CONF_PUSH_QUEUE,
    CONF_STATUS_INTERVAL,
    DEFAULT_CALLS_PER_HOUR,
    DEFAULT_POLL_ALARMS,
    DEFAULT_PUSH,
    DEFAULT_STATUS_INTERVAL,
    DOMAIN,
)
from .data import make_client
from .endpoints import endpoint_error
from .errors import text_of
from .issues import PUSH
from .media.live import LiveProtocol
from .recordings.settings import STREAM_TYPES, RecordSettings

_LOGGER = logging.getLogger(__name__)

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
    vol.Required(CONF_LIVE_PROTOCOL, default=LiveProtocol.AUTO.value): SelectSelector(
        SelectSelectorConfig(
            options=list(LiveProtocol), translation_key=CONF_LIVE_PROTOCOL
        )
    ),
    vol.Required(CONF_POLL_ALARMS, default=DEFAULT_POLL_ALARMS): BooleanSelector(),
    vol.Required(CONF_PUSH, default=DEFAULT_PUSH): BooleanSelector(),
    vol.Required(CONF_CALLS_PER_HOUR, default=DEFAULT_CALLS_PER_HOUR): _whole_number(
        100, 100_000
    ),
    vol.Required(CONF_STATUS_INTERVAL, default=DEFAULT_STATUS_INTERVAL): _whole_number(
        30, 3600, UnitOfTime.SECONDS
    ),
}


_QUEUE_FIELDS = {
    vol.Required(CONF_PUSH_ENDPOINT): TextSelector(),
    vol.Optional(CONF_PUSH_QUEUE): TextSelector(),
}


class LinkVisualOptionsFlow(OptionsFlowWithReload):
    """Options flow: a form, and another one for queues that cannot be looked up."""

    _options: Mapping[str, Any]
    _placeholders: dict[str, str]

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the options. Before push is stored, the queues are tested."""
        self._placeholders = {
            "push_url": await self._async_push_url(),
            "example": queue_url("1234567890123456", DEFAULT_REGION),
        }
        error = None
        if user_input is not None:
            self._options = user_input
            if not user_input[CONF_PUSH]:
                return self._store()
            try:
                queues = await self._async_find_queues()
            except PermissionDeniedError:
                return await self.async_step_push_queue()
            except LinkVisualError as err:
                error = self._error_of(err)
            else:
                error = await self._async_test(queues)
            if error is None:
                return await self.async_step_push_partial()
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(_FIELDS | self._product_field()),
                user_input or self.config_entry.options,
            ),
            errors={CONF_PUSH: error} if error else None,
            description_placeholders=self._placeholders,
        )

    async def async_step_push_queue(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the address of the queues, as the key must not look it up."""
        errors: dict[str, str] = {}
        if user_input is not None:
            address = {name: value.strip() for name, value in user_input.items()}
            address[CONF_PUSH_ENDPOINT] = address[CONF_PUSH_ENDPOINT].rstrip("/")
            self._options = {**self._options, **address}
            errors = _address_errors(address)
            if not errors:
                queues = await self._async_find_queues()
                if error := await self._async_test(queues):
                    errors = {CONF_BASE: error}
            if not errors:
                return await self.async_step_push_partial()
        return self.async_show_form(
            step_id="push_queue",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(_QUEUE_FIELDS), user_input or self.config_entry.options
            ),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def async_step_push_partial(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Store the options; tell before which products have no queue, if any."""
        if user_input is None and "products" in self._placeholders:
            return self.async_show_form(
                step_id="push_partial", description_placeholders=self._placeholders
            )
        return self._store()

    def _store(self) -> ConfigFlowResult:
        """Store the options. Cameras of products that are no longer chosen go: the cloud goes on listing them."""
        before = self.config_entry.options.get(CONF_PRODUCTS, [])
        dropped = set(before) - set(self._options.get(CONF_PRODUCTS, []))
        registry = dr.async_get(self.hass)
        for device in self._devices():
            if device.model_id in dropped:
                registry.async_remove_device(device.id)
        return self.async_create_entry(data=self._options)

    async def _async_find_queues(self) -> dict[str, FoundQueue]:
        found, _ = await async_find_queues(
            self._client, self._products(), self.config_entry.data, self._options
        )
        return found

    @cached_property
    def _client(self) -> LinkVisualClient:
        """A client of its own: what fails here is no problem of the account."""
        return make_client(self.hass, self.config_entry.data)

    def _products(self) -> dict[str, str]:
        """Return the names of the cameras' products by key, also while the entry is not loaded."""
        return {
            device.model_id: device.model or device.model_id
            for device in self._devices()
            if device.model_id
        }

    def _devices(self) -> list[dr.DeviceEntry]:
        return dr.async_entries_for_config_entry(
            dr.async_get(self.hass), self.config_entry.entry_id
        )

    async def _async_test(self, queues: Mapping[str, FoundQueue]) -> str | None:
        """Call each queue; return the error key, None if at least one exists."""
        self._placeholders.pop("products", None)
        found: set[QueueAddress] = set()
        for address in {queue.address for queue in queues.values()}:
            try:
                await self._client.queue_client(address).get_attributes()
            except QueueNotFoundError:
                continue
            except LinkVisualError as err:
                return self._error_of(err)
            found.add(address)
        missing = [
            name
            for product_key, name in self._products().items()
            if product_key not in queues or queues[product_key].address not in found
        ]
        if missing:
            self._placeholders["products"] = ", ".join(missing)
        return "no_queue" if missing and not found else None

    def _error_of(self, err: LinkVisualError) -> str:
        """Return the error key of an error of the cloud."""
        if isinstance(err, PermissionDeniedError):
            self._placeholders["ram_action"] = err.ram_action
        if isinstance(err, AccountBlockedError):
            self._placeholders["reason"] = str(err)
            return "account_blocked"
        if (error := text_of(err).form) == "unknown":
            _LOGGER.warning("The cloud returned an unknown error: %s", err)
        return error

    async def _async_push_url(self) -> str:
        integration = await async_get_integration(self.hass, DOMAIN)
        return f"{integration.documentation}{PUSH}"

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


def _address_errors(address: Mapping[str, str]) -> dict[str, str]:
    """Return the errors of the queues' address by field."""
    errors: dict[str, str] = {}
    if error := endpoint_error(address[CONF_PUSH_ENDPOINT]):
        errors[CONF_PUSH_ENDPOINT] = error
    name = address.get(CONF_PUSH_QUEUE)
    if name and not is_queue_name(name):
        errors[CONF_PUSH_QUEUE] = "invalid_queue"
    return errors
