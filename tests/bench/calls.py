"""What a signed call costs, beside the same bytes sent by hand and beside the official async SDK.

The server's time would hide the client's: it gives a fixed reply, and verifies nothing.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
import cProfile
from dataclasses import dataclass, field, replace
import os
from pathlib import Path
import ssl
from statistics import median
from tempfile import NamedTemporaryFile
import time
from types import CodeType
from typing import Any

from alibabacloud_linkvisual20180120.client import Client as OfficialClient
from alibabacloud_linkvisual20180120.models import TriggerRecordRequest
from alibabacloud_tea_openapi.models import Config
from yarl import URL

from custom_components.linkvisual.api.calls_records import _TRIGGER_RECORD
from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.media_models import StreamType
from custom_components.linkvisual.api.pacing import Pacing
from custom_components.linkvisual.api.regions import DEFAULT_REGION
from custom_components.linkvisual.api.signing import canonical_query, flatten
from tests.emulator.cloud import DEFAULT_ACCESS_KEY_SECRET

from .figures import Figure, teller
from .processes import Served, run_server

# Number of functions that a profile names.
_PROFILED = 8

type Call = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Contestant:
    """A way to call. `prepare` is done before a round, unmeasured."""

    call: Call
    times: int
    prepare: Callable[[int], None] = lambda times: None
    wall: list[float] = field(default_factory=list)  # medians of rounds, seconds
    cpu: list[float] = field(default_factory=list)

    async def run(self) -> None:
        """Do one round."""
        self.prepare(self.times)
        took = []
        used = time.process_time()
        for _ in range(self.times):
            begun = time.perf_counter()
            await self.call()
            took.append(time.perf_counter() - begun)
        self.cpu.append((time.process_time() - used) / self.times)
        self.wall.append(median(took))


def _own_client(cloud: Served) -> LinkVisualClient:
    # Calls are paced for the cloud's sake; to wait for it would measure nothing.
    pacing = Pacing()
    pacing.pacer("TriggerRecord", 10**6)
    return LinkVisualClient(
        cloud.session,
        cloud.told["access_key_id"],
        DEFAULT_ACCESS_KEY_SECRET,
        DEFAULT_REGION,
        cloud.told["iot_instance_id"],
        cloud.told["endpoint"],
        pacing,
    )


def _own_call(client: LinkVisualClient, iot_id: str) -> Call:
    return lambda: client.trigger_record(
        iot_id, record_duration=60, pre_record_duration=0, stream_type=StreamType.MAIN
    )


class Plain:
    """Sends what the own client would send, signed beforehand: each request has a nonce, and is good once."""

    def __init__(self, cloud: Served, client: LinkVisualClient, iot_id: str) -> None:
        self._session = cloud.session
        self._transport = client._transport
        params = {
            "IotInstanceId": cloud.told["iot_instance_id"],
            "IotId": iot_id,
            "RecordDuration": 60,
            "PreRecordDuration": 0,
            "StreamType": 0,
        }
        endpoint = URL(cloud.told["endpoint"])
        self._host = endpoint.host_port_subcomponent or ""
        self._query = canonical_query(flatten(params))
        self._url = URL(f"{endpoint.origin()}/?{self._query}", encoded=True)
        self._signed: Iterator[dict[str, str]] = iter(())

    def prepare(self, times: int) -> None:
        """Sign so many requests."""
        sign = self._transport._headers
        self._signed = iter(
            [sign(_TRIGGER_RECORD, self._host, self._query) for _ in range(times)]
        )

    async def call(self) -> object:
        """Send one of them, and read the reply."""
        async with self._session.post(
            self._url,
            headers=next(self._signed),
            skip_auto_headers=("Content-Type",),
            allow_redirects=False,
        ) as response:
            return await response.json()


def _official_call(cloud: Served, iot_id: str) -> Call:
    endpoint = URL(cloud.told["endpoint"])
    settings: dict[str, Any] = {
        "access_key_id": cloud.told["access_key_id"],
        "access_key_secret": DEFAULT_ACCESS_KEY_SECRET,
        "endpoint": endpoint.authority,
        "protocol": endpoint.scheme,
    }
    client = OfficialClient(Config(**settings))
    request = TriggerRecordRequest(
        iot_id=iot_id,
        record_duration=60,
        pre_record_duration=0,
        stream_type=0,
        iot_instance_id=cloud.told["iot_instance_id"],
    )
    return lambda: client.trigger_record_async(request)


@contextmanager
def _trusted(certificate: str) -> Iterator[None]:
    """Add a certificate to those that the machine trusts.

    The SDK's own option for it would not do: with it, it leaves out the certificates that it loads otherwise.
    """
    machine = ssl.get_default_verify_paths().cafile
    before = os.environ.get("SSL_CERT_FILE")
    with NamedTemporaryFile("w", suffix=".pem") as bundle:
        for path in filter(None, (machine, certificate)):
            bundle.write(Path(path).read_text(encoding="utf-8"))
        bundle.flush()
        os.environ["SSL_CERT_FILE"] = bundle.name
        try:
            yield
        finally:
            del os.environ["SSL_CERT_FILE"]
            if before is not None:
                os.environ["SSL_CERT_FILE"] = before


def _ratio(above: list[float], below: list[float]) -> float:
    """Return the median of what each round says: rounds are neighbours in time."""
    return median(a / b for a, b in zip(above, below, strict=True))


async def _profile(call: Call, times: int) -> tuple[str, ...]:
    """Return the functions of this integration that take the most time of a call, by what they do themselves."""
    profiler = cProfile.Profile()
    with profiler:
        for _ in range(times):
            await call()
    entries = sorted(profiler.getstats(), key=lambda entry: -entry.inlinetime)
    microseconds = 1e6 / times
    lines = [
        f"{entry.inlinetime * microseconds:6.1f} {entry.totaltime * microseconds:6.1f} µs"
        f"  {entry.code.co_qualname}"
        for entry in entries
        if isinstance(entry.code, CodeType)
        and "custom_components" in entry.code.co_filename
    ]
    total = sum(entry.inlinetime for entry in entries) * microseconds
    heading = f"of {total:.0f} µs, profiled; itself, with what it calls"
    return heading, *lines[:_PROFILED]


async def measure(scheme: str, quick: bool) -> list[Figure]:
    """Call by turns."""
    times, rounds = (10, 2) if quick else (200, 21)
    async with run_server("tests.bench.fixed", scheme) as cloud:
        with _trusted(cloud.told["certificate"]):
            return await _measure(cloud, times, rounds)


async def _measure(cloud: Served, times: int, rounds: int) -> list[Figure]:
    iot_id = cloud.told["cameras"][0]["iot_id"]
    client = _own_client(cloud)
    by_hand = Plain(cloud, client, iot_id)
    own = Contestant(_own_call(client, iot_id), times)
    plain = Contestant(by_hand.call, times, by_hand.prepare)
    official = Contestant(_official_call(cloud, iot_id), max(2, times // 10))
    contestants = [own, plain, official]
    for each in contestants:
        await each.run()
        each.wall.clear()
        each.cpu.clear()
    before = (await cloud.take())["connections"]
    own_connections = 0
    for _ in range(rounds):
        for each in contestants:
            await each.run()
            now = (await cloud.take())["connections"]
            own_connections += now - before if each is own else 0
            before = now
        contestants.reverse()
    figures = _tell(
        cloud.scheme, own, plain, official, own_connections / (times * rounds)
    )
    why = await _profile(own.call, times)
    return [
        replace(figure, profile=why) if "own" in figure.name else figure
        for figure in figures
    ]


def _tell(
    scheme: str,
    own: Contestant,
    plain: Contestant,
    official: Contestant,
    connections: float,
) -> list[Figure]:
    tell = teller("calls", scheme)
    return [
        tell("own call", median(own.wall) * 1e3, "ms"),
        tell("plain aiohttp", median(plain.wall) * 1e3, "ms"),
        tell("official SDK", median(official.wall) * 1e3, "ms"),
        tell("own call, CPU", median(own.cpu) * 1e3, "ms"),
        tell("plain aiohttp, CPU", median(plain.cpu) * 1e3, "ms"),
        tell("official SDK, CPU", median(official.cpu) * 1e3, "ms"),
        tell("own / plain", _ratio(own.wall, plain.wall), "x", goal=1.1),
        tell("own / plain, CPU", _ratio(own.cpu, plain.cpu), "x", goal=1.2),
        tell(
            "SDK / own",
            _ratio(official.wall, own.wall),
            "x",
            goal=3 if scheme == "http" else None,
            at_least=True,
        ),
        tell(
            "SDK / own, CPU",
            _ratio(official.cpu, own.cpu),
            "x",
            goal=50 if scheme == "https" else None,
            at_least=True,
        ),
        tell("new connections per call", connections, "", goal=0),
    ]
