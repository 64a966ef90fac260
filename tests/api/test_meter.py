"""What calls cost, as the client counts them."""

from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.linkvisual.api.client import LinkVisualClient
from custom_components.linkvisual.api.errors import LinkVisualError, NoReplyError
from tests.emulator.cloud import Cloud
from tests.emulator.faults import Fault


async def test_attempts(
    client: LinkVisualClient, freezer: FrozenDateTimeFactory
) -> None:
    """Calls count in the hour in which they were made."""
    meter = client.meter
    assert meter.median_latency is None
    for _ in range(2):
        await client.get_caller_identity()
    assert meter.attempts == meter.attempts_last_hour == 2
    assert meter.by_action == {"GetCallerIdentity": 2}
    freezer.tick(1800)
    await client.get_caller_identity()
    assert meter.attempts_last_hour == 3
    freezer.tick(1900)
    assert meter.attempts_last_hour == 1
    assert meter.attempts == 3
    assert meter.median_latency is not None


async def test_failures(client: LinkVisualClient, cloud: Cloud) -> None:
    """Failures are told by the cloud's code, or by their kind; a success by its time."""
    meter = client.meter
    cloud.faults += [
        Fault("gateway", status=503, code="ServiceUnavailable"),
        Fault("cut", times=3),
    ]
    with pytest.raises(LinkVisualError):
        await client.get_caller_identity()
    assert {name: failure.count for name, failure in meter.failures.items()} == {
        "ServiceUnavailable": 1,
        "NoReplyError": 2,
    }
    assert meter.attempts == 3
    assert isinstance(meter.last_error, NoReplyError)
    assert meter.last_success_at is None
    cloud.faults.clear()
    await client.get_caller_identity()
    assert meter.last_success_at is not None


@pytest.mark.parametrize(
    ("offset", "known"), [(0, 0), (2, 0), (-2, 0), (600, 600), (-7200, -7200)]
)
async def test_time(
    client: LinkVisualClient, cloud: Cloud, offset: float, known: float
) -> None:
    """The time is ours until the cloud has answered; then the cloud's, if that differs by more than seconds."""
    cloud.clock_offset = offset
    assert abs(client.now() - datetime.now(UTC)) < timedelta(seconds=1)
    await client.get_caller_identity()
    ahead = client.now() - datetime.now(UTC)
    assert abs(ahead - timedelta(seconds=known)) < timedelta(seconds=1.5)
