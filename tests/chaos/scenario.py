"""A scenario made from its seed: a cloud with cameras, a stream of requests, and faults meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
import tempfile
from typing import Any

from homeassistant.config_entries import ConfigEntryState

from tests.emulator import records
from tests.emulator.cloud import Cloud
from tests.emulator.operations import Params
from tests.emulator.services import SERVICES, Fields, Origin

from . import incidents
from .alarm_ledger import AlarmLedger
from .clock import Clock
from .faults import REPLY_FAULTS
from .instance import Instance, stored_recordings
from .ledger import Ledger
from .leftovers import leftovers, open_sockets
from .network import Network
from .push import STEP, check_queues, randomize
from .queue_faults import QUEUE_FAULTS
from .result import NotStarted, starting
from .system_faults import SYSTEM_FAULTS, End

KINDS = (*REPLY_FAULTS, *SYSTEM_FAULTS, "mixed")
# Where files are written to memory, if there is such a place.
_MEMORY = next((path for path in ("/dev/shm",) if Path(path).is_dir()), None)
# Seconds from the last fault to the last event: the longest recording, the cloud's ten minutes, and a margin.
_RECOVERY = 1200.0
# Seconds after which a request works again.
_HEALTHY_AFTER = 420.0
# The share of scenarios with message queues; their safety polls are up to half an hour apart.
_PUSHED = 0.4
_SAFETY = 1800.0
# The share of actions that make their recordings an incident.
_INCIDENTS = 0.3
# Turns of the event loop before the next fault, at most. A call takes about 15.
_TURNS = 20


def kind_of(seed: int) -> str:
    """Return the kind of fault of a scenario."""
    return KINDS[seed % len(KINDS)]


@dataclass
class Scenario:
    """Everything that a scenario consists of."""

    random: Random
    kind: str
    clock: Clock
    cloud: Cloud
    network: Network
    ledger: Ledger
    alarms: AlarmLedger
    folder: Path
    options: dict[str, Any]
    push_random: Random
    incident_random: Random
    instance: Instance = field(init=False)
    starts: int = 0
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

    async def start(self) -> None:
        """Start Home Assistant on what its last run left on disk."""
        self.starts += 1
        self.instance = await Instance.start(
            self.folder,
            self.clock,
            self.ledger,
            self.alarms,
            self.network.entry_data,
            self.options,
        )
        self.alarms.started_at = self.cloud.now()

    async def kill(self) -> None:
        """Kill Home Assistant and start it again."""
        self.folder = self.folder.parent / f"run-{self.starts + 1}"
        await self.instance.kill(self.folder)
        await self.start()

    async def restart(self) -> None:
        """Restart Home Assistant in an orderly way."""
        await self.instance.stop()
        self.ledger.note_stop()
        incidents.note_end(self.ledger, self.folder, was_killed=False)
        await self.start()

    async def run(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass."""
        most = STEP if self.alarms.is_pushed else step
        await self.clock.run(seconds, min(step, most))

    async def pause(self, *choices: float, step: float = 1.0) -> None:
        """Let one of these times pass, chosen at random; often end at a random point of what is happening then."""
        seconds = self.random.choice(choices)
        await self.run(seconds, step)
        if not seconds or self.random.random() < 0.5:
            self.clock.advance(step if seconds else 0)
            for _ in range(self.random.randrange(_TURNS)):
                await asyncio.sleep(0)

    def request(self, duration: int | None = None) -> None:
        """Request one recording or several, with random options of the action."""
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
        if self.incident_random.random() < _INCIDENTS:
            more["incident"] = f"Incident {len(self.ledger.incidents) + 1}"
        self.instance.request(chosen, duration or next(self.durations), **more)
        self.alarms.raise_some(cameras)


async def _under_faults(scenario: Scenario) -> None:
    """Request recordings while faults come and go."""
    random = scenario.random
    kinds = [scenario.kind]
    if scenario.kind == "mixed":
        kinds = random.sample(KINDS[:-1], 3)
    for _ in range(random.randint(2, 4)):
        if random.random() < 0.5:
            scenario.request()
            await scenario.pause(0, 0, 0.5, 3, 15)
        end_queue_fault = await _begin_queue_fault(scenario)
        end = await _begin(scenario, random.choice(kinds))
        for _ in range(random.randint(1, 3)):
            scenario.request()
            if random.random() < 0.15:
                await scenario.instance.stop_recording(random.choice(scenario.cameras))
            await scenario.pause(0, 0.2, 1, 6, 20, 60)
        scenario.alarms.raise_some(scenario.cameras)
        if end is not None and (outcome := end()) is not None:
            await outcome
        if end_queue_fault is not None:
            end_queue_fault()
        await scenario.pause(0, 1, 10, 70, step=2)


