"""The gateway itself: formats, headers, parameters, throttling. Who may pass it is test_admission's business."""

from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
import re
from typing import Any

from darabonba.utils.xml import XML
import pytest

from tests.emulator.cloud import Cloud

from .parameters import good_params
from .raw import SCHEMES, Answer, Raw

JSON_TYPE = "application/json;charset=utf-8"
XML_TYPE = "text/xml;charset=utf-8"
UUID = r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}"


def _xml(answer: Answer) -> dict[str, Any]:
    """Read XML as the new SDK does."""
    assert answer.headers["Content-Type"] == XML_TYPE
    assert answer.text.startswith("<?xml version='1.0' encoding='UTF-8'?>")
    parsed: dict[str, Any] = XML.parse_xml(answer.text)
    return parsed


@pytest.mark.parametrize(
    ("text", "accept", "as_json"),
    [
        ("JSON", None, True),
        ("json", None, True),
        ("JSON", "text/xml", True),
        ("XML", "application/json", False),
        (None, None, False),
        (None, "application/json", False),
    ],
)
async def test_format_decides(
    raw: Raw, text: str | None, accept: str | None, as_json: bool
) -> None:
    """With HMAC-SHA1 it is Format alone that makes a reply JSON."""
    common = {"Version": "2015-04-01", "Format": text}
    answer = await raw.hmac_sha1("GetCallerIdentity", {}, common, accept=accept)
    assert answer.status == 200
    if as_json:
        assert answer.headers["Content-Type"] == JSON_TYPE
        assert "AccountId" in answer.json
    else:
        assert "AccountId" in _xml(answer)["GetCallerIdentityResponse"]


@pytest.mark.parametrize("accept", ["application/json", "*/*", None])
async def test_accept_decides(raw: Raw, accept: str | None) -> None:
    """With ACS3 it is the Accept header."""
    answer = await raw.acs3("QueryProduct", {"ProductKey": "a"}, {"accept": accept})
    assert answer.status == 200
    if accept == "application/json":
        reply = answer.json
        assert reply["Success"] is False
    else:
        reply = _xml(answer)["QueryProductResponse"]
        assert reply["Success"] == "false"
    assert reply["Code"] == "iot.system.InstanceNotFound"


async def test_xml_lists(raw: Raw, cloud: Cloud) -> None:
    """A list is an element that comes again and again."""
    params = {
        "IotId": list(cloud.world.devices)[:3],
        "IotInstanceId": cloud.iot_instance_id,
    }
    answer = await raw.hmac_sha1("BatchGetDeviceState", params, {"Format": "XML"})
    reply = _xml(answer)["BatchGetDeviceStateResponse"]
    rows = reply["DeviceStatusList"]["DeviceStatus"]
    assert [row["IotId"] for row in rows] == params["IotId"]


@pytest.mark.parametrize("as_json", [True, False])
async def test_error_body(raw: Raw, as_json: bool) -> None:
    """A gateway error has these fields, in either format, and no others."""
    common = {"Format": "JSON" if as_json else "XML"}
    answer = await raw.hmac_sha1("TriggerRecord", {"IotId": "<&>"}, common)
    assert answer.status == 400
    body = answer.json if as_json else _xml(answer)["Error"]
    assert set(body) == {"RequestId", "HostId", "Code", "Message", "Recommend"}
    assert re.fullmatch(UUID, body["RequestId"])
    assert re.fullmatch(r"127\.0\.0\.1:\d+", body["HostId"])
    assert body["Code"] == "MissingRecordDuration"
    assert body["Message"] == "RecordDuration is mandatory for this action."
    assert body["Code"] in body["Recommend"]


async def test_access_denied_detail(raw: Raw, cloud: Cloud) -> None:
    """Only a missing permission has more to tell."""
    cloud.denied.add("QueryProduct")
    answer = await raw.acs3("QueryProduct", {"ProductKey": "a"})
    assert (answer.status, answer.code) == (403, "NoPermission")
    assert answer.json["AccessDeniedDetail"]["AuthAction"] == "iot:QueryProduct"


@pytest.mark.parametrize("action", ["GetCallerIdentity", "TriggerRecord"])
async def test_headers(raw: Raw, action: str) -> None:
    """A success and an error have the headers that were seen in real answers."""
    answer = await raw.call("acs3", action)
    assert answer.status == (200 if action == "GetCallerIdentity" else 400)
    headers = answer.headers
    assert headers["Content-Type"] == JSON_TYPE
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Keep-Alive"] == "timeout=25"
    assert headers["x-acs-request-id"] == answer.json["RequestId"]
    assert re.fullmatch("[0-9a-f]{32}", headers["x-acs-trace-id"])
    assert re.fullmatch(UUID, answer.json["RequestId"])
    parsedate_to_datetime(headers["Date"])
    assert "x-acs-retry-after" not in headers


async def test_date_is_the_cloud_s(raw: Raw, cloud: Cloud) -> None:
    """Date is the clock by which signatures are judged."""
    cloud.clock_offset = 600
    answer = await raw.call("acs3")
    said = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    assert abs(said - cloud.now()) < 2


