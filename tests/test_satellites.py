"""The question for the camera by a voice satellite."""

from homeassistant.components.conversation import async_converse
from homeassistant.core import Context, HomeAssistant
import pytest

from tests.assist import FRONT_NAME, GARAGE, expose
from tests.emulator.world import Device
from tests.satellites import SATELLITE, Satellite


@pytest.mark.parametrize(
    ("answer", "then"),
    [
        ("Garage.", ["Recording Garage for 30 seconds."]),
        ("never mind", ["OK, never mind."]),
        (None, []),
    ],
)
async def test_a_satellite_asks(
    hass: HomeAssistant,
    assist: None,
    cameras: dict[str, Device],
    answer: str | None,
    then: list[str],
) -> None:
    """It asks and listens once it is idle again, and says what came of it."""
    await expose(hass, GARAGE)
    satellite = await Satellite.place(hass, answer)
    state = hass.states.get(SATELLITE)
    assert state is not None
    hass.states.async_set(SATELLITE, "processing", state.attributes)
    result = await async_converse(
        hass,
        "start recording for 30 seconds",
        None,
        Context(),
        "en",
        satellite_id=SATELLITE,
    )
    assert result.response.speech["plain"]["speech"] == ""
    await hass.async_block_till_done()
    assert not satellite.spoken
    satellite.async_write_ha_state()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert satellite.spoken == ["Which camera? Front door or Garage?", *then]
    assert len(cameras["Garage"].records) == (answer == "Garage.")
    assert not cameras[FRONT_NAME].records
