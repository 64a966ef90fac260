"""The blueprint `describe_alarm`, with AIs that answer, fail, hang or are missing. For Home Assistant 2026.11."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any, override

from homeassistant.components.ai_task import AITaskEntity, AITaskEntityFeature
from homeassistant.components.ai_task.const import DATA_COMPONENT
from homeassistant.components.ai_task.task import GenDataTask, GenDataTaskResult
from homeassistant.components.conversation import ChatLog
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.conftest import Clock
from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud

from .houses import MOTION, House
from .media import call

TEXT = "A postman puts a parcel down."
FRONT_DOOR = "camera.front_door"


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Let Home Assistant have a configuration that may be written to."""
    return hass_tmp_config_dir


class Describer(AITaskEntity):
    """An AI. What it sees is in `pictures`; it answers when `answers` is set."""

    _attr_supported_features = (
        AITaskEntityFeature.GENERATE_DATA | AITaskEntityFeature.SUPPORT_ATTACHMENTS
    )
    entity_id = "ai_task.describer"

    def __init__(self) -> None:
        self.pictures: list[bytes] = []
        self.answers = asyncio.Event()
        self.answers.set()
        self.fails = False

    @override
    async def _async_generate_data(
        self, task: GenDataTask, chat_log: ChatLog
    ) -> GenDataTaskResult:
        (attachment,) = task.attachments or []
        read = self.hass.async_add_executor_job(attachment.path.read_bytes)
        self.pictures.append(await read)
        await self.answers.wait()
        if self.fails:
            raise HomeAssistantError("Out of order")
        return GenDataTaskResult(chat_log.conversation_id, f" {TEXT}\n")


@pytest.fixture
async def describer(hass: HomeAssistant) -> Describer:
    """Set up an AI."""
    for component in ("homeassistant", "conversation", "ai_task"):
        assert await async_setup_component(hass, component, {})
    describer = Describer()
    await hass.data[DATA_COMPONENT].async_add_entities([describer])
    return describer


class Describing:
    """The automation, in a house whose front door raises alarms."""

    def __init__(self, house: House, cloud: Cloud, sockets: WebSocketGenerator) -> None:
        self.house = house
        self._cloud = cloud
        self._sockets = sockets

    async def use(self, **inputs: Any) -> None:
        """Make the automation."""
        settings = {
            "cameras": {"entity_id": FRONT_DOOR},
            "ai_task": "ai_task.describer",
            "notify_devices": [self.house.phone_id],
        }
        await self.house.use(self._sockets, "describe_alarm", **{**settings, **inputs})

    def alarm(self, **details: Any) -> None:
        """Raise an alarm."""
        raise_alarm(self._cloud, self.house.front_door, **details)

    async def told(self, count: int, step: float = 1) -> list[dict[str, Any]]:
        """Return what the phone was told, as soon as there is that much; without a step, that takes no time."""
        await self.house.until(lambda: len(self.house.phone) >= count, step)
        await self.house.settle()
        assert len(self.house.phone) == count
        return [call.data for call in self.house.phone]


@pytest.fixture
def describing(
    house: House, cloud: Cloud, hass_ws_client: WebSocketGenerator
) -> Describing:
    """Return the automation, which is not made yet."""
    return Describing(house, cloud, hass_ws_client)


async def test_described(
    hass: HomeAssistant, describing: Describing, describer: Describer, tmp_path: Path
) -> None:
    """The picture comes at once, then its description, then the clip with it. The recording is annotated."""
    hass.config.media_dirs = {"local": str(tmp_path)}
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    await describing.use(
        notify_entities=["notify.screen"], folder=str(tmp_path / "linkvisual")
    )
    describing.alarm(event_type=3, record=True)
    # No time passes while the AI looks at the picture.
    await describing.house.until(lambda: describing.house.phone, step=1)
    await describing.told(2, step=0)
    picture, text, clip = await describing.told(3)
    assert picture["message"].startswith("Human · ")
    assert text["message"] == f"{picture['message']}: {TEXT}"
    assert clip["message"] == f"{picture['message']} · Clip: {TEXT}"
    assert picture["data"]["image"] == text["data"]["image"]
    assert clip["data"]["video"].startswith("/media/local/linkvisual/")
    assert len({told["data"]["tag"] for told in (picture, text, clip)}) == 1
    assert all("day" in told["data"]["url"] for told in (picture, text, clip))
    (seen,) = describer.pictures
    assert seen.startswith(b"\xff\xd8\xff")
    reply = await call(hass, "get_recordings", entity_id=FRONT_DOOR)
    (recording,) = reply[FRONT_DOOR]["recordings"]
    assert recording["annotation"] == TEXT
    assert [call.data["message"] for call in describing.house.receivers] == [
        picture["message"],
        text["message"],
    ]


