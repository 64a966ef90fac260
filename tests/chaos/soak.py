"""Many simulated days of an ordinary house: memory, stores, tasks and sockets must stay as they are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
import gc
from pathlib import Path
from random import Random
import sys
import tempfile
import tracemalloc

from homeassistant.exceptions import HomeAssistantError

from tests.emulator.cloud import Cloud
from tests.emulator.things import set_status
from tests.emulator.world import Device

from .alarm_ledger import AlarmLedger
from .clock import Clock
from .faults import REPLY_FAULTS
from .instance import Instance
from .ledger import Ledger
from .leftovers import open_sockets, timers
from .network import Network

CAMERAS = 20
# Each call costs a simulated day some time.
_OPTIONS = {"calls_per_hour": 400}
_HOURS = 24
# Recordings are kept for a week: from then on nothing may grow.
_SETTLED_AFTER = 8
# By which a figure may vary from day to day: a share, and so many.
_MARGIN, _FEW = 0.1, 20
_PACKAGE = "custom_components.linkvisual"
_OURS = tracemalloc.Filter(True, "*/custom_components/linkvisual/*")


@dataclass(frozen=True, slots=True)
class Day:
    """What there is at the end of a day."""

    objects: int
    kilobytes: int  # allocated by the integration's lines
    stored_kilobytes: int
    tasks: int
    timers: int
    sockets: int


class Soak:
    """A house with many cameras, day by day."""

    def __init__(self, cloud: Cloud, clock: Clock, instance: Instance) -> None:
        self._random = Random(1)
        self._cloud = cloud
        self._clock = clock
        self._instance = instance
        self._ledger = instance.ledger
        self._alarms = instance.alarms

    @property
    def _cameras(self) -> list[Device]:
        return [
            each for each in self._cloud.world.devices.values() if each.product.video
        ]

    async def day(self) -> Day:
        """Live through a day; return what there is at its end."""
        for _ in range(_HOURS):
            await self._hour()
        if self._random.random() < 0.3:
            await self._instance.reload()
        await self._clock.run(1800, 60)
        self._ledger.events.clear()
        self._ledger.requests.clear()
        self._alarms.raised.clear()
        self._alarms.told.clear()
        self._alarms.clips.clear()
        return self._measure()

    async def _hour(self) -> None:
        random = self._random
        camera = random.choice(self._cameras)
        if random.random() < 0.1:
            self._cloud.faults += REPLY_FAULTS[random.choice([*REPLY_FAULTS])](random)
        if random.random() < 0.1 and camera.status == "ONLINE":
            set_status(self._cloud, camera, "OFFLINE")
        for _ in range(12):
            online = [each for each in self._cameras if each.status == "ONLINE"]
            iot_ids = [each.iot_id for each in random.sample(online, 2)]
            self._instance.request(iot_ids[:1], random.randint(10, 90))
            self._alarms.raise_some(iot_ids)
            await self._snapshot(iot_ids[1])
            await self._clock.run(300, 60)
        self._cloud.faults.clear()
        if camera.status == "OFFLINE":
            set_status(self._cloud, camera, "ONLINE")

    async def _snapshot(self, iot_id: str) -> None:
        if entity_id := self._instance.entity_id("button", iot_id, "snapshot"):
            press = self._instance.hass.services.async_call(
                "button", "press", {"entity_id": entity_id}, blocking=True
            )
            try:
                await self._clock.during(press)
            except HomeAssistantError:
                return

    def _measure(self) -> Day:
        gc.collect()
        objects = sum(
            str(type(each).__module__).startswith(_PACKAGE) for each in gc.get_objects()
        )
        allocated = tracemalloc.take_snapshot().filter_traces([_OURS]).traces
        storage = (self._instance.folder / ".storage").glob("linkvisual.*")
        return Day(
            objects=objects,
            kilobytes=sum(trace.size for trace in allocated) // 1024,
            stored_kilobytes=sum(path.stat().st_size for path in storage) // 1024,
            tasks=len(asyncio.all_tasks()),
            timers=len([*timers()]),
            sockets=open_sockets(),
        )


@asynccontextmanager
async def _house(clock: Clock) -> AsyncIterator[Soak]:
    cloud = Cloud(cameras=CAMERAS, seed=1)
    cloud.clock = clock.true_time
    alarms = AlarmLedger(cloud, Random(1), is_polled=True)
    alarms.recording |= {*list(cloud.world.devices)[: CAMERAS // 2]}
    with tempfile.TemporaryDirectory() as folder:
        async with Network.serve(cloud) as network:
            instance = await Instance.start(
                Path(folder), clock, Ledger(), alarms, network.entry_data, _OPTIONS
            )
            try:
                yield Soak(cloud, clock, instance)
            finally:
                await instance.stop()


async def soak(days: int) -> bool:
    """Live through some days and print each; return whether nothing grew."""
    clock = Clock()
    tracemalloc.start()
    with clock.installed():
        async with _house(clock) as house:
            results: list[Day] = []
            for number in range(1, days + 1):
                results.append(day := await house.day())
                print(number, asdict(day), flush=True)
    return is_flat(results)


def is_flat(days: list[Day]) -> bool:
    """Return whether no figure of the last days is beyond what the days before had."""
    settled = days[_SETTLED_AFTER:]
    half = len(settled) // 2
    is_good = True
    for name in asdict(days[0]):
        before, after = (
            max((getattr(day, name) for day in part), default=0)
            for part in (settled[:half], settled[half:])
        )
        if after > before * (1 + _MARGIN) + _FEW:
            print(f"{name} grew from {before} to {after}", file=sys.stderr)
            is_good = False
    return is_good
