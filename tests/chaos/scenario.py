"""One scenario from its seed: a house, its cameras, a stream of triggers, and what goes wrong meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
import tempfile
from typing import Any

from homeassistant.config_entries import ConfigEntryState

from tests.emulator.cloud import Cloud
from tests.emulator.operations import Params
from tests.emulator.services import SERVICES, Fields, Origin

from .clock import PATIENT, Clock
from .faults import REPLY_FAULTS
from .house import ENTRY_ID, Life
from .ledger import Ledger
from .leftovers import leftovers, open_sockets
from .network import Network
from .troubles import TROUBLES, End

KINDS = (*REPLY_FAULTS, *TROUBLES, "mixed")
# Seconds from the last fault to the last end: the longest recording, the cloud's ten minutes, and some.
_RECOVERY = 1200.0
# After this long in peace a trigger works again.
_HEALTHY_AFTER = 420.0


@dataclass
class Scenario:
    """Everything that a scenario consists of."""

    seed: int
    kind: str
    random: Random
    clock: Clock
    cloud: Cloud
    network: Network
    ledger: Ledger
    folder: Path
    options: dict[str, Any]
    life: Life = field(init=False)
    lives: int = 0
    throttling_pages: bool = False
    durations: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self.durations = iter(self.random.sample(range(10, 95), 60))

    @property
    def cameras(self) -> list[str]:
        """The IotIds of all cameras."""
        return [
            device.iot_id
            for device in self.cloud.world.devices.values()
            if device.product.video
        ]

    async def begin_life(self) -> None:
        """Start Home Assistant on what the last one left."""
        self.lives += 1
        self.life = await Life.begin(
            self.folder,
            self.clock,
            self.ledger,
            self.network.entry_data,
            self.options,
        )

    async def kill(self) -> None:
        """Kill Home Assistant, and start it again."""
        self.folder = self.folder.parent / f"life-{self.lives + 1}"
        await self.life.kill(self.folder)
        await self.begin_life()

    async def restart(self) -> None:
        """Stop Home Assistant as a person does, and start it again."""
        await self.life.stop()
        self.ledger.stopped()
        await self.begin_life()

    async def run(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass."""
        await self.clock.run(self.life.hass, seconds, step)

    def trigger(self) -> None:
        """Ask for one recording or some, in one of the ways there are."""
        random = self.random
        cameras = self.cameras
        several = random.random() < 0.3
        chosen = random.sample(
            cameras, random.randint(1, len(cameras)) if several else 1
        )
        more: dict[str, Any] = {"reply": random.random() < 0.8}
        way = random.random()
        if way < 0.2:
            more["wait_for_file"] = True
        elif way < 0.3:
            more["skip_if_recording"] = True
        if random.random() < 0.3:
            more["pre_record_duration"] = random.randint(1, 9)
        if random.random() < 0.3:
            more["stream_type"] = "sub"
        self.life.ask(chosen, next(self.durations), **more)


async def _under_fire(scenario: Scenario) -> None:
    """Trigger while things go wrong."""
    random = scenario.random
    kinds = [scenario.kind]
    if scenario.kind == "mixed":
        kinds = random.sample(KINDS[:-1], 3)
    for _ in range(random.randint(2, 4)):
        if random.random() < 0.5:
            scenario.trigger()
            await scenario.run(random.choice((0.0, 0.001, 0.5, 3.0, 15.0)))
        end = await _begin(scenario, random.choice(kinds))
        for _ in range(random.randint(1, 3)):
            scenario.trigger()
            if random.random() < 0.15:
                await scenario.life.stop_recording(random.choice(scenario.cameras))
            await scenario.run(random.choice((0.0, 0.2, 1.0, 6.0, 20.0, 60.0)))
        if end is not None and (outcome := end()) is not None:
            await outcome
        await scenario.run(random.choice((0.0, 1.0, 10.0, 70.0)), 2)


async def _begin(scenario: Scenario, kind: str) -> End:
    """Let something go wrong; return how to end it."""
    if kind in TROUBLES:
        return await TROUBLES[kind](scenario)
    faults = REPLY_FAULTS[kind](scenario.random)
    scenario.cloud.faults += faults
    scenario.throttling_pages |= any(
        fault.kind == "body" and fault.status == 429 for fault in faults
    )
    return scenario.cloud.faults.clear


