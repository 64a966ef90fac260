"""The dialog of archive jobs."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.translation import async_get_translations
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.emulator.world import Device

from .archive import add_job


async def show(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Open the dialog."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "archive"), context={"source": "user"}
    )


async def fill(hass: HomeAssistant, form: Any, **data: Any) -> Any:
    """Send the form."""
    result = await hass.config_entries.subentries.async_configure(form["flow_id"], data)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


async def test_add_and_change(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    videos: Path,
) -> None:
    """A job is added, with its sensors, and changed; the folder is made."""
    form = await show(hass, loaded)
    assert form["step_id"] == "user"
    data = {
        "folder": f" {videos} ",
        "kinds": ["manual"],
        "cameras": [cameras["Front door"].iot_id],
        "keep_days": 7,
        "max_size": 1.5,
    }
    result = await fill(hass, form, **data)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert await hass.async_add_executor_job(videos.is_dir)
    (subentry,) = loaded.subentries.values()
    assert subentry.title == str(videos)
    (job,) = loaded.runtime_data.archive.jobs.values()
    assert job.settings.keep_days == 7
    assert job.settings.max_bytes == 1_500_000_000
    assert job.settings.cameras == {cameras["Front door"].iot_id}

    form = await loaded.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    assert form["step_id"] == "reconfigure"
    result = await fill(hass, form, folder=str(videos), kinds=["alarm", "continuous"])
    assert result["reason"] == "reconfigure_successful"
    texts = await async_get_translations(
        hass, "en", "config_subentries", ["linkvisual"]
    )
    said = "component.linkvisual.config_subentries.archive.abort.reconfigure_successful"
    assert texts[said] == "The changes have been saved"
    (job,) = loaded.runtime_data.archive.jobs.values()
    assert job.settings.kinds == {"alarm", "continuous"}
    assert job.settings.keep_days is None
    assert not job.settings.cameras


async def test_errors(
    hass: HomeAssistant, loaded: MockConfigEntry, videos: Path, tmp_path: Path
) -> None:
    """What is wrong with a folder is said, until it is right."""
    await add_job(hass, loaded, videos)
    (tmp_path / "file").write_text("x")
    form = await show(hass, loaded)
    for folder, kinds, errors in (
        ("/etc", ["alarm"], {"folder": "folder_not_allowed"}),
        ("videos", ["alarm"], {"folder": "folder_not_allowed"}),
        (f"{tmp_path}/../..", ["alarm"], {"folder": "folder_not_allowed"}),
        (str(videos), ["alarm"], {"folder": "folder_in_use"}),
        (f"{videos}/in", ["alarm"], {"folder": "folder_in_use"}),
        (str(tmp_path), ["alarm"], {"folder": "folder_in_use"}),
        (f"{tmp_path}/file", ["alarm"], {"folder": "folder_not_writable"}),
        (f"{tmp_path}/other", [], {"kinds": "no_kinds"}),
    ):
        form = await fill(hass, form, folder=folder, kinds=kinds)
        assert form["errors"] == errors
    result = await fill(hass, form, folder=f"{tmp_path}/other", kinds=["alarm"])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(loaded.runtime_data.archive.jobs) == 2


async def test_change(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    videos: Path,
    tmp_path: Path,
) -> None:
    """A job that was given a name keeps it in another folder; cameras that are gone can still be unselected."""
    job_id = await add_job(hass, loaded, videos, cameras=["gone"])
    (subentry,) = loaded.subentries.values()
    hass.config_entries.async_update_subentry(loaded, subentry, title="My archive")
    await hass.async_block_till_done(wait_background_tasks=True)
    form = await loaded.start_subentry_reconfigure_flow(hass, job_id)
    assert selectable(form) == {"gone"} | {each.iot_id for each in cameras.values()}
    form = await fill(hass, form, folder="/etc", kinds=["alarm"])
    assert form["errors"] == {"folder": "folder_not_allowed"}
    result = await fill(hass, form, folder=f"{tmp_path}/other", kinds=["alarm"])
    assert result["reason"] == "reconfigure_successful"
    (subentry,) = loaded.subentries.values()
    assert subentry.title == "My archive"
    assert subentry.data == {"folder": f"{tmp_path}/other", "kinds": ["alarm"]}
    form = await loaded.start_subentry_reconfigure_flow(hass, job_id)
    assert "gone" not in selectable(form)


def selectable(form: Any) -> set[str]:
    """Return the cameras that a form offers."""
    schema: dict[Any, Any] = form["data_schema"].schema
    return {option["value"] for option in schema["cameras"].config["options"]}
