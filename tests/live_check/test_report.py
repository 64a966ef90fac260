"""script/live-check asks for the key, and its report tells nothing of whose cloud it was."""

import asyncio
import json
from pathlib import Path
import re

import pytest

from tests.emulator.cloud import ACCOUNT_ID
from tests.emulator.faults import Fault

from . import __main__ as live_check
from .conftest import Live


def _secrets(live: Live) -> set[str]:
    """Return all that a report must not hold."""
    cloud = live.cloud
    secrets = {
        cloud.access_key_id,
        cloud.access_key_secret,
        cloud.iot_instance_id,
        ACCOUNT_ID,
        *cloud.live,
        *cloud.vod,
        *cloud.objects,
    }
    for product in cloud.world.products.values():
        secrets |= {product.product_key, product.name}
    for device in cloud.world.devices.values():
        secrets |= {device.iot_id, device.device_name, device.nickname}
        secrets |= {*device.records, *device.alarms, *device.pictures}
        secrets |= {alarm.description for alarm in device.alarms.values()}
    return secrets


PRIVATE = re.compile(
    r"://|\d+\.\d+\.\d+\.\d+|\d{4}-\d\d|\d\d:\d\d|\d{9}|[0-9a-f]{16}|auth_key|Signature="
)


async def test_nothing_private(live: Live) -> None:
    """No key, identifier, name, address or time of the account is in the report, whatever the cloud says."""
    camera = next(iter(live.cloud.world.devices.values()))
    quoting = (
        f"no file of {camera.nickname} ({camera.iot_id}) at 2026-11-22 10:00:00, "
        f"see https://example.invalid/{camera.device_name}"
    )
    live.cloud.faults += [
        Fault("service", "QueryRecordUrl", code="400", message=quoting, times=None),
        Fault("service", "QueryDeviceEvent", code=camera.iot_id, times=None),
        Fault(
            "patch",
            "QueryPictureFiles",
            times=None,
            patch={camera.iot_id: 1, "Status": camera.nickname, "Code": "a b"},
        ),
    ]
    report = await live.check(record=True)
    for text in (report.as_markdown(), report.as_json()):
        assert {secret for secret in _secrets(live) if secret in text} == set()
        assert PRIVATE.findall(text) == []
    assert "no file of … (…) at … … see …" in report.as_markdown()
    fields = {(each.call, each.what, each.field) for each in report.differences}
    assert (
        "QueryPictureFiles (pictures)",
        "unknown field",
        "(another name)",
    ) in fields


@pytest.fixture
def keyboard(live: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Answer questions as a person does; return the questions. Reports go into a folder of the test."""
    monkeypatch.setattr(live_check, "FOLDER", tmp_path)
    for name in ("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "REGION", "IOT_INSTANCE_ID"):
        monkeypatch.delenv(f"LINKVISUAL_{name}", raising=False)
    asked: list[str] = []
    answers = {
        "AccessKey ID": live.account.access_key_id,
        "AccessKey secret": live.account.access_key_secret,
        "Region": "",
        "IoT instance ID": live.account.iot_instance_id,
    }

    def answer(question: str) -> str:
        asked.append(question)
        return next(each for name, each in answers.items() if question.startswith(name))

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr(live_check, "getpass", answer)
    return asked


async def _run(live: Live, *more: str) -> int:
    assert live.account.endpoint
    return await asyncio.to_thread(
        live_check.main, ["--endpoint", live.account.endpoint, *more]
    )


async def test_command(
    live: Live, keyboard: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person is asked for the key, and gets a report in two forms."""
    assert await _run(live) == 0
    assert len(keyboard) == 4
    written = json.loads((tmp_path / "live-check-report.json").read_text())
    assert written["differences"] == []
    assert written["region"] == "cn-shanghai"
    text = (tmp_path / "live-check-report.md").read_text()
    assert "0 differences, 0 guesses that do not hold" in text
    assert text in capsys.readouterr().out
    assert not PRIVATE.findall(text)


async def test_environment(
    live: Live, keyboard: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the environment tells is not asked for; an empty instance is the public one."""
    for name, value in (
        ("ACCESS_KEY_ID", live.account.access_key_id),
        ("ACCESS_KEY_SECRET", live.account.access_key_secret),
        ("REGION", "cn-shanghai"),
        ("IOT_INSTANCE_ID", ""),
    ):
        monkeypatch.setenv(f"LINKVISUAL_{name}", value)
    live.cloud.iot_instance_id = ""
    assert await _run(live) == 0
    assert keyboard == []
    # Only newer operations demand an instance.
    written = json.loads((tmp_path / "live-check-report.json").read_text())
    (difference,) = written["differences"]
    assert difference["call"] == "QueryRecordDownloadJobList (jobs)"
    assert "MissingIotInstanceId" in difference["live"]


async def test_nobody_there(
    live: Live, keyboard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key and without a keyboard there is nothing to do."""

    def end(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    assert await _run(live) == 2
    assert not live.cloud.calls
