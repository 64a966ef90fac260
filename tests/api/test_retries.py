"""Which failed call is tried again: the table of signing.md section 10, row by row, counted by the cloud."""

from collections.abc import Awaitable, Callable
from functools import partial
import logging
import time

import aiohttp
import pytest

from custom_components.linkvisual.api import errors, transport
from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.media_models import StreamType
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault

type Call = Callable[[LinkVisualClient, str], Awaitable[object]]


async def _read(client: LinkVisualClient, iot_id: str) -> object:
    return await client.query_record_by_record_id(iot_id, "0" * 32)


async def _stop(client: LinkVisualClient, iot_id: str) -> None:
    await client.stop_triggered_record(iot_id, "0" * 32)


async def _trigger(client: LinkVisualClient, iot_id: str) -> object:
    return await client.trigger_record(
        iot_id, record_duration=60, pre_record_duration=0, stream_type=StreamType.MAIN
    )


ACTIONS: dict[Call, str] = {
    _read: "QueryRecordByRecordId",
    _stop: "StopTriggeredRecord",
    _trigger: "TriggerRecord",
}

CUT_BEFORE = partial(Fault, "cut")
CUT_AFTER = partial(Fault, "cut", after=True)
THROTTLED = partial(Fault, "gateway", code="Throttling.User")
UNAVAILABLE = partial(Fault, "gateway", status=503, code="ServiceUnavailable")
BAD_GATEWAY = partial(Fault, "body", status=502)
TOO_MANY = partial(Fault, "body", status=429)
INTERNAL = partial(Fault, "gateway", status=500, code="InternalError")
SYSTEM = partial(Fault, "service", code="iot.system.SystemException")
NONCE_USED = partial(Fault, "gateway", code="SignatureNonceUsed")
REFUSED = partial(Fault, "service", code="460", message="InvalidParameter")
FORBIDDEN = partial(Fault, "gateway", status=403, code="Forbidden.RAM")
HTML = partial(Fault, "body", status=200)
TRUNCATED = partial(Fault, "truncate")

UNKNOWN = errors.OutcomeUnknownError


@pytest.mark.parametrize(
    ("fault", "call", "attempts", "error"),
    [
        (CUT_BEFORE, _read, 3, errors.NoReplyError),
        (CUT_BEFORE, _stop, 1, UNKNOWN),
        (CUT_BEFORE, _trigger, 1, UNKNOWN),
        (CUT_AFTER, _read, 3, errors.NoReplyError),
        (CUT_AFTER, _stop, 1, UNKNOWN),
        (CUT_AFTER, _trigger, 1, UNKNOWN),
        (THROTTLED, _read, 3, errors.ThrottledError),
        (THROTTLED, _stop, 3, errors.ThrottledError),
        (THROTTLED, _trigger, 3, errors.ThrottledError),
        (TOO_MANY, _trigger, 3, errors.ThrottledError),
        (UNAVAILABLE, _read, 3, errors.ServiceUnavailableError),
        (UNAVAILABLE, _stop, 3, UNKNOWN),
        (UNAVAILABLE, _trigger, 1, UNKNOWN),
        (BAD_GATEWAY, _read, 3, errors.ServiceUnavailableError),
        (BAD_GATEWAY, _trigger, 1, UNKNOWN),
        (INTERNAL, _read, 2, errors.InternalServiceError),
        (INTERNAL, _stop, 1, UNKNOWN),
        (INTERNAL, _trigger, 1, UNKNOWN),
        (SYSTEM, _read, 2, errors.InternalServiceError),
        (SYSTEM, _trigger, 1, UNKNOWN),
        (NONCE_USED, _read, 2, errors.NonceUsedError),
        (NONCE_USED, _trigger, 2, UNKNOWN),
        (REFUSED, _read, 1, errors.InvalidRequestError),
        (REFUSED, _trigger, 1, errors.InvalidRequestError),
        (FORBIDDEN, _read, 1, errors.PermissionDeniedError),
        (FORBIDDEN, _trigger, 1, errors.PermissionDeniedError),
        (HTML, _read, 1, errors.UnreadableReplyError),
        (HTML, _trigger, 1, UNKNOWN),
        (TRUNCATED, _read, 1, errors.UnreadableReplyError),
        (TRUNCATED, _stop, 1, UNKNOWN),
        (TRUNCATED, _trigger, 1, UNKNOWN),
    ],
)
async def test_attempts(
    cloud: Cloud,
    client: LinkVisualClient,
    fault: partial[Fault],
    call: Call,
    attempts: int,
    error: type[errors.LinkVisualError],
) -> None:
    """A failure that stays is tried so many times, then told as such an error."""
    cloud.faults.append(fault(times=None))
    with pytest.raises(error) as caught:
        await call(client, next(iter(cloud.world.devices)))
    assert type(caught.value) is error
    assert len(cloud.calls_of(ACTIONS[call])) == attempts


@pytest.mark.parametrize("fault", [THROTTLED, TOO_MANY, NONCE_USED])
async def test_trigger_is_repeated_when_it_was_refused(
    cloud: Cloud, client: LinkVisualClient, fault: partial[Fault]
) -> None:
    """What was refused before it ran is asked for again, and recorded once."""
    camera = next(iter(cloud.world.devices.values()))
    cloud.faults.append(fault())
    await _trigger(client, camera.iot_id)
    assert len(cloud.calls_of("TriggerRecord")) == 2
    assert len(camera.records) == 1