async def test_request_ids_differ(raw: Raw) -> None:
    """Each answer has its own."""
    answers = [await raw.call("acs3") for _ in range(3)]
    assert len({answer.json["RequestId"] for answer in answers}) == 3


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("scheme", SCHEMES)
async def test_other_methods(raw: Raw, scheme: str, method: str) -> None:
    """However well signed."""
    answer = await raw.call(scheme, method=method)
    assert (answer.status, answer.code) == (400, "UnsupportedHTTPMethod")


@pytest.mark.parametrize("action", ["TriggerNothing", "triggerRecord", ""])
@pytest.mark.parametrize("scheme", SCHEMES)
async def test_unknown_action(raw: Raw, scheme: str, action: str) -> None:
    """Names are to be spelled as they are."""
    answer = await raw.call(scheme, action)
    assert (answer.status, answer.code) == (404, "InvalidAction.NotFound")


@pytest.mark.parametrize("version", ["2015-04-01", "2023-06-30", None])
@pytest.mark.parametrize("scheme", SCHEMES)
async def test_wrong_version(raw: Raw, scheme: str, version: str | None) -> None:
    """An operation belongs to one version of one product."""
    answer = await raw.call(scheme, "QueryProduct", version=version)
    assert (answer.status, answer.code) == (400, "InvalidVersion")


async def test_quoted_string_to_sign(raw: Raw) -> None:
    """With HMAC-SHA1 it is to the letter what the client signed; of ACS3 nobody knows what is quoted."""
    raw.access_key_secret = "wrong"
    query, to_sign = raw.signed_query("QueryProduct", {"ProductKey": "中 *~+/'"})
    message = (await raw.send("POST", query)).json["Message"]
    assert message.partition("server string to sign is:")[2] == to_sign


async def test_unsigned(raw: Raw) -> None:
    """What a signature consists of is asked for one by one."""
    for query, missing in {
        "Action=QueryProduct&Version=2018-01-20": "AccessKeyId",
        "Action=QueryProduct&Version=2018-01-20&AccessKeyId=a": "Signature",
    }.items():
        answer = await raw.send("POST", f"{query}&Format=JSON")
        assert (answer.status, answer.code) == (400, f"Missing{missing}")
    for name in ("SignatureMethod", "SignatureVersion"):
        answer = await raw.hmac_sha1("QueryProduct", {}, {name: None})
        assert (answer.status, answer.code) == (400, f"Missing{name}")
    answer = await raw.hmac_sha1("QueryProduct", {}, {"SignatureMethod": "HMAC-SHA256"})
    assert (answer.status, answer.code) == (400, "InvalidSignatureMethod")


@pytest.mark.parametrize("given", ["0" * 64, None])
async def test_hash_of_another_body(raw: Raw, given: str | None) -> None:
    """With ACS3 a header tells the body's hash, and has to be right."""
    headers = {"x-acs-content-sha256": given}
    answer = await raw.acs3("QueryProduct", {"ProductKey": "a"}, headers)
    assert (answer.status, answer.code) == (400, "SignatureDoesNotMatch")


async def test_unreadable_body(raw: Raw) -> None:
    """Bytes that are no text are no server error."""
    query, _ = raw.signed_query("QueryProduct")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await raw.send("POST", query, headers, b"ProductKey=\xff")
    assert answer.code == "SignatureDoesNotMatch"


# linkvisual-api.md section 8.
QPS = {
    "BatchQueryDeviceDetail": 5,
    "BatchGetDeviceState": 50,
    "QueryDevice": 50,
    "QueryPictureFiles": 500,
    "QueryProduct": 50,
    "QueryProductList": 50,
    "QueryRecord": 250,
}


async def _exhaust(
    call: Callable[[], Awaitable[Answer]], cloud: Cloud, limit: int
) -> None:
    """Call in one and the same moment until it is too much, then a second later."""
    moment = cloud.now()
    cloud.clock = lambda: moment
    for _ in range(limit):
        assert (await call()).status == 200
    answer = await call()
    assert (answer.status, answer.code) == (400, "Throttling.User")
    assert answer.json["Message"] == "Request was denied due to user flow control."
    cloud.clock_offset += 0.9
    assert (await call()).code == "Throttling.User"
    cloud.clock_offset += 0.2
    assert (await call()).status == 200


@pytest.mark.parametrize(("action", "limit"), QPS.items(), ids=QPS)
async def test_throttling(raw: Raw, cloud: Cloud, action: str, limit: int) -> None:
    """The published limits hold, each operation by itself."""
    params = good_params(cloud)[action]
    await _exhaust(lambda: raw.acs3(action, params), cloud, limit)
    assert (await raw.call("acs3")).status == 200


async def test_deep_pages(raw: Raw, cloud: Cloud) -> None:
    """Pages from row 100 000 on may be asked for twice a second."""
    params = {**good_params(cloud)["QueryProductList"], "PageSize": 200}
    params["CurrentPage"] = 500
    await _exhaust(lambda: raw.acs3("QueryProductList", params), cloud, 2)