async def _begin(scenario: Scenario, kind: str) -> End:
    """Begin a fault; return how to end it."""
    if kind in SYSTEM_FAULTS:
        return await SYSTEM_FAULTS[kind](scenario)
    faults = REPLY_FAULTS[kind](scenario.random)
    scenario.cloud.faults += faults
    is_odd = any(fault.kind == "odd" for fault in faults)
    scenario.alarms.takes_odd_names |= is_odd
    scenario.ledger.takes_odd_names |= is_odd
    scenario.throttling_pages |= any(
        fault.kind == "body" and fault.status == 429 for fault in faults
    )
    return scenario.cloud.faults.clear


async def _begin_queue_fault(scenario: Scenario) -> Callable[[], None] | None:
    """Begin a fault of message queues, where there are some; return how to end it."""
    if not scenario.alarms.is_pushed:
        return None
    name = scenario.push_random.choice([*QUEUE_FAULTS])
    return await QUEUE_FAULTS[name](scenario)


async def _recover(scenario: Scenario) -> None:
    """Wait for the last events; check that everything works again without help."""
    await _let_end(scenario)
    ledger, instance = scenario.ledger, scenario.instance
    if scenario.alarms.is_pushed:
        await check_queues(scenario)
    for iot_id in scenario.cameras:
        if scenario.cloud.world.devices[iot_id].status == "ONLINE":
            instance.request([iot_id], next(scenario.durations), wait_for_file=True)
            break
    await scenario.run(160 + scenario.cloud.inferred.upload_delay, 5)
    last = ledger.requests[-1]
    if last.answer != "ready":
        ledger.problems.append(f"after the faults a request is answered {last.answer}")
    if instance.hass.config_entries.flow.async_progress():
        ledger.problems.append("after the faults the user is still asked for something")
    if stored := instance.stored_recordings():
        ledger.problems.append(
            f"after the faults {len(stored)} recordings are still followed"
        )


async def _let_end(scenario: Scenario) -> None:
    """Let time pass until every recording has ended and the faults' consequences are over."""
    ledger, instance = scenario.ledger, scenario.instance
    passed, longest = 0.0, _RECOVERY + scenario.clock.worst_wall_error
    if scenario.alarms.is_pushed:
        longest += _SAFETY
    longest += max((request.duration for request in ledger.requests), default=0)
    while passed < longest:
        step = 5.0 if passed < 60 else 15.0
        await scenario.run(step, step)
        passed += step
        if instance.entry.state is ConfigEntryState.SETUP_ERROR and passed > 60:
            ledger.reauthentications += 1
            await _reauthenticate(scenario)
        if instance.entry.state is not ConfigEntryState.LOADED:
            continue
        if (
            not ledger.open_requests()
            and not instance.stored_recordings()
            and not scenario.alarms.are_open()
            and not incidents.open_incidents(ledger)
        ):
            break
    await scenario.run(max(0, _HEALTHY_AFTER - passed), 15)


async def _reauthenticate(scenario: Scenario) -> None:
    """Enter the key again, as the user is asked to: it was refused while Home Assistant started."""
    flows = scenario.instance.hass.config_entries.flow
    (flow,) = flows.async_progress()
    await scenario.clock.during(
        flows.async_configure(
            flow["flow_id"],
            {
                "access_key_id": scenario.cloud.access_key_id,
                "access_key_secret": scenario.cloud.access_key_secret,
            },
        ),
    )


@contextmanager
def _noting_recordings(scenario: Scenario) -> Iterator[None]:
    """Note each recording that the cloud begins; a kill at that moment must not lose it."""
    ledger = scenario.ledger
    trigger_record = SERVICES["TriggerRecord"]

    def noting(cloud: Cloud, params: Params, origin: Origin) -> Fields:
        fields = trigger_record(cloud, params, origin)
        key = str(params["IotId"]), int(str(params["RecordDuration"]))
        ledger.recorded[key].append(fields["Data"])
        # While Home Assistant stops, stores keep what is to be written until the end.
        stopping = scenario.instance.hass.is_stopping
        if not stopping and key not in stored_recordings(scenario.folder):
            ledger.problems.append(f"{key} is recorded, but not on disk")
        return fields

    SERVICES["TriggerRecord"] = noting
    try:
        yield
    finally:
        SERVICES["TriggerRecord"] = trigger_record


