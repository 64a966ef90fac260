"""Config flow. For the options see options_flow.py."""

from collections.abc import Mapping
import logging
from typing import Any, override
from urllib.parse import quote

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_BASE, CONF_REGION
from homeassistant.core import callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.loader import async_get_integration
import voluptuous as vol

from .api.errors import AuthenticationError, LinkVisualError
from .api.regions import DEFAULT_REGION, REGIONS
from .archive.models import SUBENTRY_TYPE
from .archive_flow import ArchiveFlow
from .const import (
    CONF_ACCESS_KEY_ID,
    CONF_ACCESS_KEY_SECRET,
    CONF_ENDPOINT,
    CONF_IOT_INSTANCE_ID,
    DOMAIN,
)
from .data import LinkVisualConfigEntry, make_client
from .endpoints import endpoint_error
from .errors import text_of
from .options_flow import LinkVisualOptionsFlow
from .plan_flow import EventPlanFlow, RecordPlanFlow
from .plans.models import EVENT_PLAN, RECORD_PLAN

_LOGGER = logging.getLogger(__name__)

CONF_ADVANCED = "advanced"

# The console of the RAM users.
RAM_URL = "https://ram.console.aliyun.com"
# Below the documentation's URL.
PERMISSIONS = "#1-a-key-with-few-permissions"
BLUEPRINT = "/blob/main/blueprints/automation/linkvisual/record_and_notify.yaml"

_ID_SELECTOR = TextSelector(TextSelectorConfig(autocomplete="username"))
_SECRET_SELECTOR = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
_KEY_FIELDS = {
    vol.Required(CONF_ACCESS_KEY_ID): _ID_SELECTOR,
    vol.Required(CONF_ACCESS_KEY_SECRET): _SECRET_SELECTOR,
}
# Where an error of the cloud belongs: by the first part of its code, or by the form's error.
_FIELDS_BY_CODE = {
    "InvalidAccessKeyId": CONF_ACCESS_KEY_ID,
    "InvalidAccessKeySecret": CONF_ACCESS_KEY_SECRET,
    "SignatureDoesNotMatch": CONF_ACCESS_KEY_SECRET,
}
_FIELDS_BY_ERROR = {"instance_not_accessible": CONF_IOT_INSTANCE_ID}


def _instance_fields(values: Mapping[str, Any]) -> dict[vol.Marker, Any]:
    """Return the fields of the instance. The section is open if `values` have something in it."""
    endpoint = values.get(CONF_ADVANCED, {}).get(CONF_ENDPOINT)
    return {
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
            {"collapsed": not endpoint},
        ),
    }


