"""Progress notification of an export."""

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..errors import camera_name
from ..markdown import escape_markdown
from .models import Export, ExportPart, PartState

_TITLE = "LinkVisual"


def _notification_id(export: Export) -> str:
    return f"{DOMAIN}_export_{export.export_id}"


@callback
def async_dismiss(hass: HomeAssistant, export: Export) -> None:
    """Remove the notification of an export that is interrupted."""
    persistent_notification.async_dismiss(hass, _notification_id(export))


async def async_notify(hass: HomeAssistant, entry: ConfigEntry, export: Export) -> None:
    """Show how far an export is, in Home Assistant's language: its files in order, and why parts failed."""
    language = hass.config.language
    texts = await async_get_translations(hass, language, "common", {DOMAIN})

    def text(key: str, **values: object) -> str:
        return texts[f"component.{DOMAIN}.common.{key}"].format(**values)

    begin, end = [
        dt_util.as_local(moment).strftime("%Y-%m-%d %H:%M")
        for moment in (export.parts[0].begin, export.parts[-1].end)
    ]
    saved = sum(part.state is PartState.SAVED for part in export.parts)
    heading = text(
        "export_finished" if export.is_finished else "export_progress",
        camera=escape_markdown(camera_name(hass, entry, export.iot_id)),
        begin=begin,
        end=end,
        saved=saved,
        total=len(export.parts),
        folder=escape_markdown(str(export.parts[0].path.parent)),
    )

    def state(part: ExportPart) -> str:
        if part.state is PartState.FAILED:
            return escape_markdown(part.message)
        if part.state is PartState.RUNNING:
            return f"{part.progress} %"
        return text(f"export_{part.state.value}")

    lines = [f"- `{part.path.name}`: {state(part)}" for part in export.parts]
    persistent_notification.async_create(
        hass, "\n".join([heading, "", *lines]), _TITLE, _notification_id(export)
    )
