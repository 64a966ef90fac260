"""Texts about recordings: added by an action, found by the media search, told with the alarm's recording."""

from datetime import timedelta
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

from .media import ROOT, MediaBrowser, call, content_id
from .test_alarms import ALARM

FRONT_DOOR = "camera.front_door"
TEXT = "A postman puts a parcel down."


async def annotate(hass: HomeAssistant, **data: Any) -> Any:
    """Annotate a recording; return what the action answers."""
    return await call(hass, "annotate_recording", **{"text": TEXT, **data})


async def annotations(hass: HomeAssistant) -> list[str | None]:
    """Return the texts about the recordings of a day, newest first."""
    reply = await call(hass, "get_recordings", entity_id=FRONT_DOOR)
    return [row["annotation"] for row in reply[FRONT_DOOR]["recordings"]]


@pytest.mark.parametrize("is_selected", [False, True])
async def test_found(
    hass: HomeAssistant, clip: str, browser: MediaBrowser, is_selected: bool
) -> None:
    """A recording is found by its text, which is given with an ID or with what a media selector returns."""
    selected = {"media_content_id": clip, "media_content_type": "video"}
    reply = await annotate(hass, media_content_id=selected if is_selected else clip)
    assert reply == {"media_content_id": clip}
    assert len(await browser.search(ROOT, "PARCEL postman")) == 1
    assert await browser.search(ROOT, "letter") == []
    assert await annotations(hass) == [TEXT]

    await annotate(hass, media_content_id=clip, text="A letter")
    assert len(await browser.search(ROOT, "letter")) == 1
    assert await browser.search(ROOT, "parcel") == []
    await annotate(hass, media_content_id=clip, text=" ")
    assert await browser.search(ROOT, "letter") == []
    assert await annotations(hass) == [None]


async def test_reload(hass: HomeAssistant, clip: str, loaded: MockConfigEntry) -> None:
    """Texts survive a restart."""
    await annotate(hass, media_content_id=clip)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await hass.async_block_till_done()
    assert await annotations(hass) == [TEXT]


@pytest.mark.parametrize("when", ["at once", "before a restart", "late", "after one"])
async def test_alarm(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    when: str,
) -> None:
    """The text about an alarm belongs to its recording, whichever comes first."""
    await clock.run(10)
    event_id = raise_alarm(cloud, cameras["Front door"], record=True)
    await clock.run(35)
    alarm: dict[str, Any] = {"entity_id": FRONT_DOOR, "event_id": event_id}
    if when in ("at once", "before a restart"):
        assert await annotate(hass, **alarm) == {"media_content_id": None}
    if when == "before a restart":
        assert await hass.config_entries.async_reload(loaded.entry_id)
    await clock.run(300, step=5)
    state = hass.states.get(ALARM)
    assert state is not None
    recording = state.attributes["media_content_id"]
    if when == "after one":
        assert await hass.config_entries.async_reload(loaded.entry_id)
    if when in ("late", "after one"):
        assert await annotate(hass, **alarm) == {"media_content_id": recording}
    else:
        assert state.attributes["annotation"] == TEXT
    assert await annotations(hass) == [TEXT]


async def test_forgotten(
    hass: HomeAssistant,
    clock: Clock,
    clip: str,
    cloud: Cloud,
    cameras: dict[str, Device],
    loaded: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    """What was deleted, is not kept by the cloud any more, or was of a removed camera takes no room."""

    def stored() -> int:
        data = hass_storage[f"linkvisual.{loaded.entry_id}.annotations"]["data"]
        return len(data["annotations"])

    async def store(name: str, days_ago: float) -> str:
        begin = cloud.now() - timedelta(days=days_ago).total_seconds()
        camera = cameras[name]
        file = cloud.world.add_file(camera, begin, begin + 60)
        media_content_id = content_id(loaded, camera, file.file_name)
        await annotate(hass, media_content_id=media_content_id)
        return media_content_id

    deleted = await store("Front door", 1)
    await store("Front door", cameras["Front door"].retention_days - 1)
    await store("Garage", 1)
    await annotate(hass, entity_id=FRONT_DOOR, event_id="never_recorded")
    assert stored() == 4
    await call(hass, "delete_recordings", media_content_id=[deleted])
    await hass.async_block_till_done()
    assert stored() == 3
    del cloud.world.devices[cameras["Garage"].iot_id]
    await clock.run(1200, step=301)
    assert stored() == 2
    await clock.tick(timedelta(days=2).total_seconds())
    await annotate(hass, media_content_id=clip)
    assert stored() == 1
    assert await hass.config_entries.async_remove(loaded.entry_id)
    assert f"linkvisual.{loaded.entry_id}.annotations" not in hass_storage


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, "no_recording_named"),
        ({"entity_id": FRONT_DOOR}, "no_recording_named"),
        ({"event_id": "1"}, "no_recording_named"),
        (
            {"media_content_id": "1", "entity_id": FRONT_DOOR, "event_id": "1"},
            "no_recording_named",
        ),
        ({"media_content_id": f"{ROOT}/nothing"}, "no_such_recording"),
        ({"entity_id": "camera.somebody_else", "event_id": "1"}, "no_camera_targeted"),
    ],
)
async def test_not_named(
    hass: HomeAssistant, loaded: MockConfigEntry, data: dict[str, Any], error: str
) -> None:
    """What cannot be annotated is refused, with a reason."""
    with pytest.raises(ServiceValidationError) as caught:
        await annotate(hass, **data)
    assert caught.value.translation_key == error


async def test_several_cameras(
    hass: HomeAssistant, loaded: MockConfigEntry, cameras: dict[str, Device]
) -> None:
    """An alarm is one camera's: a group of several is refused, with a reason."""
    assert await async_setup_component(
        hass,
        "group",
        {"group": {"yard": {"entities": [FRONT_DOOR, "camera.garage"]}}},
    )
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as caught:
        await annotate(hass, entity_id="group.yard", event_id="1")
    assert caught.value.translation_key == "no_recording_named"


async def test_too_long(hass: HomeAssistant, clip: str) -> None:
    """A text of 1,000 characters is the longest."""
    await annotate(hass, media_content_id=clip, text="x" * 1000)
    with pytest.raises(vol.Invalid):
        await annotate(hass, media_content_id=clip, text="x" * 1001)


@pytest.mark.parametrize("is_alarm", [False, True])
async def test_permission(
    hass: HomeAssistant,
    hass_read_only_user: MockUser,
    clip: str,
    is_alarm: bool,
) -> None:
    """Whoever may not control the camera annotates nothing."""
    named = (
        {"entity_id": FRONT_DOOR, "event_id": "1"}
        if is_alarm
        else {"media_content_id": clip}
    )
    with pytest.raises(Unauthorized):
        await annotate(hass, context=Context(user_id=hass_read_only_user.id), **named)
    assert await annotations(hass) == [None]


async def test_damaged_store(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """A damaged store costs the texts, not the cameras."""
    key = f"linkvisual.{entry.entry_id}.annotations"
    hass_storage[key] = {"version": 1, "key": key, "data": {"annotations": [1]}}
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert await annotations(hass) == []


async def test_clock_of_this_machine_is_set(
    hass: HomeAssistant,
    clip: str,
    short_clip: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A clock that is a year ahead for a while takes no texts away: ages count by the cloud's time."""
    await annotate(hass, media_content_id=clip)
    utcnow = dt_util.utcnow
    with monkeypatch.context() as patched:
        patched.setattr(dt_util, "utcnow", lambda: utcnow() + timedelta(days=365))
        await annotate(hass, media_content_id=short_clip)
    assert await annotations(hass) == [TEXT, TEXT]
