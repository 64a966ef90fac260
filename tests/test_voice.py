"""Voice: what can be said to Assist, what it answers, and what then happens to the cameras."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from tests.assist import FRONT, FRONT_NAME, GARAGE, device_of, expose, say
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

IS_RECORDING = "binary_sensor.front_door_recording"


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("en", "Record the front door", "Recording Front door for 60 seconds."),
        ("en", "Film front door camera!", "Recording Front door for 60 seconds."),
        ("en", "start recording", "Recording Front door for 60 seconds."),
        (
            "en",
            "record the front door for 30 seconds",
            "Recording Front door for 30 seconds.",
        ),
        (
            "en",
            "record front door for a minute",
            "Recording Front door for 60 seconds.",
        ),
        (
            "en",
            "record forty-five seconds of the front door",
            "Recording Front door for 45 seconds.",
        ),
        (
            "de",
            "Nimm mit der Front-door-Kamera auf",
            "Front door nimmt 60 Sekunden lang auf.",
        ),
        ("de", "Nimm Front door auf", "Front door nimmt 60 Sekunden lang auf."),
        (
            "de",
            "Nimm Front door für zwei Minuten auf",
            "Front door nimmt 120 Sekunden lang auf.",
        ),
        (
            "de",
            "Starte die Aufnahme mit Front door",
            "Front door nimmt 60 Sekunden lang auf.",
        ),
        ("zh-CN", "录制Front door", "Front door开始录像，时长60秒。"),
        ("zh-CN", "录制Front door 30秒", "Front door开始录像，时长30秒。"),
        ("zh-CN", "让Front door录像两分钟", "Front door开始录像，时长120秒。"),
        (
            "fr",
            "Enregistre la caméra Front door",
            "Front door enregistre pendant 60 secondes.",
        ),
        (
            "fr",
            "filme Front door pendant vingt secondes",
            "Front door enregistre pendant 20 secondes.",
        ),
        (
            "es",
            "Graba con la cámara Front door",
            "Front door graba durante 60 segundos.",
        ),
        (
            "es",
            "graba Front door durante treinta segundos",
            "Front door graba durante 30 segundos.",
        ),
    ],
)
async def test_record(
    hass: HomeAssistant, assist: None, language: str, text: str, answer: str
) -> None:
    """A camera records for as long as was said, and the answer comes in the language of the sentence."""
    triggered = async_capture_events(hass, "linkvisual_record_triggered")
    context = Context()
    assert await say(hass, text, language, context) == ("action_done", answer)
    (event,) = triggered
    assert event.data["entity_id"] == FRONT
    assert str(event.data["record_duration"]) in answer
    assert event.context.id == context.id


@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [
        ("stop recording the front door", "en", "Front door is not recording."),
        ("Stoppe die Aufnahme mit Front door", "de", "Front door nimmt nicht auf."),
        ("停止录制Front door", "zh-CN", "Front door没有在录像。"),
        ("arrête l'enregistrement de Front door", "fr", "Front door n'enregistre pas."),
        ("para la grabación de Front door", "es", "Front door no está grabando."),
    ],
)
async def test_nothing_to_stop(
    hass: HomeAssistant, assist: None, text: str, language: str, answer: str
) -> None:
    """That nothing was recording is said."""
    assert await say(hass, text, language) == ("action_done", answer)


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        (
            "en",
            "record the front door for 5 seconds",
            "The record duration must be a whole number of seconds from 10 to 7200, not 5.",
        ),
        (
            "en",
            "record the front door for ages minutes",
            "For how long? I did not understand ages.",
        ),
        (
            "de",
            "nimm Front door 5 Sekunden auf",
            "Die Aufnahmedauer muss eine ganze Zahl von 10 bis 7200 Sekunden sein, nicht 5.",
        ),
        (
            "zh-CN",
            "录制Front door 200分钟",
            "录像时长必须是 10 到 7200 之间的整数秒，而不是 12000。",
        ),
        (
            "fr",
            "enregistre Front door pendant 5 secondes",
            "La durée d'enregistrement doit être un nombre entier de secondes de 10 à 7200, et non 5.",
        ),
        (
            "es",
            "graba Front door durante 5 segundos",
            "La duración de la grabación debe ser un número entero de segundos de 10 a 7200, no 5.",
        ),
    ],
)
async def test_odd_durations_are_told(
    hass: HomeAssistant,
    assist: None,
    cameras: dict[str, Device],
    language: str,
    text: str,
    answer: str,
) -> None:
    """A length that cannot be is answered, and nothing is recorded."""
    assert (await say(hass, text, language))[1] == answer
    assert not cameras[FRONT_NAME].records


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("en", "record the front door", "Front door is offline"),
        ("de", "nimm Front door auf", "Front door ist offline"),
        ("fr", "enregistre Front door", "Front door est hors ligne"),
        ("es", "graba Front door", "Front door está sin conexión"),
    ],
)
async def test_a_refusal_is_spoken(
    hass: HomeAssistant,
    assist: None,
    cameras: dict[str, Device],
    language: str,
    text: str,
    answer: str,
) -> None:
    """Why a camera does not record is said in the language of the sentence."""
    cameras[FRONT_NAME].status = "OFFLINE"
    assert (await say(hass, text, language))[1] == answer


async def test_a_stop_that_is_refused_is_told(
    hass: HomeAssistant, assist: None, cloud: Cloud
) -> None:
    """Nobody is told that a recording was stopped which goes on."""
    await say(hass, "record the front door")
    cloud.faults.append(Fault("service", "StopTriggeredRecord", code="iot.strange.Odd"))
    _, answer = await say(hass, "stop recording the front door")
    assert answer.startswith("The cloud refused")
    assert hass.states.is_state(IS_RECORDING, "on")


async def test_a_code_of_the_cloud_is_spoken_as_it_is(
    hass: HomeAssistant, assist: None, cloud: Cloud
) -> None:
    """Rare errors are told in the language of the sentence, too, with what the cloud says."""
    cloud.faults.append(Fault("service", "TriggerRecord", code="iot.strange.Odd"))
    _, answer = await say(hass, "nimm Front door auf", "de")
    assert answer.startswith("Die Cloud hat die Anfrage abgelehnt (iot.strange.Odd")


async def test_names(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    assist: None,
    cameras: dict[str, Device],
) -> None:
    """Cameras go by their name, their aliases, and their area; changes count at once."""
    registry = er.async_get(hass)
    registry.async_update_entity(
        FRONT, aliases=[er.COMPUTED_NAME, "Bob’s (old) cam: #1", "  "]
    )
    area = ar.async_get(hass).async_create("Hall", aliases={"Lobby"})
    device_id = device_of(hass, loaded, cameras[FRONT_NAME])
    dr.async_get(hass).async_update_device(device_id, area_id=area.id)
    await hass.async_block_till_done()
    recorded = ("action_done", "Recording Front door for 60 seconds.")
    for name in ("front door", "bob's (old) cam #1", "hall", "lobby"):
        assert await say(hass, f"record the {name}") == recorded, name
    dr.async_get(hass).async_update_device(device_id, name_by_user="Porch")
    await hass.async_block_till_done()
    recorded = ("action_done", "Recording Porch for 60 seconds.")
    assert await say(hass, "record the porch") == recorded
    assert (await say(hass, "record the front door"))[0] == "error"


async def test_which_camera(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    assist: None,
    cameras: dict[str, Device],
) -> None:
    """Where several cameras may be meant, Assist asks; the one that records is meant to be stopped."""
    await expose(hass, GARAGE)
    area = ar.async_get(hass).async_create("Yard")
    for name in (FRONT_NAME, "Garage"):
        dr.async_get(hass).async_update_device(
            device_of(hass, loaded, cameras[name]), area_id=area.id
        )
    await hass.async_block_till_done()
    question = ("action_done", "Which camera? Front door or Garage?")
    assert await say(hass, "record the yard") == question
    assert await say(hass, "start recording") == question
    assert (await say(hass, "stop recording"))[1] == "No camera is recording."
    assert not cameras[FRONT_NAME].records
    assert (await say(hass, "录制yard", "zh-CN"))[
        1
    ] == "哪台摄像机？Front door还是Garage？"
    await say(hass, "record the garage")
    assert (await say(hass, "stop recording"))[1] == "Stopped recording Garage."


async def test_a_name_comes_before_an_area(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    assist: None,
    cameras: dict[str, Device],
) -> None:
    """A camera that is named like an area is meant by that name, and not all cameras of the area."""
    await expose(hass, GARAGE, "camera.hall")
    area = ar.async_get(hass).async_create("Garage", aliases={"Hall", "Yard"})
    for name in (FRONT_NAME, "Garage"):
        dr.async_get(hass).async_update_device(
            device_of(hass, loaded, cameras[name]), area_id=area.id
        )
    await hass.async_block_till_done()
    for name in ("Garage", "Hall"):
        answer = (await say(hass, f"record the {name}"))[1]
        assert answer == f"Recording {name} for 60 seconds."
    question = "Which camera? Front door or Garage?"
    assert (await say(hass, "record the yard"))[1] == question


async def test_only_what_is_exposed(
    hass: HomeAssistant, assist: None, cameras: dict[str, Device]
) -> None:
    """A camera is reached where it is exposed, or its record button; what is not, Assist does not know."""
    assert (await say(hass, "record the garage"))[0] == "error"
    await expose(hass, "button.garage_record", "button.garage_snapshot")
    assert (await say(hass, "record the garage"))[0] == "action_done"
    assert len(cameras["Garage"].records) == 1


async def test_other_sentences_are_left_alone(
    hass: HomeAssistant, assist: None, cameras: dict[str, Device]
) -> None:
    """What Home Assistant understands by itself still is, and what nobody understands is not swallowed."""
    assert await async_setup_component(hass, "light", {})
    hass.states.async_set("light.lamp", "on", {"friendly_name": "Lamp"})
    await expose(hass, "light.lamp")
    for text, kind in (
        ("is the lamp on", "query_answer"),
        ("record that I took my pills", "error"),
        ("record the front door opening", "error"),
        ("stop the front door", "error"),
    ):
        assert (await say(hass, text))[0] == kind, text
    assert not cameras[FRONT_NAME].records


async def test_without_an_account_there_are_no_sentences(
    hass: HomeAssistant, loaded: MockConfigEntry, assist: None
) -> None:
    """They go with the account, and come back with it."""
    await hass.config_entries.async_unload(loaded.entry_id)
    await hass.async_block_till_done()
    assert (await say(hass, "record the front door"))[0] == "error"
    await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done()
    assert (await say(hass, "record the front door"))[0] == "action_done"


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        (
            "en",
            "can you record the garage please",
            "No camera is exposed to Assist. Change it under Settings > Voice assistants > Expose.",
        ),
        (
            "de",
            "mach ein Foto",
            (
                "Für Assist ist keine Kamera verfügbar. "
                "Das lässt sich unter Einstellungen > Sprachassistenten > Verfügbarkeit ändern."
            ),
        ),
        (
            "zh-CN",
            "停止录像",
            "没有摄像机公开给 Assist。请在“设置 > 语音助手 > 公开”中更改。",
        ),
        (
            "fr",
            "enregistre la caméra du garage",
            (
                "Aucune caméra n'est exposée à Assist. "
                "Cela se change sous Paramètres > Assistants vocaux > Exposer."
            ),
        ),
        (
            "es",
            "para la grabación de Garage",
            (
                "Ninguna cámara está expuesta a Assist. "
                "Se cambia en Configuración > Asistentes de voz > Exponer."
            ),
        ),
    ],
)
async def test_nothing_exposed(
    hass: HomeAssistant,
    assist: None,
    cameras: dict[str, Device],
    language: str,
    text: str,
    answer: str,
) -> None:
    """Without any camera that Assist may use, it says where to change that."""
    await expose(hass, FRONT, exposed=False)
    assert (await say(hass, text, language))[1] == answer
    assert not cameras["Garage"].records


async def test_the_language_of_the_user_comes_first(
    hass: HomeAssistant, assist: None
) -> None:
    """A sentence that is German and French is answered in the language of who said it."""
    assert (await say(hass, "filme Front door", "fr"))[1].endswith("60 secondes.")
    assert (await say(hass, "filme Front door", "de"))[1].endswith("Sekunden lang auf.")
    # Home Assistant understands a language that the speaker does not have set.
    assert (await say(hass, "nimm Front door auf", "en"))[1].endswith(
        "Sekunden lang auf."
    )