async def test_failing(describing: Describing, describer: Describer) -> None:
    """If the AI fails, only the description is missing."""
    describer.fails = True
    await describing.use()
    describing.alarm(record=True)
    picture, clip = await describing.told(2)
    assert "image" in picture["data"]
    assert clip["message"] == f"{picture['message']} · Clip"
    assert describer.pictures


@pytest.mark.parametrize("ai_task", ["ai_task.gone", ""])
async def test_not_chosen(
    describing: Describing, describer: Describer, ai_task: str
) -> None:
    """If the chosen AI is gone, or none is preferred, only the description is missing."""
    await describing.use(ai_task=ai_task)
    describing.alarm(record=True)
    await describing.told(2)
    assert not describer.pictures


async def test_no_ai(describing: Describing, caplog: pytest.LogCaptureFixture) -> None:
    """Without any AI, only the description is missing, and nothing is wrong."""
    caplog.clear()
    await describing.use(ai_task="", folder="")
    describing.alarm(record=True)
    await describing.told(2)
    assert not [
        each for each in caplog.records if each.levelname in ("WARNING", "ERROR")
    ]


async def test_hanging(describing: Describing, describer: Describer) -> None:
    """While the AI does not answer, alarms are told, however many they are."""
    describer.answers.clear()
    await describing.use()
    for count in range(8, 41, 8):
        for _ in range(8):
            describing.alarm()
        await describing.told(count)
    asked = len(describer.pictures)
    assert 8 <= asked <= 10
    describer.answers.set()
    await describing.told(40 + asked)


async def test_late(
    hass: HomeAssistant, describing: Describing, describer: Describer
) -> None:
    """A description that comes after the clip does not replace that; the recording is annotated."""
    describer.answers.clear()
    await describing.use()
    describing.alarm(record=True)
    _, clip = await describing.told(2)
    assert clip["message"].endswith(" · Clip")
    describer.answers.set()
    await describing.told(2)
    reply = await call(hass, "get_recordings", entity_id=FRONT_DOOR)
    assert reply[FRONT_DOOR]["recordings"][0]["annotation"] == TEXT


@pytest.mark.parametrize(
    "inputs",
    [
        {"types": ["human"]},
        {"quiet_from": "00:00:00", "quiet_to": "23:59:59"},
        {"conditions": [{"condition": "state", "entity_id": MOTION, "state": "on"}]},
    ],
)
async def test_only_if(
    describing: Describing, describer: Describer, clock: Clock, inputs: dict[str, Any]
) -> None:
    """What is not told is not described: alarms of other types, at a quiet time, of no interest now."""
    await describing.use(**inputs)
    describing.alarm(record=True)
    await clock.run(120, step=10)
    assert not describing.house.phone
    assert not describer.pictures


async def test_mute_of_a_camera_behind(
    hass: HomeAssistant, describing: Describing, clock: Clock
) -> None:
    """A mute lasts as long as it says, whatever the camera's clock says."""
    await describing.use(ai_task="")
    until = dt_util.now() + timedelta(minutes=30)
    await hass.services.async_call(
        "datetime",
        "set_value",
        {
            "entity_id": "datetime.front_door_notifications_muted_until",
            "datetime": until.isoformat(),
        },
        blocking=True,
    )
    describing.alarm(age=2 * 3600)
    await clock.run(120, step=10)
    assert not describing.house.phone
    await clock.tick(timedelta(minutes=30).total_seconds())
    describing.alarm(age=2 * 3600)
    await describing.told(1)


async def test_slow_clips(
    hass: HomeAssistant,
    describing: Describing,
    cloud: Cloud,
    loaded: MockConfigEntry,
    tmp_path: Path,
) -> None:
    """While the cloud makes no MP4s, alarms are told, however many they are; some clips are told without a file."""
    hass.config.media_dirs = {"local": str(tmp_path)}
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    cloud.inferred.download_at_least = 1e9
    options = {"calls_per_hour": 100_000}
    hass.config_entries.async_update_entry(loaded, options=options)
    await hass.config_entries.async_reload(loaded.entry_id)
    await describing.use(ai_task="", folder=str(tmp_path))
    house = describing.house

    def clips() -> int:
        return sum(call.data["message"].endswith(" · Clip") for call in house.phone)

    def waiting() -> int:
        state = hass.states.get("automation.describe_alarm")
        assert state
        return int(state.attributes["current"])

    for _ in range(36):
        describing.alarm(record=True)
    await house.until(lambda: waiting() + clips() >= 30, step=2)
    assert waiting() <= 20
    before = len(house.phone) - clips()
    describing.alarm()
    await house.until(lambda: len(house.phone) - clips() > before, step=1)