async def test_nonce_used_after_an_attempt(
    cloud: Cloud, client: LinkVisualClient
) -> None:
    """If an earlier attempt was sent, a used nonce says that one of them arrived: no more triggers."""
    cloud.faults += [
        THROTTLED(),
        NONCE_USED(),
    ]
    with pytest.raises(UNKNOWN):
        await _trigger(client, next(iter(cloud.world.devices)))
    assert len(cloud.calls_of("TriggerRecord")) == 2


async def test_mixed_failures_count_together(
    cloud: Cloud, client: LinkVisualClient
) -> None:
    """Three attempts are all, whatever stopped them; the last failure is told."""
    cloud.faults += [
        THROTTLED(),
        CUT_BEFORE(),
        UNAVAILABLE(),
    ]
    with pytest.raises(errors.ServiceUnavailableError):
        await _read(client, next(iter(cloud.world.devices)))
    assert len(cloud.calls) == 3


async def test_every_attempt_is_new(cloud: Cloud, client: LinkVisualClient) -> None:
    """Each attempt has a nonce of its own: the cloud refuses none as seen before."""
    cloud.faults.append(UNAVAILABLE(times=2))
    await _read(client, next(iter(cloud.world.devices)))
    assert len(cloud.nonces) == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"x-acs-retry-after": "300"},
        {"x-ratelimit-user-api": "Limit:1,Remain:0,TimeLeft:300,Reset:1234"},
    ],
)
async def test_hint_is_obeyed(
    cloud: Cloud, client: LinkVisualClient, headers: dict[str, str]
) -> None:
    """The cloud says when to come back, in milliseconds; in the older header, too."""
    cloud.faults.append(THROTTLED(headers=headers))
    begin = time.monotonic()
    await _read(client, next(iter(cloud.world.devices)))
    assert time.monotonic() - begin >= 0.3


async def test_hint_alone_means_throttled(
    cloud: Cloud, client: LinkVisualClient
) -> None:
    """A refusal with the hint is one for now, whatever its code says."""
    cloud.faults.append(
        Fault("gateway", code="SomethingNew", headers={"x-acs-retry-after": "10"})
    )
    await _trigger(client, next(iter(cloud.world.devices)))
    assert len(cloud.calls) == 2


async def test_long_hint_is_told(cloud: Cloud, client: LinkVisualClient) -> None:
    """A hint beyond the deadline of the call is given to the caller at once."""
    cloud.faults.append(THROTTLED(headers={"x-acs-retry-after": "120000"}))
    with pytest.raises(errors.ThrottledError) as caught:
        await _read(client, next(iter(cloud.world.devices)))
    assert caught.value.retry_after == 120
    assert len(cloud.calls) == 1


async def test_odd_hint(cloud: Cloud, client: LinkVisualClient) -> None:
    """A hint that is no number is none."""
    cloud.faults.append(THROTTLED(headers={"x-acs-retry-after": "soon"}))
    assert await _read(client, next(iter(cloud.world.devices))) == []


async def test_no_answer_in_time(
    cloud: Cloud, client: LinkVisualClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stalled call ends, and a trigger that stalls is not sent again: it was carried out."""
    monkeypatch.setattr(transport, "ATTEMPT_TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    camera = next(iter(cloud.world.devices.values()))
    cloud.faults.append(Fault("delay", seconds=1))
    with pytest.raises(UNKNOWN):
        await _trigger(client, camera.iot_id)
    assert len(camera.records) == 1
    cloud.faults.append(Fault("delay", seconds=1))
    assert await _read(client, camera.iot_id) == []


async def test_clock(
    cloud: Cloud, client: LinkVisualClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong clock is set right by the cloud's Date, once, for all calls to come; also when it changes again."""
    iot_id = next(iter(cloud.world.devices))
    for offset in (-3600, 7200):
        cloud.clock_offset = offset
        cloud.calls.clear()
        await _trigger(client, iot_id)
        await _read(client, iot_id)
        assert [call.code for call in cloud.calls] == [
            "InvalidTimeStamp.Expired",
            "200",
            "200",
        ]


async def test_clock_of_many_calls(cloud: Cloud, client: LinkVisualClient) -> None:
    """Calls that were under way together all recover."""
    import asyncio

    cloud.clock_offset = 3600
    iot_id = next(iter(cloud.world.devices))
    assert (
        await asyncio.gather(*(_read(client, iot_id) for _ in range(10))) == [[]] * 10
    )


@pytest.mark.parametrize("date", ["", "soon", None])
async def test_clock_without_a_date(
    cloud: Cloud, client: LinkVisualClient, date: str | None
) -> None:
    """Nothing is learnt from a reply without a date, or whose date is our own; then trying again is no use."""
    fault = Fault("gateway", code="InvalidTimeStamp.Expired", times=None)
    if date is not None:
        fault.headers = {"Date": date}
    cloud.faults.append(fault)
    with pytest.raises(errors.ClockSkewError):
        await _trigger(client, next(iter(cloud.world.devices)))
    assert len(cloud.calls) == 1


async def test_log_has_no_secrets(
    cloud: Cloud, client: LinkVisualClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The debug log tells operations, statuses and times; no key, signature, nonce or address."""
    caplog.set_level(logging.DEBUG, "custom_components.linkvisual")
    cloud.keys[cloud.access_key_id].access_key_secret = "another"
    with pytest.raises(errors.AuthenticationError):
        await _trigger(client, next(iter(cloud.world.devices)))
    own = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.linkvisual")
    ]
    assert [text.partition(" in ")[0] for text in own] == ["TriggerRecord: HTTP 400"]
