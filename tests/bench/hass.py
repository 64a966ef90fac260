"""Home Assistant with a watch on its event loop: which blocks were long, and how much of them is this integration."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
import json
import os
from pathlib import Path
import runpy
import sys
import threading
import time
from typing import Any, NamedTuple

type Row = dict[str, Any]

# Seconds. Shorter blocks are not noted; samples are taken this often.
_NOTED = 0.005
_SAMPLE = 0.001
_OURS = "/custom_components/linkvisual/"
_CORE = "/homeassistant/"


class Place(NamedTuple):
    """The innermost function of Home Assistant or of this integration."""

    name: str
    caused: bool  # this integration is on the stack
    own: bool  # the function is this integration's


class Watch:
    """Times each callback of the loop; a thread looks where the long ones are.

    A block is caused by this integration by the share of samples that have its code on the stack; what Home Assistant
    does for it at once, such as adding entities, is a part of that. Its own part is what itself computes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun = 0.0
        self._samples: Counter[Place] = Counter()
        self._rows: deque[Row] = deque()  # not written yet
        self._main = threading.get_ident()

    def start(self) -> None:
        """Watch from now on."""
        sys.setswitchinterval(_SAMPLE)
        asyncio.Handle._run = self._timed(asyncio.Handle._run)  # type: ignore[method-assign, assignment]
        threading.Thread(target=self._sample, daemon=True).start()

    def _timed(
        self, run: Callable[[asyncio.Handle], None]
    ) -> Callable[[asyncio.Handle], None]:
        def timed(handle: asyncio.Handle) -> None:
            begun = self._begun = time.perf_counter()
            used = time.thread_time()
            try:
                run(handle)
            finally:
                self._begun = 0.0
                if (took := time.perf_counter() - begun) > _NOTED:
                    self._note(took, time.thread_time() - used)
                elif self._samples:
                    self._samples.clear()

        return timed

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
            "own": took * own / total,
            "where": [place.name for place, _ in samples.most_common(3)],
        }
        self._rows.append(row)

    def _sample(self) -> None:
        while True:
            time.sleep(_SAMPLE)
            if self._rows and not self._begun:
                self._write()
            if self._begun and time.perf_counter() - self._begun > _SAMPLE:
                self._samples[self._place()] += 1

    def _write(self) -> None:
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


if __name__ == "__main__":
    Watch(Path(os.environ["LINKVISUAL_BENCH_BLOCKS"])).start()
    runpy.run_module("homeassistant", run_name="__main__", alter_sys=True)