def _random_cloud(random: Random, clock: Clock) -> Cloud:
    cloud = Cloud(cameras=random.randint(2, 6), seed=random.getrandbits(32))
    cloud.clock = clock.true_time
    guesses = cloud.inferred
    guesses.upload_delay = random.choice((0.5, 6.0, 20.0, 90.0))
    guesses.unknown_record_is_empty = random.random() < 0.5
    guesses.refuse_without_storage = random.random() < 0.5
    guesses.offline_ends_recordings = random.random() < 0.7
    guesses.text_time_zone = random.choice((0, 8))
    guesses.record_order = random.choice(("ascending", "descending", "shuffled"))
    guesses.event_order = random.choice(("ascending", "descending", "shuffled"))
    guesses.newer_errors_by_http = random.random() < 0.5
    return cloud


def _note_attempts(scenario: Scenario) -> None:
    """Note how each call that should begin a recording ended."""
    for call in scenario.cloud.calls_of("TriggerRecord"):
        key = call.params.get("IotId"), call.params.get("RecordDuration")
        if key[0] and key[1]:
            # A page with the status 429 says that nothing was let through.
            throttled = scenario.throttling_pages and call.code == "fault"
            code = "harmless" if throttled else call.code
            scenario.ledger.attempts[str(key[0]), int(str(key[1]))].append(code)


def _note_files(scenario: Scenario) -> None:
    """Note the files that the cloud has in the end."""
    for camera in scenario.cloud.world.devices.values():
        for record in camera.records.values():
            files = records.files(scenario.cloud, camera, record)
            scenario.ledger.files[record.record_id] = [f.file_name for f in files]


@asynccontextmanager
async def _started(seed: int, clock: Clock) -> AsyncIterator[Scenario]:
    """Start a cloud and a Home Assistant. Raises NotStarted."""
    random = Random(seed)
    ledger = Ledger()
    cloud = _random_cloud(random, clock)
    alarms = AlarmLedger(cloud, random, is_polled=random.random() < 0.6)
    # Of its own, so that scenarios without are as they were before there were queues.
    push_random = Random(f"push {seed}")
    alarms.is_pushed = push_random.random() < _PUSHED
    options = {"poll_alarms": alarms.is_polled}
    if alarms.is_pushed:
        options["push"] = True
        randomize(cloud, push_random)
    async with AsyncExitStack() as stack:
        with starting():
            parent = stack.enter_context(tempfile.TemporaryDirectory(dir=_MEMORY))
            network = await stack.enter_async_context(Network.serve(cloud))
            folder = Path(parent, "run-1")
            scenario = Scenario(
                *(random, kind_of(seed), clock, cloud, network, ledger),
                *(alarms, folder, options, push_random, Random(f"incident {seed}")),
            )
            alarms.recording |= {
                iot_id
                for iot_id in scenario.cameras
                if random.random() < 0.5 and cloud.world.devices[iot_id].retention_days
            }
            stack.enter_context(_noting_recordings(scenario))
            await scenario.start()
            alarms.begun_at = cloud.now()
            entry = scenario.instance.entry
            if entry.state is not ConfigEntryState.LOADED:
                await scenario.instance.stop()
                raise NotStarted(f"the account is in {entry.state}: {entry.reason}")
        yield scenario


async def play(seed: int, clock: Clock) -> Scenario:
    """Play a scenario; its ledger has the invariants that were violated. Raises NotStarted."""
    sockets = open_sockets()
    async with _started(seed, clock) as scenario:
        ledger = scenario.ledger
        await _under_faults(scenario)
        await _recover(scenario)
        await scenario.instance.unload()
        ledger.problems += [f"left after unloading: {each}" for each in leftovers()]
        await scenario.instance.stop()
        _note_attempts(scenario)
        _note_files(scenario)
        ledger.check()
        ledger.problems += scenario.alarms.problems()
        ledger.problems += incidents.problems(ledger)
    await clock.step(0)
    if (left := open_sockets() - sockets) > 0:
        ledger.problems.append(f"{left} sockets are left")
    return scenario
