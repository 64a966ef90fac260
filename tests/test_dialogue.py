"""The question for the camera, and its answers in the same conversation."""

from typing import Any, Literal, override

from homeassistant.components.assist_pipeline import (
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.components.conversation import (
    AbstractConversationAgent,
    ConversationInput,
    ConversationResult,
    async_set_agent,
)
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, intent
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.assist import FRONT, FRONT_NAME, GARAGE, Talk, device_of, expose, say
from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.world import Device

QUESTION = "Which camera? Front door or Garage?"


async def test_the_question_is_answered(
    hass: HomeAssistant, assist: None, cloud: Cloud, cameras: dict[str, Device]
) -> None:
    """The answer does what was asked for at first, for as long; the next one is no answer any more."""
    await expose(hass, GARAGE)
    talk = Talk(hass)
    assert await talk.say("start recording for 30 seconds") == QUESTION
    # What is no answer is understood as ever, and does not close the question.
    assert not (await talk.say("what is the meaning of life")).startswith("Recording")
    assert await talk.say("the garage, please") == "Recording Garage for 30 seconds."
    assert not (await talk.say("the front door")).startswith("Recording")
    (call,) = cloud.calls_of("TriggerRecord")
    assert call.params["IotId"] == cameras["Garage"].iot_id
    assert str(call.params["RecordDuration"]) == "30"


async def test_another_conversation_is_not_taken_for_an_answer(
    hass: HomeAssistant, assist: None, cloud: Cloud, cameras: dict[str, Device]
) -> None:
    """Each conversation has its own question; what is said elsewhere reaches whatever understands it."""
    cloud.speed = 200
    await expose(hass, GARAGE)
    talk, other = Talk(hass), Talk(hass)
    assert await talk.say("start recording") == QUESTION
    for text in ("garage", "never mind", "all of them"):
        kind, _ = await say(hass, text)
        unasked = await other.say(text)
        assert not unasked.startswith(("Recording", "OK, never mind", "Done")), text
        assert kind == ("action_done" if text == "never mind" else "error"), text
    assert await other.say("take a picture") == QUESTION
    assert await talk.say("garage") == "Recording Garage for 60 seconds."
    assert await other.say("garage") == "Took a picture with Garage."
    assert not cameras[FRONT_NAME].records


async def test_a_question_is_open_for_two_minutes(
    hass: HomeAssistant, assist: None, clock: Clock, cameras: dict[str, Device]
) -> None:
    """Who answers later means something else; who changes their mind says so, or asks for something else."""
    await expose(hass, GARAGE)
    talk = Talk(hass)
    await talk.say("start recording")
    await clock.tick(119)
    assert await talk.say("both") == (
        "Recording Front door for 60 seconds. Recording Garage for 60 seconds."
    )
    await talk.say("take a picture")
    await clock.tick(121)
    assert not (await talk.say("garage")).startswith("Took")
    await talk.say("take a picture")
    assert await talk.say("never mind") == "OK, never mind."
    assert not (await talk.say("garage")).startswith("Took")
    await talk.say("start recording for 20 seconds")
    await talk.say("record the garage")
    assert not (await talk.say("front door")).startswith("Recording")


async def test_the_question_names_cameras_that_can(
    hass: HomeAssistant, assist: None, cloud: Cloud, cameras: dict[str, Device]
) -> None:
    """Who is offline is not offered, nor for a recording who has no cloud storage; of one that is left, nothing is asked."""
    cloud.speed = 200
    await expose(hass, "camera.garden", "camera.attic")  # offline; without storage
    assert (
        await Talk(hass).say("start recording")
        == "Recording Front door for 60 seconds."
    )
    talk = Talk(hass)
    assert await talk.say("take a picture") == "Which camera? Attic or Front door?"
    # It is not an answer to this question.
    assert not (await talk.say("garden")).startswith("Garden")
    await expose(hass, FRONT, exposed=False)
    assert await talk.say("start recording") == (
        "Attic has no cloud storage. Set how many days its recordings are kept, then try again.; Garden is offline"
    )
    # A camera that was named is tried: it may have come back.
    assert await talk.say("record the garden") == "Garden is offline"


@pytest.mark.parametrize("cloud", [12], indirect=True)
@pytest.mark.parametrize(
    ("language", "text", "question"),
    [
        ("en", "take a picture", "Which camera? {} and 5 more?"),
        ("de", "mach ein Foto", "Welche Kamera? {} und 5 weitere?"),
        ("zh-CN", "拍照", "哪台摄像机？{}，还是另外5台？"),
        ("fr", "prends une photo", "Quelle caméra ? {} et 5 de plus ?"),
        ("es", "haz una foto", "¿Qué cámara? ¿{} y 5 más?"),
    ],
)
async def test_many_cameras_are_not_all_named(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    assist: None,
    cloud: Cloud,
    language: str,
    text: str,
    question: str,
) -> None:
    """After five names only the number of the others is said; they can be chosen all the same."""
    cloud.speed = 200
    await expose(hass, *hass.states.async_entity_ids("camera"))
    names = ["Attic", "Attic 12", "Back yard", "Front door", "Front door 9"]
    comma = "、" if language == "zh-CN" else ", "
    talk = Talk(hass, language)
    assert await talk.say(text) == question.format(comma.join(names))
    assert "Workshop" in await talk.say("Workshop")


async def two_of_one_name(
    hass: HomeAssistant, entry: MockConfigEntry, cameras: dict[str, Device], *areas: str
) -> None:
    """Call two cameras the same, and put them into areas."""
    await expose(hass, GARAGE)
    for nickname, area in zip((FRONT_NAME, "Garage"), areas, strict=True):
        dr.async_get(hass).async_update_device(
            device_of(hass, entry, cameras[nickname]),
            name_by_user="Camera",
            area_id=ar.async_get(hass).async_get_or_create(area).id,
        )
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("language", "text", "question", "answer"),
    [
        (
            "en",
            "record the camera for 30 seconds",
            "Which camera? Camera in Kitchen or Camera in Garage?",
            "the one in the kitchen",
        ),
        (
            "de",
            "nimm Camera 30 Sekunden lang auf",
            "Welche Kamera? Camera (Kitchen) oder Camera (Garage)?",
            "die in der Kitchen",
        ),
        (
            "zh-CN",
            "录制Camera 30秒",
            "哪台摄像机？Kitchen的Camera还是Garage的Camera？",
            "Kitchen那台",
        ),
        (
            "fr",
            "enregistre Camera pendant 30 secondes",
            "Quelle caméra ? Camera (Kitchen) ou Camera (Garage) ?",
            "celle de la Kitchen",
        ),
        (
            "es",
            "graba Camera durante 30 segundos",
            "¿Qué cámara? ¿Camera (Kitchen) o Camera (Garage)?",
            "la de la Kitchen",
        ),
    ],
)
async def test_two_of_one_name(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    assist: None,
    cloud: Cloud,
    cameras: dict[str, Device],
    language: str,
    text: str,
    question: str,
    answer: str,
) -> None:
    """They are told apart by their areas."""
    await two_of_one_name(hass, loaded, cameras, "Kitchen", "Garage")
    for words in (answer, "Kitchen"):
        talk = Talk(hass, language)
        assert await talk.say(text) == question
        cloud.calls.clear()
        await talk.say(words)
        (call,) = cloud.calls_of("TriggerRecord")
        assert call.params["IotId"] == cameras[FRONT_NAME].iot_id
        assert str(call.params["RecordDuration"]) == "30"


