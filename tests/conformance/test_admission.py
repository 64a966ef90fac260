"""Whom the gateway lets in, and what it tells those whom it does not. Both schemes are treated alike."""

import asyncio

import pytest

from tests.emulator.cloud import AccessKey, Cloud

from .raw import SCHEMES, Raw, utc

pytestmark = pytest.mark.parametrize("scheme", SCHEMES)

OTHER = {"acs3": "hmac_sha1", "hmac_sha1": "acs3"}


@pytest.fixture
def now(cloud: Cloud) -> float:
    """Stop the cloud's clock at a whole second, and return the time."""
    now = float(int(cloud.now()))
    cloud.clock = lambda: now
    return now


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_right_key(raw: Raw, scheme: str, method: str) -> None:
    """Both methods lead in."""
    answer = await raw.call(scheme, method=method)
    assert answer.status == 200
    assert answer.json["IdentityType"] == "RAMUser"


async def test_unknown_key(raw: Raw, scheme: str) -> None:
    """A key that the cloud never made."""
    raw.access_key_id = "LTAI5tNobody"
    answer = await raw.call(scheme)
    assert (answer.status, answer.code) == (404, "InvalidAccessKeyId.NotFound")
    assert answer.json["Message"] == "Specified access key is not found."


async def test_disabled_key(raw: Raw, cloud: Cloud, scheme: str) -> None:
    """A key that its owner switched off."""
    cloud.keys[cloud.access_key_id].active = False
    answer = await raw.call(scheme)
    assert (answer.status, answer.code) == (400, "InvalidAccessKeyId.Inactive")


async def test_secret_of_another_key(raw: Raw, cloud: Cloud, scheme: str) -> None:
    """Each key has its own secret."""
    cloud.keys["LTAI5tOther"] = AccessKey("otherSecret")
    raw.access_key_id = "LTAI5tOther"
    assert (await raw.call(scheme)).code == "SignatureDoesNotMatch"
    raw.access_key_secret = "otherSecret"
    assert (await raw.call(scheme)).status == 200


async def test_wrong_secret(raw: Raw, cloud: Cloud, scheme: str) -> None:
    """The message quotes what the cloud signed, but not with what."""
    raw.access_key_secret = "wrong"
    answer = await raw.call(scheme)
    assert (answer.status, answer.code) == (400, "SignatureDoesNotMatch")
    text, _, quoted = answer.json["Message"].partition(" server string to sign is:")
    assert text == "Specified signature is not matched with our calculation."
    assert quoted.startswith(
        "ACS3-HMAC-SHA256\n" if scheme == "acs3" else "POST&%2F&AccessKeyId%3D"
    )
    assert cloud.access_key_secret not in answer.text


async def test_names_are_sorted_by_bytes(raw: Raw, scheme: str) -> None:
    """Capitals come first, the underscore between them and the others."""
    params = dict.fromkeys(("b", "a.10", "a.2", "_", "Z", "B", "A", "é", "~"), "x")
    assert (await raw.call(scheme, params=params)).status == 200


async def test_timestamp_missing(raw: Raw, scheme: str) -> None:
    """A signature without a time would be good for ever."""
    answer = await raw.call(scheme, timestamp=None)
    assert (answer.status, answer.code) == (400, "MissingTimestamp")
    assert answer.json["Message"] == "Timestamp is mandatory for this action."


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "1700000000",
        "2024-02-29T23:59:59",
        "2024-02-29T23:59:59.000Z",
        "2024-02-29T23:59:59+00:00",
        "2024-02-29 23:59:59Z",
        "2024-02-30T00:00:00Z",
        "2024-02-29T25:00:00Z",
    ],
)
async def test_timestamp_ill_formed(raw: Raw, scheme: str, text: str) -> None:
    """Whole seconds of UTC, of a day that exists."""
    answer = await raw.call(scheme, timestamp=text)
    assert (answer.status, answer.code) == (400, "InvalidTimeStamp.Format")


@pytest.mark.parametrize("off", [-901, -900, 900, 901])
async def test_timestamp_window(raw: Raw, now: float, scheme: str, off: int) -> None:
    """A quarter of an hour, either way."""
    answer = await raw.call(scheme, timestamp=utc(now + off))
    if abs(off) <= 900:
        assert answer.status == 200
    else:
        assert (answer.status, answer.code) == (400, "InvalidTimeStamp.Expired")