class LinkVisualConfigFlow(ConfigFlow, domain=DOMAIN):
    """Config flow with reauthentication and reconfiguration."""

    VERSION = 1

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> LinkVisualOptionsFlow:
        """Return the options flow."""
        return LinkVisualOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the subentry flows."""
        return {
            SUBENTRY_TYPE: ArchiveFlow,
            RECORD_PLAN: RecordPlanFlow,
            EVENT_PLAN: EventPlanFlow,
        }

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
        values = user_input or {}
        fields = {**_KEY_FIELDS, **_instance_fields(values)}
        return await self._async_show_form("user", fields, values, errors)

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Add what was found, and what can be done next. The entry is set up, unless the cloud failed meanwhile."""
        entry: LinkVisualConfigEntry = result["result"]
        placeholders = _next_steps(await self._async_documentation())
        if entry.state is ConfigEntryState.LOADED:
            cameras = entry.runtime_data.coordinator.data.values()
            days = [camera.retention_days for camera in cameras]
            placeholders |= {
                "cameras": str(len(days)),
                "without_storage": "?" if None in days else str(days.count(0)),
            }
            result["description"] = "cameras_found" if days else "no_cameras"
        result["description_placeholders"] = placeholders
        return result

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
        return await self._async_show_form(
            "reauth_confirm",
            _KEY_FIELDS,
            user_input or _form_data(entry.data),
            errors,
            {"account": entry.title},
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
        values = user_input or _form_data(entry.data)
        fields = {
            vol.Required(CONF_ACCESS_KEY_ID): _ID_SELECTOR,
            # The stored secret is kept if none is entered.
            vol.Optional(CONF_ACCESS_KEY_SECRET): _SECRET_SELECTOR,
            **_instance_fields(values),
        }
        return await self._async_show_form("reconfigure", fields, values, errors)

    async def _async_show_form(
        self,
        step_id: str,
        fields: Mapping[vol.Marker, Any],
        values: Mapping[str, Any],
        errors: Mapping[str, str],
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Show a form with values. Errors of fields that it lacks are shown above it."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(dict(fields)), values
            ),
            errors={
                field if field in fields else CONF_BASE: error
                for field, error in errors.items()
            },
            description_placeholders={
                "ram_url": RAM_URL,
                "permissions_url": f"{await self._async_documentation()}{PERMISSIONS}",
                **(placeholders or {}),
            },
        )

    async def _async_documentation(self) -> str:
        integration = await async_get_integration(self.hass, DOMAIN)
        return integration.documentation or ""

    async def _async_validate(
        self, data: dict[str, Any]
    ) -> tuple[str | None, dict[str, str]]:
        """Return the account ID of the key, or the errors by field."""
        endpoint = data.get(CONF_ENDPOINT)
        if endpoint and (error := endpoint_error(endpoint)):
            # The frontend shows errors of a section, none of the fields in it.
            return None, {CONF_ADVANCED: error}
        client = make_client(self.hass, data)
        try:
            # The first call needs no permission: it distinguishes an invalid key from a missing permission.
            identity = await client.get_caller_identity()
            await client.query_product_list()
        except LinkVisualError as err:
            error = text_of(err).form
            if error == "unknown":
                _LOGGER.warning("The cloud returned an unknown error: %s", err)
            return None, {_field_of(err, error): error}
        except Exception:
            _LOGGER.exception("Unexpected error while signing in")
            return None, {CONF_BASE: "unknown"}
        return identity.account_id, {}


def _field_of(err: LinkVisualError, error: str) -> str:
    """Return the field that an error of the cloud is about."""
    if isinstance(err, AuthenticationError):
        return _FIELDS_BY_CODE.get(err.code.partition(".")[0], CONF_BASE)
    return _FIELDS_BY_ERROR.get(error, CONF_BASE)


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
    """Return the form's values of an entry's data, without the secret."""
    endpoint = data.get(CONF_ENDPOINT)
    values = {**data, CONF_ADVANCED: {CONF_ENDPOINT: endpoint} if endpoint else {}}
    del values[CONF_ACCESS_KEY_SECRET]
    return values


def _next_steps(documentation: str) -> dict[str, str]:
    """Return the addresses of what can be done after signing in."""
    blueprint = quote(f"{documentation}{BLUEPRINT}", safe="")
    return {
        "assist_url": "/config/voice-assistants/expose",
        "dashboard_url": "/config/lovelace/dashboards",
        "options_url": f"/config/integrations/integration/{DOMAIN}",
        "repairs_url": "/config/repairs",
        "blueprint_url": "https://my.home-assistant.io/redirect/blueprint_import/"
        f"?blueprint_url={blueprint}",
    }


def _unique_id(account_id: str, data: Mapping[str, Any]) -> str:
    instance = data[CONF_IOT_INSTANCE_ID] or "public"
    return f"{account_id}_{data[CONF_REGION]}_{instance}"


def _is_of_account(unique_id: str | None, account_id: str) -> bool:
    return (unique_id or "").partition("_")[0] == account_id


def _title(data: Mapping[str, Any]) -> str:
    return data[CONF_IOT_INSTANCE_ID] or f"LinkVisual {data[CONF_REGION]}"
