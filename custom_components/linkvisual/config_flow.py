"""Config flow and options flow."""

from collections.abc import Mapping
from ipaddress import ip_address
import logging
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_REGION, UnitOfTime
from homeassistant.core import callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util.network import is_loopback
import voluptuous as vol
from yarl import URL

from .api.errors import LinkVisualError
from .api.regions import DEFAULT_REGION, REGIONS
from .const import (
    CONF_ACCESS_KEY_ID,
    CONF_ACCESS_KEY_SECRET,
    CONF_CALLS_PER_HOUR,
    CONF_ENDPOINT,
    CONF_IOT_INSTANCE_ID,
    CONF_POLL_ALARMS,
    CONF_PRODUCTS,
    CONF_STATUS_INTERVAL,
    DEFAULT_CALLS_PER_HOUR,
    DEFAULT_POLL_ALARMS,
    DEFAULT_STATUS_INTERVAL,
    DOMAIN,
)
from .data import make_client
from .errors import text_of

_LOGGER = logging.getLogger(__name__)

CONF_ADVANCED = "advanced"

_ID_SELECTOR = TextSelector(TextSelectorConfig(autocomplete="username"))
_SECRET_SELECTOR = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
_KEY_FIELDS = {
    vol.Required(CONF_ACCESS_KEY_ID): _ID_SELECTOR,
    vol.Required(CONF_ACCESS_KEY_SECRET): _SECRET_SELECTOR,
}
_INSTANCE_FIELDS = {
    vol.Required(CONF_REGION, default=DEFAULT_REGION): SelectSelector(
        SelectSelectorConfig(
            options=list(REGIONS),
            mode=SelectSelectorMode.DROPDOWN,
            translation_key="region",
        )
    ),
    vol.Optional(CONF_IOT_INSTANCE_ID): TextSelector(),
    vol.Required(CONF_ADVANCED): section(
        vol.Schema({vol.Optional(CONF_ENDPOINT): TextSelector()}),
        {"collapsed": True},
    ),
}

USER_SCHEMA = vol.Schema({**_KEY_FIELDS, **_INSTANCE_FIELDS})
REAUTH_SCHEMA = vol.Schema(_KEY_FIELDS)

# The stored secret is kept if none is entered.
RECONFIGURE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_ACCESS_KEY_ID): _ID_SELECTOR,
        vol.Optional(CONF_ACCESS_KEY_SECRET): _SECRET_SELECTOR,
        **_INSTANCE_FIELDS,
    }
)

# The console page of the RAM policy that the form mentions.
PLACEHOLDERS = {"ram_url": "https://ram.console.aliyun.com"}


