"""Time for tests of message queues, whose polls never end."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Clock


async def pass_time(clock: Clock, seconds: float, step: float = 1.0) -> None:
    """Let time pass in steps, without waiting for background tasks: a queue is always being polled."""
    for _ in range(max(1, round(seconds / step))):
        clock.jump(step)
        await asyncio.sleep(0.03)


async def until(condition: Callable[[], object]) -> None:
    """Wait for what happens by itself, in real time."""
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")
