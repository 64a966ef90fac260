"""Home Assistant with a watch on its event loop or on its memory: what of it is an integration that is measured."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
import gc
import json
import os
from pathlib import Path
import runpy
import signal
import sys
import threading
import time
import tracemalloc
from typing import Any, NamedTuple

type Row = dict[str, Any]

# Seconds. Shorter blocks are not noted; samples are taken this often.
_NOTED = 0.005
_SAMPLE = 0.001
# Seconds between two lines of the profile.
_PROFILE_INTERVAL = 1.0
# The integration that is measured is the only one of them.
_OURS = "/custom_components/"
_CORE = "/homeassistant/"


class Place(NamedTuple):
    """The innermost function of Home Assistant or of this integration."""

    name: str
    caused: bool  # this integration is on the stack
    own: bool  # the function is this integration's


class Watch:
    """Times each callback of the loop; a thread looks where the loop is.

    A block is caused by this integration by the share of samples that have its code on the stack; what Home Assistant
    does for it at once, such as adding entities, is a part of that. Its own part is what itself computes, by the share
    of samples in which no code of Home Assistant is above it: without garbage collection, and without the time in which
    other threads hold the interpreter, as they do while the registries are written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun = 0.0
        self._samples: Counter[Place] = Counter()
        self._own: Counter[str] = Counter()  # microseconds by function, not written yet
        self._sampled_at = 0.0
        self._written_at = 0.0
        self._collecting_since = 0.0
        self._collected = 0.0  # seconds of garbage collection in this callback
        self._rows: deque[Row] = deque()  # not written yet
        self._main = threading.get_ident()

    def start(self) -> None:
        """Watch from now on."""
        sys.setswitchinterval(_SAMPLE)
        gc.callbacks.append(self._note_collection)
        asyncio.Handle._run = self._timed(asyncio.Handle._run)  # type: ignore[method-assign, assignment]
        threading.Thread(target=self._sample, daemon=True).start()

    def _timed(
        self, run: Callable[[asyncio.Handle], None]
    ) -> Callable[[asyncio.Handle], None]:
        def timed(handle: asyncio.Handle) -> None:
            begun = self._begun = time.perf_counter()
            used = time.thread_time()
            self._collected = 0.0
            try:
                run(handle)
            finally:
                self._begun = 0.0
                if (took := time.perf_counter() - begun) > _NOTED:
                    self._note(took, time.thread_time() - used)
                elif self._samples:
                    self._samples.clear()

        return timed

    def _note_collection(self, phase: str, _info: Row) -> None:
        if phase == "start":
            self._collecting_since = time.perf_counter()
        else:
            self._collected += time.perf_counter() - self._collecting_since

    def _note(self, took: float, used: float) -> None:
        samples, self._samples = self._samples, Counter()
        total = max(1, samples.total())
        caused = sum(n for place, n in samples.items() if place.caused)
        own = sum(n for place, n in samples.items() if place.own)
        row: Row = {
            "at": time.time(),
            "seconds": took,
            "caused": took * caused / total,
            "caused_cpu": used * caused / total,
            "own": max(0.0, used - self._collected) * own / total,
            "collected": self._collected,
            "where": [place.name for place, _ in samples.most_common(3)],
        }
        self._rows.append(row)

    def _sample(self) -> None:
        while True:
            time.sleep(_SAMPLE)
            now = time.perf_counter()
            if not (begun := self._begun):
                self._write(now)
                continue
            place = self._place()
            if place.own:
                since = max(begun, self._sampled_at)
                self._own[place.name] += round((now - since) * 1e6)
            if now - begun > _SAMPLE:
                self._samples[place] += 1
            self._sampled_at = now

    def _write(self, now: float) -> None:
        if self._own and now - self._written_at > _PROFILE_INTERVAL:
            self._written_at = now
            own, self._own = self._own, Counter()
            self._rows.append({"at": time.time(), "own_microseconds": own})
        if self._rows:
            with self._path.open("a") as file:
                while self._rows:
                    file.write(json.dumps(self._rows.popleft()) + "\n")

    def _place(self) -> Place:
        """Return where the loop's thread is now."""
        frame = sys._current_frames().get(self._main)
        name, core = "", False
        while frame is not None:
            path = frame.f_code.co_filename
            if _OURS in path or _CORE in path:
                name = name or f"{Path(path).stem}.{frame.f_code.co_qualname}"
                if _OURS in path:
                    return Place(name, caused=True, own=not core)
                core = True
            frame = frame.f_back
        return Place(name, caused=False, own=False)


def trace_memory(path: Path) -> None:
    """From now on, write what own lines hold in memory whenever SIGUSR1 comes."""

    def write(*_: object) -> None:
        snapshot = tracemalloc.take_snapshot()
        lines = [
            {
                "bytes": each.size,
                "where": f"{each.traceback[0].filename.partition(_OURS)[2]}:{each.traceback[0].lineno}",
            }
            for each in snapshot.statistics("lineno")
            if _OURS in each.traceback[0].filename
        ]
        path.write_text(json.dumps(lines))

    tracemalloc.start()
    signal.signal(signal.SIGUSR1, write)


if __name__ == "__main__":
    file = Path(os.environ["LINKVISUAL_BENCH_FILE"])
    if "LINKVISUAL_BENCH_MEMORY" in os.environ:
        trace_memory(file)
    else:
        Watch(file).start()
    runpy.run_module("homeassistant", run_name="__main__", alter_sys=True)