async def test_a_name_and_its_area(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    assist: None,
    cameras: dict[str, Device],
) -> None:
    """Said with its area, a name is clear at once; the same name in the same area is not, and that is said."""
    await two_of_one_name(hass, loaded, cameras, "Kitchen", "Garage")
    for number, nickname in enumerate((FRONT_NAME, "Garage")):
        area = ("kitchen", "garage")[number]
        assert (await say(hass, f"record the camera in the {area}"))[1].startswith(
            "Recording"
        )
        assert len(cameras[nickname].records) == 1
    await two_of_one_name(hass, loaded, cameras, "Kitchen", "Kitchen")
    talk = Talk(hass)
    assert await talk.say("record the camera") == (
        "Several cameras are called Camera in Kitchen. Give them different names or areas."
    )
    assert (await talk.say("both")).count("Recording") == 2


class LanguageModel(AbstractConversationAgent):
    """An agent that has an answer to everything."""

    @property
    @override
    def supported_languages(self) -> Literal["*"]:
        return MATCH_ALL

    @override
    async def async_process(self, user_input: ConversationInput) -> ConversationResult:
        response = intent.IntentResponse(language=user_input.language)
        response.async_set_speech(f"I know all about {user_input.text}.")
        return ConversationResult(response, user_input.conversation_id)


@pytest.mark.parametrize("has_model", [False, True])
async def test_voice_assistants(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    assist: None,
    hass_ws_client: WebSocketGenerator,
    *,
    has_model: bool,
) -> None:
    """A voice assistant, also one with a language model, passes on the answer to the question, and nothing else."""
    await expose(hass, GARAGE)
    assert await async_setup_component(hass, "assist_pipeline", {})
    if has_model:
        async_set_agent(hass, loaded, LanguageModel())
        await async_update_pipeline(
            hass, async_get_pipeline(hass), conversation_engine=loaded.entry_id
        )
    websocket = await hass_ws_client(hass)
    conversations: dict[str, str] = {}

    async def speak(who: str, text: str) -> str:
        await websocket.send_json_auto_id(
            {
                "type": "assist_pipeline/run",
                "start_stage": "intent",
                "end_stage": "intent",
                "input": {"text": text},
                "conversation_id": conversations.get(who),
            }
        )
        message: dict[str, Any] = {}
        while (message.get("event") or {}).get("type") != "intent-end":
            message = await websocket.receive_json()
            assert message.get("success", True), message
        output = message["event"]["data"]["intent_output"]
        conversations[who] = output["conversation_id"]
        speech: str = output["response"]["speech"]["plain"]["speech"]
        return speech

    assert await speak("Ann", "start recording for 30 seconds") == QUESTION
    unasked = await speak("Bob", "garage")
    assert (unasked == "I know all about garage.") is has_model
    assert not unasked.startswith("Recording")
    assert await speak("Ann", "garage") == "Recording Garage for 30 seconds."
    assert not (await speak("Ann", "garage")).startswith("Recording")
