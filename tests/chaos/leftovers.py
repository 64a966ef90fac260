"""Tasks, timers and sockets that are left after unloading."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from homeassistant.helpers.debounce import Debouncer
from homeassistant.util.async_ import get_scheduled_timer_handles

# As modules and as files; the folder of the repository may have any name.
_OURS = ("custom_components.linkvisual", "custom_components/linkvisual")


def leftovers() -> list[str]:
    """Return the tasks and timers of the integration that this loop still has."""
    return [repr(each) for each in (*tasks(), *timers())]


def tasks() -> Iterator[asyncio.Task[object]]:
    """Yield the tasks of the integration that this loop still has."""
    for task in asyncio.all_tasks():
        frames = task.get_stack()
        if any(_is_ours(frame.f_code.co_filename) for frame in frames):
            yield task


def timers() -> Iterator[asyncio.TimerHandle]:
    """Yield the timers of the integration that this loop still has."""
    for handle in get_scheduled_timer_handles(asyncio.get_running_loop()):
        # The handle's own text is cut short, and does not tell whose debouncer it is.
        text = f"{handle!r} {handle._args!r}"
        debouncer = getattr(getattr(handle, "_callback", None), "__self__", None)
        if isinstance(debouncer, Debouncer):
            text += f" {debouncer.function!r}"
        if not handle.cancelled() and _is_ours(text):
            yield handle


def _is_ours(text: str) -> bool:
    return any(name in text for name in _OURS)


def open_sockets() -> int:
    """Return how many sockets this process has."""
    count = 0
    for each in Path("/proc/self/fd").iterdir():
        try:
            count += str(each.readlink()).startswith("socket:")
        except FileNotFoundError:
            continue
    return count
