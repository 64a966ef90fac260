"""Plays scenarios in a process that does nothing else."""

import asyncio
import logging
import signal
import traceback
from types import FrameType

# Before Home Assistant's test plugin, and before Home Assistant looks for custom integrations.
from tests import early  # noqa: F401  # isort: skip
import custom_components.linkvisual  # noqa: F401  # isort: skip

from .clock import Clock
from .result import SIGKILL, NotStarted, Result, result_of
from .scenario import Scenario, kind_of, play
from .soak import soak

# Seconds of real time after which a scenario counts as hanging.
_HANGS_AFTER = 600


def prepare_process(verbose: bool) -> None:
    """Configure the log of a process that plays scenarios."""
    logging.basicConfig(level=logging.DEBUG if verbose else logging.CRITICAL)
    for name in ("aiohttp.server", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _hangs(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError("the scenario hangs")


def play_one(seed: int, real: bool, verbose: bool = False) -> Result:
    """Play one scenario. `real`: with a Home Assistant in a process of its own."""
    kind = SIGKILL if real else kind_of(seed)
    signal.signal(signal.SIGALRM, _hangs)
    signal.alarm(_HANGS_AFTER)
    try:
        if real:
            from .real import play_real

            ledger = asyncio.run(play_real(seed))
        else:
            ledger = asyncio.run(_play(seed)).ledger
    except NotStarted as err:
        return Result(seed, kind, not_started=str(err))
    except Exception as err:  # noqa: BLE001
        where = traceback.format_exc() if verbose else traceback.format_exc()[-300:]
        return Result(seed, kind, problems=[f"{err!r} {where}"])
    finally:
        signal.alarm(0)
    return result_of(seed, kind, ledger)


def run_soak(days: int) -> bool:
    """Live through simulated days; return whether nothing grew."""
    return asyncio.run(soak(days))


async def _play(seed: int) -> Scenario:
    clock = Clock()
    with clock.installed():
        return await play(seed, clock)