class LinkVisualConfigFlow(ConfigFlow, domain=DOMAIN):
    """Config flow with reauthentication and reconfiguration."""

    VERSION = 1

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> LinkVisualOptionsFlow:
        """Return the options flow."""
        return LinkVisualOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the key and the instance, and validate them."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data = _entry_data(user_input)
            account_id, errors = await self._async_validate(data)
            if account_id is not None:
                await self.async_set_unique_id(_unique_id(account_id, data))
                self._abort_if_unique_id_configured()
                return self.async_create_entry(title=_title(data), data=data)
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                USER_SCHEMA, _without_secret(user_input)
            ),
            errors=errors,
            description_placeholders=PLACEHOLDERS,
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Start reauthentication."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another key of the same account."""
        errors: dict[str, str] = {}
        entry = self._get_reauth_entry()
        if user_input is not None:
            data = {**entry.data, **_entry_data(user_input)}
            account_id, errors = await self._async_validate(data)
            if account_id is not None:
                await self.async_set_unique_id(_unique_id(account_id, data))
                self._abort_if_unique_id_mismatch(reason="wrong_account")
                return self.async_update_reload_and_abort(entry, data=data)
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=self.add_suggested_values_to_schema(
                REAUTH_SCHEMA, _without_secret(user_input or entry.data)
            ),
            errors=errors,
            description_placeholders={"account": entry.title},
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the key, the instance or the endpoint; the account stays."""
        errors: dict[str, str] = {}
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            data = _entry_data(user_input)
            if not data.get(CONF_ACCESS_KEY_SECRET):
                data[CONF_ACCESS_KEY_SECRET] = entry.data[CONF_ACCESS_KEY_SECRET]
            account_id, errors = await self._async_validate(data)
            if account_id is not None:
                if not _is_of_account(entry.unique_id, account_id):
                    return self.async_abort(reason="wrong_account")
                unique_id = _unique_id(account_id, data)
                if unique_id != entry.unique_id:
                    await self.async_set_unique_id(unique_id)
                    self._abort_if_unique_id_configured()
                has_custom_title = entry.title != _title(entry.data)
                return self.async_update_reload_and_abort(
                    entry,
                    unique_id=unique_id,
                    title=entry.title if has_custom_title else _title(data),
                    data=data,
                )
        shown = _without_secret(user_input or _form_data(entry.data))
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(RECONFIGURE_SCHEMA, shown),
            errors=errors,
        )

    async def _async_validate(
        self, data: dict[str, Any]
    ) -> tuple[str | None, dict[str, str]]:
        """Return the account ID of the key, or the form's errors."""
        if error := _endpoint_error(data.get(CONF_ENDPOINT)):
            return None, {"base": error}
        client = make_client(self.hass, data)
        try:
            # The first call needs no permission: it distinguishes an invalid key from a missing permission.
            identity = await client.get_caller_identity()
            await client.query_product_list()
        except LinkVisualError as err:
            error = text_of(err).form
            if error == "unknown":
                _LOGGER.warning("The cloud returned an unknown error: %s", err)
            return None, {"base": error}
        except Exception:
            _LOGGER.exception("Unexpected error while signing in")
            return None, {"base": "unknown"}
        return identity.account_id, {}


def _entry_data(user_input: dict[str, Any]) -> dict[str, Any]:
    """Return the entry's data of a form: flat and stripped, with an endpoint only if there is one."""
    data = dict(user_input)
    endpoint = data.pop(CONF_ADVANCED, {}).get(CONF_ENDPOINT, "").strip().rstrip("/")
    if endpoint:
        data[CONF_ENDPOINT] = endpoint
    data = {name: value.strip() for name, value in data.items()}
    if CONF_REGION in data:
        data.setdefault(CONF_IOT_INSTANCE_ID, "")
    return data


def _form_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form's values of an entry's data."""
    endpoint = data.get(CONF_ENDPOINT)
    return {
        **data,
        CONF_ADVANCED: {CONF_ENDPOINT: endpoint} if endpoint else {},
    }


def _without_secret(user_input: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the values that the form may show again."""
    return {
        name: value
        for name, value in (user_input or {}).items()
        if name != CONF_ACCESS_KEY_SECRET
    }


def _endpoint_error(endpoint: str | None) -> str | None:
    """Return the error key of an invalid endpoint; None if valid."""
    if endpoint is None:
        return None
    try:
        url = URL(endpoint)
    except ValueError:
        return "invalid_endpoint"
    if (
        url.scheme not in ("http", "https")
        or not url.host
        or url.path not in ("", "/")
        or url.query_string
        or url.fragment
        or "@" in endpoint
    ):
        return "invalid_endpoint"
    if url.scheme == "http" and not _is_this_machine(url.host):
        return "insecure_endpoint"
    return None


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or is_loopback(ip_address(host))
    except ValueError:
        return False


def _unique_id(account_id: str, data: Mapping[str, Any]) -> str:
    instance = data[CONF_IOT_INSTANCE_ID] or "public"
    return f"{account_id}_{data[CONF_REGION]}_{instance}"


def _is_of_account(unique_id: str | None, account_id: str) -> bool:
    return (unique_id or "").partition("_")[0] == account_id


def _title(data: Mapping[str, Any]) -> str:
    return data[CONF_IOT_INSTANCE_ID] or f"LinkVisual {data[CONF_REGION]}"


def _whole_number(low: int, high: int, unit: str | None = None) -> vol.All:
    config = NumberSelectorConfig(
        min=low, max=high, step=1, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        config["unit_of_measurement"] = unit
    return vol.All(NumberSelector(config), vol.Coerce(int))


_FIELDS = {
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
