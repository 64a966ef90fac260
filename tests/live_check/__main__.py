"""Compare the live cloud with the emulator. See script/live-check."""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from getpass import getpass
import os
from pathlib import Path
import sys
import time

import aiohttp

from custom_components.linkvisual.api.regions import DEFAULT_REGION, REGIONS
from tests.emulator.cloud import Cloud

from .recorder import Account, RecordingClient
from .reference import furnish, hurried, serve
from .report import Report, make_report
from .walk import Pace, Scope, Walk

FOLDER = Path(__file__).parents[2] / ".dev" / "live-check"
_PREFIX = "LINKVISUAL_"


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/live-check",
        description=(
            "Ask the live cloud for all that the integration asks for, and compare its replies with the emulator's. "
            "Nothing is changed; but the last recording is made ready for download, and a camera is asked for its "
            "live stream."
        ),
        epilog=(
            f"The key and the instance come from {_PREFIX}ACCESS_KEY_ID, {_PREFIX}ACCESS_KEY_SECRET, "
            f"{_PREFIX}REGION and {_PREFIX}IOT_INSTANCE_ID, or are asked for. They are not stored."
        ),
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="also record 10 s on the first camera that is online, and wait for the file",
    )
    parser.add_argument(
        "--export",
        action="store_true",
        help="also let the cloud cut a minute of a recording into an MP4",
    )
    parser.add_argument(
        "--listen",
        action="store_true",
        help="also receive messages of the products' queues; they are not deleted, but come again half a minute "
        "later, to other programs that read the queue, too",
    )
    parser.add_argument("--endpoint", help="replaces all hosts of the cloud, for tests")
    return parser.parse_args(given)


def account_of(environment: Mapping[str, str], endpoint: str | None) -> Account:
    """Return who asks; what the environment does not tell is asked for."""

    def value(name: str, question: str, secret: bool = False) -> str:
        if (told := environment.get(_PREFIX + name)) is not None:
            return told
        return (getpass if secret else input)(f"{question}: ").strip()

    regions = ", ".join(REGIONS)
    return Account(
        value("ACCESS_KEY_ID", "AccessKey ID"),
        value("ACCESS_KEY_SECRET", "AccessKey secret (not shown)", secret=True),
        value("REGION", f"Region ({regions}; empty: {DEFAULT_REGION})")
        or DEFAULT_REGION,
        value("IOT_INSTANCE_ID", "IoT instance ID (empty: the public instance)"),
        endpoint,
    )


async def check(account: Account, pace: Pace, scope: Scope) -> Report:
    """Walk through the live cloud and through the emulator; return what is otherwise."""
    live = await _walk(account, pace, scope)
    cloud = Cloud()
    furnish(cloud)
    async with serve(cloud) as emulator:
        emulated = await _walk(emulator, hurried(cloud), scope)
    return make_report(account, live, emulated)


async def _walk(account: Account, pace: Pace, scope: Scope) -> Walk:
    async with aiohttp.ClientSession() as session:
        walk = Walk(RecordingClient(session, account), pace)
        await walk.go(scope)
    return walk


def main(given: Sequence[str] | None = None) -> int:
    """Check, and leave a report in two forms."""
    arguments = _arguments(given)
    try:
        account = account_of(os.environ, arguments.endpoint)
    except EOFError:
        print("There is nobody to ask for the key: see --help.", file=sys.stderr)
        return 2
    pace = Pace(time.time, asyncio.sleep)
    scope = Scope(arguments.record, arguments.export, arguments.listen)
    report = asyncio.run(check(account, pace, scope))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "live-check-report.json").write_text(report.as_json())
    text = report.as_markdown()
    (FOLDER / "live-check-report.md").write_text(text)
    print(text)
    print("Written to .dev/live-check: live-check-report.md and .json.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
