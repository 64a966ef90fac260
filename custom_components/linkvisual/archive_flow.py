"""Config subentry flow of archive jobs."""

from collections.abc import Mapping
from pathlib import Path
import tempfile
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import UnitOfInformation, UnitOfTime
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)
import voluptuous as vol

from .archive.models import (
    CONF_CAMERAS,
    CONF_FOLDER,
    CONF_KEEP_DAYS,
    CONF_KINDS,
    CONF_MAX_SIZE,
    KINDS,
    SUBENTRY_TYPE,
)
from .const import DOMAIN
from .media.folders import is_allowed, local_folder

DEFAULT_FOLDER = "/media/linkvisual_archive"
DEFAULT_KINDS = ["manual", "alarm"]


class ArchiveFlow(ConfigSubentryFlow):
    """Flow that adds or changes an archive job."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a job."""
        placeholders: dict[str, str] = {}
        errors: dict[str, str] = {}
        if user_input is not None:
            user_input = {**user_input, CONF_FOLDER: user_input[CONF_FOLDER].strip()}
            errors = await self._async_validate(user_input, placeholders)
            if not errors:
                return self.async_create_entry(
                    title=user_input[CONF_FOLDER], data=user_input
                )
        values = user_input or {CONF_FOLDER: DEFAULT_FOLDER, CONF_KINDS: DEFAULT_KINDS}
        return self._async_show_form("user", values, errors, placeholders)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a job. What it saved stays where it is."""
        subentry = self._get_reconfigure_subentry()
        placeholders: dict[str, str] = {}
        errors: dict[str, str] = {}
        if user_input is not None:
            user_input = {**user_input, CONF_FOLDER: user_input[CONF_FOLDER].strip()}
            errors = await self._async_validate(user_input, placeholders)
            if not errors:
                has_custom_title = subentry.title != subentry.data[CONF_FOLDER]
                return self.async_update_and_abort(
                    self._get_entry(),
                    subentry,
                    title=(
                        subentry.title if has_custom_title else user_input[CONF_FOLDER]
                    ),
                    data=user_input,
                )
        values = user_input or subentry.data
        return self._async_show_form("reconfigure", values, errors, placeholders)

    def _async_show_form(
        self,
        step_id: str,
        values: Mapping[str, Any],
        errors: dict[str, str],
        placeholders: dict[str, str],
    ) -> SubentryFlowResult:
        fields = {
            vol.Required(CONF_FOLDER): TextSelector(),
            vol.Optional(CONF_CAMERAS): SelectSelector(
                SelectSelectorConfig(options=self._cameras(values), multiple=True)
            ),
            vol.Required(CONF_KINDS): SelectSelector(
                SelectSelectorConfig(
                    options=list(KINDS), multiple=True, translation_key="kind"
                )
            ),
            vol.Optional(CONF_KEEP_DAYS): NumberSelector(
                NumberSelectorConfig(
                    min=1,
                    max=36_500,
                    step=1,
                    mode=NumberSelectorMode.BOX,
                    unit_of_measurement=UnitOfTime.DAYS,
                )
            ),
            vol.Optional(CONF_MAX_SIZE): NumberSelector(
                NumberSelectorConfig(
                    min=0.1,
                    max=1_000_000,
                    step=0.1,
                    mode=NumberSelectorMode.BOX,
                    unit_of_measurement=UnitOfInformation.GIGABYTES,
                )
            ),
        }
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(vol.Schema(fields), values),
            errors=errors,
            description_placeholders={"reason": "", **placeholders},
        )

    def _cameras(self, values: Mapping[str, Any]) -> list[SelectOptionDict]:
        """Return the cameras, also while the entry is not loaded, and those that were chosen before."""
        devices = dr.async_entries_for_config_entry(
            dr.async_get(self.hass), self._get_entry().entry_id
        )
        names = {iot_id: iot_id for iot_id in values.get(CONF_CAMERAS, ())} | {
            iot_id: device.name_by_user or device.name or iot_id
            for device in devices
            if device.entry_type is not dr.DeviceEntryType.SERVICE
            for domain, iot_id in device.identifiers
            if domain == DOMAIN
        }
        return [
            SelectOptionDict(value=iot_id, label=name)
            for iot_id, name in sorted(names.items(), key=lambda item: item[1])
        ]

    async def _async_validate(
        self, user_input: dict[str, Any], placeholders: dict[str, str]
    ) -> dict[str, str]:
        """Return the errors by field. The folder is created if it does not exist."""
        if not user_input[CONF_KINDS]:
            return {CONF_KINDS: "no_kinds"}
        folder = local_folder(self.hass, user_input[CONF_FOLDER])
        if not await self.hass.async_add_executor_job(is_allowed, self.hass, folder):
            return {CONF_FOLDER: "folder_not_allowed"}
        others = self._other_folders()
        run = self.hass.async_add_executor_job
        if await run(_overlaps, folder, others):
            return {CONF_FOLDER: "folder_in_use"}
        try:
            await run(_prepare, folder)
        except OSError as err:
            placeholders["reason"] = err.strerror or type(err).__name__
            return {CONF_FOLDER: "folder_not_writable"}
        return {}

    def _other_folders(self) -> list[Path]:
        """Return the folders of all other jobs, also of other accounts."""
        own = self.context.get("subentry_id")
        return [
            local_folder(self.hass, subentry.data[CONF_FOLDER])
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for subentry in entry.get_subentries_of_type(SUBENTRY_TYPE)
            if subentry.subentry_id != own
        ]


def _overlaps(folder: Path, others: list[Path]) -> bool:
    """Return whether a folder is in one of the others, or the other way round."""
    resolved = folder.resolve()
    return any(
        resolved.is_relative_to(other) or other.is_relative_to(resolved)
        for other in (each.resolve() for each in others)
    )


def _prepare(folder: Path) -> None:
    """Create a folder, and write to it. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"x")
