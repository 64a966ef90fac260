"""An event loop that tells when nothing happens any more until time passes."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from selectors import BaseSelector, SelectorKey
from typing import Any, Self
from unittest.mock import patch

type Events = list[tuple[SelectorKey, int]]


class IdleLoop:
    """The running event loop, whose selector and executor jobs are watched.

    Idle means: no callback is ready, no job runs in an executor, and no socket has data. What is sent over the
    loopback device can be read at once, so that nothing is on its way between Home Assistant and a cloud that
    share a loop: only timers are left to wait for.
    """

    def __init__(self, loop: asyncio.SelectorEventLoop) -> None:
        self._loop = loop
        self._selector: BaseSelector = loop._selector  # type: ignore[attr-defined]
        self._run_in_executor = loop.run_in_executor
        self._jobs = 0
        self._waiters: list[asyncio.Future[None]] = []

    @classmethod
    @contextmanager
    def watch(cls) -> Iterator[Self]:
        """Watch the running loop."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, asyncio.SelectorEventLoop)
        watched = cls(loop)
        with (
            patch.object(loop, "_selector", watched),
            patch.object(loop, "run_in_executor", watched.run_in_executor),
        ):
            yield watched

    def idle(self) -> asyncio.Future[None]:
        """Return a future that is done as soon as the loop is idle."""
        waiter = self._loop.create_future()
        self._waiters.append(waiter)
        return waiter

    def select(self, timeout: float | None = None) -> Events:
        """Wait for sockets as the loop's own selector does, unless somebody waits for idleness and it is there."""
        events: Events = self._selector.select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        if self._waiters and not self._jobs:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)
            return []
        return self._selector.select(timeout)

    def run_in_executor(
        self, executor: Any, function: Callable[..., Any], *arguments: Any
    ) -> asyncio.Future[Any]:
        """Run a job in an executor, and count it while it runs."""
        future = self._run_in_executor(executor, function, *arguments)
        self._jobs += 1
        future.add_done_callback(self._job_done)
        return future

    def _job_done(self, _future: asyncio.Future[Any]) -> None:
        self._jobs -= 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._selector, name)
