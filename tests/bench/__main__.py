"""Measure. See script/bench."""

import argparse
import asyncio
from datetime import UTC, datetime
import json
from pathlib import Path
import platform
import warnings

import aiohttp
from homeassistant.const import __version__ as home_assistant

from . import archive, calls, house, push, scale, signing
from .figures import Figure, profiles, table
from .processes import FOLDER

# Those that speak to a cloud are measured over http and over https.
GROUPS = {
    "calls": calls.measure,
    "house": house.measure,
    "push": push.measure,
    "scale": scale.measure,
}
SCHEMES = ("http", "https")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description="Measure this integration beside what it can be compared with.",
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=("signing", "archive", *GROUPS),
        metavar="NAME",
        help="signing, archive, calls, house, push or scale; may be given more than once",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="a few rounds, few cameras: to see that it works, not how fast",
    )
    return parser.parse_args()


async def measure(only: list[str], quick: bool) -> list[Figure]:
    """Measure group after group."""
    figures: list[Figure] = []
    if "signing" in only:
        figures += signing.measure(quick)
    if "archive" in only:
        figures += await archive.measure(quick)
    for name, group in GROUPS.items():
        if name in only:
            for scheme in SCHEMES:
                print(f"{name} over {scheme} …", flush=True)
                figures += await group(scheme, quick)
    return figures


def write(figures: list[Figure], quick: bool) -> Path:
    """Write the figures down, with what they were measured on; return where."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    path = FOLDER / f"{now:%Y%m%dT%H%M%SZ}.json"
    written = {
        "measured_at": now.isoformat(timespec="seconds"),
        "quick": quick,
        "home_assistant": home_assistant,
        "python": platform.python_version(),
        "aiohttp": aiohttp.__version__,
        "figures": [figure.as_dict() for figure in figures],
    }
    path.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    return path


def main() -> None:
    """Measure what is asked for; print a table and leave a file."""
    arguments = _arguments()
    # The official SDK's own way to tell the time.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    only = arguments.only or ["signing", "archive", *GROUPS]
    figures = asyncio.run(measure(only, arguments.quick))
    print(table(figures))
    print(profiles(figures))
    print(f"Written to {write(figures, arguments.quick).name} in .dev/bench.")


if __name__ == "__main__":
    main()
