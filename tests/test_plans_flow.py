"""The dialogs of plans."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.world import Device

from .plans import OFFICE_HOURS, Helpers, add_plan, send

RECORD: dict[str, Any] = {"name": "Days", "stream_type": "main"}
ALARMS: dict[str, Any] = {**RECORD, "record_duration": 30, "pre_record_duration": 5}


async def show(hass: HomeAssistant, entry: MockConfigEntry, kind: str) -> Any:
    """Open a dialog."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind), context={"source": "user"}
    )


def cameras_of(form: Any) -> Any:
    """Return the cameras that a form offers."""
    return form["data_schema"].schema["cameras"].config["options"]


def suggested(form: Any) -> dict[str, Any]:
    """Return what a form shows as chosen."""
    return {
        str(field): field.description["suggested_value"]
        for field in form["data_schema"].schema
    }


async def test_costs(
    hass: HomeAssistant,
    clock: Clock,
    helpers: Helpers,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """Before a record plan is saved, the dialog says how many hours must be stored."""
    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    form = await show(hass, loaded, "record_plan")
    assert form["step_id"] == "user"
    three = [cameras[name].iot_id for name in ("Front door", "Garage", "Driveway")]
    form = await send(hass, form, **RECORD, cameras=three, schedule=schedule)
    assert form["step_id"] == "confirm"
    texts = form["description_placeholders"]
    assert texts["plan"] == "Days"
    assert (texts["cameras"], texts["hours"], texts["total_hours"]) == (
        "3",
        "50",
        "150",
    )
    assert not loaded.subentries
    result = await send(hass, form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = loaded.subentries.values()
    assert subentry.title == "Days"
    assert subentry.data["cameras"] == three


async def test_costs_of_alarms(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """Before an alarm plan is saved, the dialog says what alarms take."""
    form = await show(hass, loaded, "event_plan")
    form = await send(hass, form, **ALARMS, cameras=[cameras["Front door"].iot_id])
    texts = form["description_placeholders"]
    assert (texts["hours"], texts["seconds"], texts["minutes"]) == ("168", "30", "50")


async def test_reconfigure(
    hass: HomeAssistant,
    clock: Clock,
    helpers: Helpers,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """The dialog shows what was chosen, also a schedule and a camera that are gone, and says what it costs again."""
    schedule = await helpers.add("Office hours", OFFICE_HOURS)
    front = cameras["Front door"].iot_id
    plan = await add_plan(hass, clock, loaded, cameras=[front], schedule=schedule)
    form = await loaded.start_subentry_reconfigure_flow(hass, plan.subentry_id)
    assert form["step_id"] == "reconfigure"
    assert suggested(form) == {
        "name": "Office hours",
        "cameras": [front],
        "stream_type": "main",
        "schedule": schedule,
    }
    form = await send(hass, form, **RECORD, cameras=[front])
    assert form["description_placeholders"]["hours"] == "168"
    result = await send(hass, form)
    assert result["reason"] == "reconfigure_successful"
    (subentry,) = loaded.subentries.values()
    assert subentry.title == "Days"
    assert subentry.data == {"stream_type": "main", "cameras": [front]}
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier(
        ("linkvisual", front), loaded.entry_id
    )
    assert device is not None
    registry.async_remove_device(device.id)
    form = await loaded.start_subentry_reconfigure_flow(hass, plan.subentry_id)
    options = cameras_of(form)
    assert {"value": front, "label": front} in options


async def test_errors(
    hass: HomeAssistant,
    clock: Clock,
    helpers: Helpers,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """What is wrong is said at its field, until it is right."""
    front, garage = cameras["Front door"].iot_id, cameras["Garage"].iot_id
    await add_plan(hass, clock, loaded, name="Nights [x]", cameras=[garage, front])
    minutes = [
        (f"{hour:02}:{minute:02}:00", f"{hour:02}:{minute + 1:02}:00")
        for hour in range(24)
        for minute in range(0, 60, 8)
    ]
    many = dict.fromkeys((*OFFICE_HOURS, "saturday", "sunday"), minutes)
    long = await helpers.add("Long", many)
    form = await show(hass, loaded, "record_plan")
    sub = {**RECORD, "stream_type": "sub", "cameras": [front]}
    for data, errors in (
        ({**sub, "name": "  "}, {"name": "no_name"}),
        ({**sub, "cameras": []}, {"cameras": "no_cameras"}),
        ({**sub, "stream_type": "main"}, {"cameras": "camera_in_plan"}),
        ({**sub, "schedule": "schedule.none"}, {"schedule": "schedule_missing"}),
        ({**sub, "schedule": long}, {"schedule": "schedule_too_long"}),
    ):
        form = await send(hass, form, **data)
        assert form["errors"] == errors
        if "camera_in_plan" in errors.values():
            assert form["description_placeholders"] == {
                "camera": "Front door",
                "plan": "Nights \\[x\\]",
            }
    form = await send(hass, form, **sub)
    assert form["step_id"] == "confirm"
    # The other camera is in that plan; this one is in none.
    form = await show(hass, loaded, "record_plan")
    driveway = cameras["Driveway"].iot_id
    form = await send(hass, form, **RECORD, cameras=[driveway])
    assert form["step_id"] == "confirm"


async def test_errors_of_alarms(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """An alarm plan has a pre-recording that fits, and at most ten kinds; a record plan does not stand in its way."""
    front = cameras["Front door"].iot_id
    await add_plan(hass, clock, loaded, cameras=[front])
    form = await show(hass, loaded, "event_plan")
    many = ["area_intrusion", "fall", "face", "line_crossing", "pet", "motion"]
    for data, errors in (
        (
            {"record_duration": 10, "pre_record_duration": 10},
            {"pre_record_duration": "pre_record_too_long"},
        ),
        ({"alarm_types": many}, {"alarm_types": "too_many_alarm_types"}),
    ):
        form = await send(hass, form, **{**ALARMS, "cameras": [front], **data})
        assert form["errors"] == errors
    form = await send(hass, form, **ALARMS, cameras=[front], alarm_types=many[:5])
    assert form["step_id"] == "confirm"


@pytest.mark.parametrize("kind", ["record_plan", "event_plan"])
async def test_account_not_loaded(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
    kind: str,
) -> None:
    """The dialog works while the cloud cannot be reached; the plan is made later."""
    assert await hass.config_entries.async_unload(loaded.entry_id)
    form = await show(hass, loaded, kind)
    options = cameras_of(form)
    assert [option["label"] for option in options] == sorted(cameras)