async def test_expired_tells_the_time(raw: Raw, cloud: Cloud, scheme: str) -> None:
    """A client whose clock is wrong can set it by the refusal."""
    cloud.clock = lambda: 1709251199.0
    answer = await raw.call(scheme)
    assert answer.code == "InvalidTimeStamp.Expired"
    assert answer.headers["Date"] == "Thu, 29 Feb 2024 23:59:59 GMT"


async def test_nonce_missing(raw: Raw, scheme: str) -> None:
    """A signature without a nonce could be replayed."""
    answer = await raw.call(scheme, nonce=None)
    assert (answer.status, answer.code) == (400, "MissingSignatureNonce")


async def test_nonce_used(raw: Raw, scheme: str) -> None:
    """One pool of nonces serves both schemes."""
    assert (await raw.call(scheme, nonce="once")).status == 200
    for again in (scheme, OTHER[scheme]):
        answer = await raw.call(again, nonce="once")
        assert (answer.status, answer.code) == (400, "SignatureNonceUsed")
    assert (await raw.call(scheme, nonce="twice")).status == 200


async def test_nonce_used_at_once(raw: Raw, scheme: str) -> None:
    """Of many that come together one is let in."""
    answers = await asyncio.gather(*(raw.call(scheme, nonce="once") for _ in range(10)))
    assert sorted(answer.status for answer in answers) == [200] + 9 * [400]


async def test_nonce_is_remembered(
    raw: Raw, cloud: Cloud, now: float, scheme: str
) -> None:
    """For 31 minutes, even among others."""
    assert (await raw.call(scheme, timestamp=utc(now), nonce="once")).status == 200
    for minute in (10, 20, 31):
        cloud.clock_offset = minute * 60
        timestamp = utc(cloud.now())
        assert (await raw.call(scheme, timestamp=timestamp)).status == 200
        answer = await raw.call(scheme, timestamp=timestamp, nonce="once")
        assert answer.code == "SignatureNonceUsed"


async def test_nonce_is_not_burnt(raw: Raw, cloud: Cloud, scheme: str) -> None:
    """Who does not know the secret cannot use up the nonces of who does."""
    raw.access_key_secret = "wrong"
    assert (await raw.call(scheme, nonce="once")).code == "SignatureDoesNotMatch"
    raw.access_key_secret = cloud.access_key_secret
    assert (await raw.call(scheme, nonce="once")).status == 200


async def test_security_token(raw: Raw, cloud: Cloud, scheme: str) -> None:
    """A token is good for its key, until it expires."""
    cloud.security_tokens = {
        "good": (cloud.access_key_id, cloud.now() + 60),
        "old": (cloud.access_key_id, cloud.now() - 1),
        "foreign": ("LTAI5tOther", cloud.now() + 60),
    }
    for token, problem in {
        "old": "Expired",
        "foreign": "MismatchWithAccessKey",
        "unknown": "Malformed",
    }.items():
        answer = await raw.call(scheme, token=token)
        assert (answer.status, answer.code) == (400, f"InvalidSecurityToken.{problem}")
    assert (await raw.call(scheme, token="good")).status == 200


async def test_refused_calls_do_nothing(raw: Raw, cloud: Cloud, scheme: str) -> None:
    """A refusal comes before the service."""
    camera = next(iter(cloud.world.devices.values()))
    params = {
        "IotId": camera.iot_id,
        "IotInstanceId": cloud.iot_instance_id,
        "RecordDuration": 60,
    }
    for changes in ({"nonce": None}, {"timestamp": None}, {"token": "unknown"}):
        assert (
            await raw.call(scheme, "TriggerRecord", params, **changes)
        ).status == 400
    raw.access_key_secret = "wrong"
    assert (await raw.call(scheme, "TriggerRecord", params)).status == 400
    assert not camera.records
    raw.access_key_secret = cloud.access_key_secret
    assert (await raw.call(scheme, "TriggerRecord", params)).status == 200
    assert len(camera.records) == 1
