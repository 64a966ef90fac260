"""Dialogs between which something happens: another dialog, a restart, the end of the account."""

from http import HTTPStatus
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .plans import send

RECORD: dict[str, Any] = {"name": "Days", "stream_type": "main"}


async def test_key_disabled_during_a_restart(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """A key that works again needs nobody: what was recorded meanwhile is followed on, and the request disappears."""
    cloud.keys[cloud.access_key_id].active = False
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.error_reason_translation_key == "invalid_auth"
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    await clock.run(1500, step=60)
    # One request is enough.
    assert len(hass.config_entries.flow.async_progress()) == 1
    cloud.keys[cloud.access_key_id].active = True
    await clock.run(660, step=60)
    assert entry.state is ConfigEntryState.LOADED
    assert not hass.config_entries.flow.async_progress()


@pytest.mark.parametrize("dialog", ["reconfigure", "options", "archive", "record_plan"])
async def test_account_removed_meanwhile(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
    dialog: str,
) -> None:
    """A dialog that is still open then is over: no error, but an answer that the frontend understands."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()
    url, handler = {
        "reconfigure": ("flow", "linkvisual"),
        "options": ("options/flow", loaded.entry_id),
    }.get(dialog, ("subentries/flow", (loaded.entry_id, dialog)))
    url = f"/api/config/config_entries/{url}"
    body: dict[str, Any] = {"handler": handler}
    if dialog == "reconfigure":
        body["entry_id"] = loaded.entry_id
    response = await client.post(url, json=body)
    assert response.status == HTTPStatus.OK
    form = await response.json()
    assert form["type"] == "form"
    assert await hass.config_entries.async_remove(loaded.entry_id)
    values = {
        field["name"]: field.get("default", field.get("suggested_value", "x"))
        for field in form["data_schema"]
        if field.get("required")
    }
    values |= {
        name: value
        for name, value in {
            "kinds": ["manual"],
            "cameras": [],
            "stream_type": "main",
            "advanced": {},
        }.items()
        if name in values
    }
    response = await client.post(f"{url}/{form['flow_id']}", json=values)
    assert response.status == HTTPStatus.NOT_FOUND
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("kind", ["record_plan", "event_plan"])
async def test_two_dialogs_for_one_camera(
    hass: HomeAssistant, loaded: MockConfigEntry, front_door: Device, kind: str
) -> None:
    """A stream has one plan, also if two dialogs were open for it: the second one says which."""
    data = {**RECORD, "cameras": [front_door.iot_id]}
    if kind == "event_plan":
        data |= {"record_duration": 30, "pre_record_duration": 5}
    forms: list[Any] = []
    for name in ("Days [x]", "Nights"):
        form = await hass.config_entries.subentries.async_init(
            (loaded.entry_id, kind), context={"source": "user"}
        )
        forms.append(await send(hass, form, **data | {"name": name}))
    assert [form["step_id"] for form in forms] == ["confirm", "confirm"]
    first = await send(hass, forms[0])
    assert first["type"] is FlowResultType.CREATE_ENTRY
    second = await send(hass, forms[1])
    assert second["step_id"] == "user"
    assert second["errors"] == {"cameras": "camera_in_plan"}
    assert second["description_placeholders"]["plan"] == "Days \\[x\\]"
    assert len(loaded.subentries) == 1
    # What was typed is still there, and can be put right.
    second = await send(hass, second, **data | {"name": "Nights", "stream_type": "sub"})
    assert second["step_id"] == "confirm"
    assert (await send(hass, second))["type"] is FlowResultType.CREATE_ENTRY
    assert len(loaded.subentries) == 2
