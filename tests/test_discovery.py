"""Lists that lie, batches that one device spoils, and what changes in the cloud."""

from collections import Counter
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Clock
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault
from tests.emulator.world import Device

from .media import asked


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set up an account."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


def select(hass: HomeAssistant, entry: MockConfigEntry, cloud: Cloud, name: str) -> str:
    """Take a product for cameras, as the options do; return its key."""
    (key,) = (key for key, row in cloud.world.products.items() if row.name == name)
    hass.config_entries.async_update_entry(entry, options={"products": [key]})
    return key


def retentions(entry: MockConfigEntry) -> Counter[int | None]:
    """Return for how many cameras which retention is known."""
    cameras = entry.runtime_data.coordinator.data.values()
    return Counter(camera.retention_days for camera in cameras)


async def refresh(hass: HomeAssistant, clock: Clock, lists: int = 1) -> None:
    """Let time pass for lists."""
    for _ in range(lists):
        await clock.run(360, step=60)


async def test_list_of_many_repeated_pages(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """A list whose pages repeat ends, whatever it says of their number; what it lacks is not taken for deleted."""
    product = next(iter(cloud.world.products.values()))
    for _ in range(60):
        cloud.world.add_device(product)
    await set_up(hass, entry)
    assert len(hass.states.async_entity_ids("camera")) == 66
    page = await first_page(cloud, entry, product.product_key)
    cloud.faults.append(
        Fault(
            "patch",
            "QueryDevice",
            None,
            patch={"PageCount": 10**9, "Data": {"DeviceInfo": page}},
        )
    )
    cloud.faults.append(
        Fault("patch", "QueryProductList", None, patch={"Data": {"PageCount": 10**9}})
    )
    cloud.calls.clear()
    await refresh(hass, clock, 3)
    calls = Counter(asked(cloud))
    assert calls["QueryDevice"] <= 3 * 4
    registry = dr.async_get(hass)
    assert len(dr.async_entries_for_config_entry(registry, entry.entry_id)) == 66


async def first_page(
    cloud: Cloud, entry: MockConfigEntry, product_key: str
) -> list[dict[str, Any]]:
    """Return the rows of the first page of a product's devices."""
    page = await entry.runtime_data.client.query_device(product_key)
    return [
        {
            "IotId": row.iot_id,
            "ProductKey": row.product_key,
            "DeviceName": row.device_name,
            "DeviceStatus": row.status.value,
        }
        for row in page.rows
    ]


async def test_products_repeat(
    hass: HomeAssistant, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """The same for products."""
    rows = [
        {"ProductKey": key, "ProductName": product.name, "DeviceCount": 3}
        for key, product in cloud.world.products.items()
    ]
    full = [*rows, *[rows[0]] * 197]
    cloud.faults.append(
        Fault(
            "patch",
            "QueryProductList",
            None,
            patch={"Data": {"PageCount": None, "List": {"ProductInfo": full}}},
        )
    )
    await set_up(hass, entry)
    assert len(hass.states.async_entity_ids("camera")) == 6
    assert len(cloud.calls_of("QueryProductList")) == 2


async def test_one_device_spoils_a_batch(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """Only that one has no retention; it takes some calls to find it, once."""
    product = next(iter(cloud.world.products.values()))
    for _ in range(60):
        cloud.world.add_device(product)
    entry.add_to_hass(hass)
    select(hass, entry, cloud, "Lamp")
    await set_up(hass, entry)
    assert retentions(entry) == {7: 65, 0: 1, None: 1}
    assert len(cloud.calls_of("QueryDeviceRecordLifeCycle")) <= 2 + 2 * 7
    cloud.calls.clear()
    await refresh(hass, clock)
    assert len(cloud.calls_of("QueryDeviceRecordLifeCycle")) == 1
    assert retentions(entry) == {7: 65, 0: 1, None: 1}


@pytest.mark.parametrize("cloud", [100], indirect=True)
async def test_all_are_refused(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, loaded: MockConfigEntry
) -> None:
    """Where no camera is answered, few calls find that out, and no more follow for a while."""
    cloud.faults.append(
        Fault(
            "service",
            "QueryDeviceRecordLifeCycle",
            None,
            code="403",
            message="tenant auth error",
        )
    )
    cloud.calls.clear()
    await clock.run(1550, step=310)
    assert 10 <= len(cloud.calls_of("QueryDeviceRecordLifeCycle")) <= 30
    assert retentions(loaded) == {7: 99, 0: 1}
    cloud.faults.clear()
    for device in cloud.world.devices.values():
        device.retention_days = 30
    await clock.run(3720, step=310)
    # Those that were refused one by one are asked again after a day.
    assert retentions(loaded)[30] > 90


@pytest.mark.parametrize(
    "fault",
    [
        Fault("service", code="403", message="tenant auth error", times=None),
        Fault("body", status=502, times=None),
        Fault("patch", patch={"Data": []}, times=None),
        Fault("patch", patch={"Data": {0: {"Day": "x"}, 3: {"Day": None}}}, times=None),
    ],
    ids=["refused", "broken", "empty", "odd"],
)
async def test_retention_fails(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    fault: Fault,
) -> None:
    """What is known of the retention stays, and so does the issue; of a new camera nothing is known."""
    registry = ir.async_get(hass)
    issues = {key for key in registry.issues if "no_cloud_storage" in key[1]}
    assert len(issues) == 1
    assert retentions(loaded) == {7: 5, 0: 1}
    fault.action = "QueryDeviceRecordLifeCycle"
    cloud.faults.append(fault)
    await refresh(hass, clock, 2)
    assert retentions(loaded) == {7: 5, 0: 1}
    assert issues <= registry.issues.keys()
    if fault.kind != "patch" or not fault.patch["Data"]:
        cloud.world.add_device(next(iter(cloud.world.products.values())))
        await refresh(hass, clock, 2)
        assert retentions(loaded) == {7: 5, 0: 1, None: 1}


async def test_renamed_in_the_cloud(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """A new nickname is the device's name with the next list; a name of the user's own stays."""
    registry = dr.async_get(hass)

    def device(nickname: str) -> dr.DeviceEntry:
        found = registry.async_get_device_by_identifier(
            ("linkvisual", cameras[nickname].iot_id), loaded.entry_id
        )
        assert found is not None
        return found

    registry.async_update_device(device("Garage").id, name_by_user="Carport")
    cameras["Front door"].nickname = "Main entrance"
    cameras["Garage"].nickname = "Shed"
    await refresh(hass, clock)
    assert device("Front door").name == "Main entrance"
    assert device("Garage").name_by_user == "Carport"
    state = hass.states.get("camera.front_door")
    assert state is not None
    assert state.name == "Main entrance"
    state = hass.states.get("camera.garage")
    assert state is not None
    assert state.name == "Carport"


async def test_firmware_update(
    hass: HomeAssistant,
    clock: Clock,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """A firmware update is seen within a day, at the price of two calls a day."""
    front_door = cameras["Front door"]
    front_door.firmware = "V9"
    cloud.calls.clear()
    for _ in range(25):
        await clock.run(3600, step=600)
    device = dr.async_get(hass).async_get_device_by_identifier(
        ("linkvisual", front_door.iot_id), loaded.entry_id
    )
    assert device is not None
    assert device.sw_version == "V9"
    assert len(cloud.calls_of("BatchQueryDeviceDetail")) <= 4


async def test_firmware_of_many(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """The set-up does not wait for the firmware of hundreds of cameras: the next lists bring it, each once."""
    product = cloud.world.add_product("Many", "Camera", video=True)
    for _ in range(320):
        cloud.world.add_device(product)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert len(cloud.calls_of("BatchQueryDeviceDetail")) == 2
    await clock.run(1200, step=60)
    assert len(cloud.calls_of("BatchQueryDeviceDetail")) == 2 + 4
    assert {
        device.sw_version
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
    } == {"V1.2.0"}


async def test_firmware_is_kept(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cloud: Cloud,
    cameras: dict[str, Device],
) -> None:
    """A device keeps its firmware version where the cloud does not tell one after a start."""
    cloud.faults.append(
        Fault("service", "BatchQueryDeviceDetail", None, code="403", message="refused")
    )
    assert await hass.config_entries.async_reload(loaded.entry_id)
    device = dr.async_get(hass).async_get_device_by_identifier(
        ("linkvisual", cameras["Front door"].iot_id), loaded.entry_id
    )
    assert device is not None
    assert device.sw_version == "V1.2.0"


@pytest.mark.parametrize("answer", ["refused", "none"])
async def test_odd_device_of_a_self_made_product(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    entry: MockConfigEntry,
    answer: str,
) -> None:
    """Where the first device does not tell of the video service, another does."""
    product = cloud.world.add_product("Yard camera", None, video=True)
    cloud.world.add_device(product, nickname="Yard")
    cloud.world.add_device(product, nickname="New", status="UNACTIVE")
    fault = Fault("patch", "QueryDeviceRecordLifeCycle", patch={"Data": []})
    if answer == "refused":
        fault.kind, fault.code = "service", "403"
        fault.message = "device status is initial"
    cloud.faults.append(fault)
    await set_up(hass, entry)
    assert hass.states.is_state("camera.yard", "idle")
    # The device that is online is asked first.
    yard = next(row for row in cloud.world.devices.values() if row.nickname == "Yard")
    first = cloud.calls_of("QueryDeviceRecordLifeCycle")[0]
    assert first.params["DeviceList"] == [yard.iot_id]


async def test_product_gets_video(
    hass: HomeAssistant, clock: Clock, cloud: Cloud, entry: MockConfigEntry
) -> None:
    """A product that had no video is asked again, seldom."""
    product = cloud.world.add_product("Yard camera", None, video=False)
    cloud.world.add_device(product, nickname="Yard")
    await set_up(hass, entry)
    assert hass.states.get("camera.yard") is None
    product.video = True
    for _ in range(25):
        await clock.run(3600, step=600)
    assert hass.states.is_state("camera.yard", "idle")


async def test_devices_do_not_tell(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """After a restart, known cameras stay while none of their product tells of the video service."""
    await hass.config_entries.async_unload(loaded.entry_id)
    cloud.faults.append(
        Fault("patch", "QueryDeviceRecordLifeCycle", None, patch={"Data": []})
    )
    await hass.config_entries.async_setup(loaded.entry_id)
    await refresh(hass, clock, 3)
    registry = dr.async_get(hass)
    assert len(dr.async_entries_for_config_entry(registry, loaded.entry_id)) == 6
    cloud.faults.clear()
    await clock.run(3600, step=300)
    assert hass.states.is_state("camera.garage", "idle")


async def test_two_lists_at_once(
    hass: HomeAssistant,
    clock: Clock,
    cloud: Cloud,
    loaded: MockConfigEntry,
    cameras: dict[str, Device],
) -> None:
    """Two lists within seconds do not prove that a camera is gone."""
    away = cloud.world.devices.pop(cameras["Front door"].iot_id)
    coordinator = loaded.runtime_data.coordinator
    await coordinator.async_list_now()
    await clock.tick(5)
    await coordinator.async_list_now()
    await hass.async_block_till_done()
    assert hass.states.is_state("camera.front_door", "unavailable")
    cloud.world.devices[away.iot_id] = away
    await refresh(hass, clock)
    assert hass.states.is_state("camera.front_door", "idle")