async def _recover(scenario: Scenario) -> None:
    """Wait until all has ended, and see that everything works as before, without a hand."""
    ledger, life = scenario.ledger, scenario.life
    scenario.clock.patience = PATIENT
    passed, longest = 0.0, _RECOVERY + scenario.clock.worst
    while passed < longest:
        step = 5.0 if passed < 60 else 15.0
        await scenario.run(step, step)
        passed += step
        if life.entry.state is ConfigEntryState.SETUP_ERROR and passed > 60:
            ledger.hands += 1
            await _enter_key_again(scenario)
        if life.entry.state is not ConfigEntryState.LOADED:
            continue
        if not ledger.open() and not life.stored():
            break
    await scenario.run(max(0, _HEALTHY_AFTER - passed), 15)
    for iot_id in scenario.cameras:
        if scenario.cloud.world.devices[iot_id].status == "ONLINE":
            life.ask([iot_id], next(scenario.durations), wait_for_file=True)
            break
    await scenario.run(200, 5)
    last = ledger.asks[-1]
    if last.answer != "ready":
        ledger.problems.append(f"after it all a trigger is answered {last.answer}")
    if life.hass.config_entries.flow.async_progress():
        ledger.problems.append("somebody is asked for something after it all")
    if stored := life.stored():
        ledger.problems.append(f"{len(stored)} recordings are followed after it all")


async def _enter_key_again(scenario: Scenario) -> None:
    """Answer the question for the key: it was refused while Home Assistant started."""
    flows = scenario.life.hass.config_entries.flow
    (flow,) = flows.async_progress()
    await scenario.clock.during(
        scenario.life.hass,
        flows.async_configure(
            flow["flow_id"],
            {
                "access_key_id": scenario.cloud.access_key_id,
                "access_key_secret": scenario.cloud.access_key_secret,
            },
        ),
    )


@contextmanager
def _witnessed(ledger: Ledger) -> Iterator[None]:
    """Write down each TriggerRecord that the cloud carries out."""
    carry_out = SERVICES["TriggerRecord"]

    def witness(cloud: Cloud, params: Params, origin: Origin) -> Fields:
        fields = carry_out(cloud, params, origin)
        key = str(params["IotId"]), int(str(params["RecordDuration"]))
        ledger.ran[key].append(fields["Data"])
        return fields

    SERVICES["TriggerRecord"] = witness
    try:
        yield
    finally:
        SERVICES["TriggerRecord"] = carry_out


def _random_cloud(random: Random, clock: Clock) -> Cloud:
    cloud = Cloud(cameras=random.randint(2, 6), seed=random.getrandbits(32))
    cloud.clock = clock.true_time
    guesses = cloud.inferred
    guesses.upload_delay = random.choice((0.5, 6.0, 20.0, 90.0))
    guesses.unknown_record_is_empty = random.random() < 0.5
    guesses.refuse_without_storage = random.random() < 0.5
    guesses.text_time_zone = random.choice((0, 8))
    guesses.record_order = random.choice(("ascending", "descending", "shuffled"))
    guesses.newer_errors_by_http = random.random() < 0.5
    return cloud


@asynccontextmanager
async def _house(seed: int, clock: Clock) -> AsyncIterator[Scenario]:
    random = Random(seed)
    kind = KINDS[seed % len(KINDS)]
    ledger = Ledger()
    cloud = _random_cloud(random, clock)
    options = {"poll_alarms": random.random() < 0.3}
    with tempfile.TemporaryDirectory() as folder, _witnessed(ledger):
        async with Network(cloud) as network:
            life = Path(folder) / "life-1"
            life.mkdir()
            yield Scenario(
                seed, kind, random, clock, cloud, network, ledger, life, options
            )


async def play(seed: int, clock: Clock) -> Scenario:
    """Play a scenario; its ledger says what did not hold."""
    sockets = open_sockets()
    async with _house(seed, clock) as scenario:
        ledger = scenario.ledger
        await scenario.begin_life()
        await _under_fire(scenario)
        await _recover(scenario)
        hass = scenario.life.hass
        await scenario.clock.during(hass, hass.config_entries.async_unload(ENTRY_ID))
        ledger.problems += [f"left after unloading: {each}" for each in leftovers()]
        await scenario.life.stop()
        for call in scenario.cloud.calls_of("TriggerRecord"):
            key = call.params.get("IotId"), call.params.get("RecordDuration")
            if key[0] and key[1]:
                # A page with the status 429 says that nothing was let through.
                throttled = scenario.throttling_pages and call.code == "fault"
                code = "harmless" if throttled else call.code
                ledger.attempts[str(key[0]), int(str(key[1]))].append(code)
        ledger.judge()
    await asyncio.sleep(0.01)
    if (left := open_sockets() - sockets) > 0:
        ledger.problems.append(f"{left} sockets are left")
    return scenario
