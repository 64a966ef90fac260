"""Plays one scenario in a process that does nothing else."""

import asyncio
import logging
import signal
import traceback
from types import FrameType

# Before Home Assistant's test plugin, and before Home Assistant looks for custom integrations.
from tests import early  # noqa: F401  # isort: skip
import custom_components.linkvisual  # noqa: F401  # isort: skip

from .clock import Clock
from .result import Result, result_of
from .scenario import play

# Seconds of real time after which a scenario hangs.
_HANGS_AFTER = 240


def _alarm(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError("the scenario hangs")


def play_one(seed: int, real: bool, verbose: bool = False) -> Result:
    """Play one scenario, in a process that does nothing else."""
    logging.basicConfig(level=logging.DEBUG if verbose else logging.CRITICAL)
    for name in ("aiohttp.server", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    signal.signal(signal.SIGALRM, _alarm)
    signal.alarm(_HANGS_AFTER)
    try:
        if real:
            from .real import play_real

            return asyncio.run(play_real(seed))
        clock = Clock()
        with clock.installed():
            scenario = asyncio.run(play(seed, clock))
        return result_of(seed, scenario.kind, scenario.ledger, scenario.lives)
    except Exception as err:  # noqa: BLE001
        where = traceback.format_exc() if verbose else traceback.format_exc()[-300:]
        return Result(seed, "?", problems=[f"{err!r} {where}"])
    finally:
        signal.alarm(0)
