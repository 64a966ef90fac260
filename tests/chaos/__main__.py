"""Play many scenarios in several processes and report violated invariants. See script/chaos."""

import argparse
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
import os
import sys
import time

from .player import play_one, prepare_process, run_soak
from .report import print_report
from .result import Result

# A real one takes about sixty times the CPU time of another one.
_REAL, _MOST_REAL = 0.04, 50
# More than there are cores: a real one mostly waits.
_REAL_WORKERS = 4


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/chaos",
        description="Random faults under a stream of requests; every scenario follows from its seed.",
    )
    parser.add_argument("--scenarios", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1, help="of the first scenario")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    parser.add_argument(
        "--real",
        type=float,
        metavar="SHARE",
        help="of scenarios with Home Assistant in a process of its own, killed by SIGKILL; "
        f"default: {_REAL}, but at most {_MOST_REAL} scenarios",
    )
    parser.add_argument("--only", type=int, metavar="SEED", help="play one scenario")
    parser.add_argument(
        "--soak", type=int, metavar="DAYS", help="live through simulated days instead"
    )
    parser.add_argument("--verbose", action="store_true", help="with the log")
    arguments = parser.parse_args()
    if arguments.real is None:
        arguments.real = min(_REAL, _MOST_REAL / arguments.scenarios)
    return arguments


def _is_real(seed: int, share: float) -> bool:
    """Return whether a scenario is a real one; they are spread evenly over the seeds."""
    return int(seed * share) != int((seed - 1) * share)


def main(arguments: argparse.Namespace) -> int:
    """Play, print, return the exit status."""
    begun = time.monotonic()
    if arguments.soak is not None:
        prepare_process(arguments.verbose)
        is_good = run_soak(arguments.soak)
        print(f"{time.monotonic() - begun:.0f} s")
        return 0 if is_good else 1
    if arguments.only is not None:
        prepare_process(arguments.verbose)
        real = _is_real(arguments.only, arguments.real)
        results = [play_one(arguments.only, real, arguments.verbose)]
    else:
        seeds = range(arguments.seed, arguments.seed + arguments.scenarios)
        results = _play_all(seeds, arguments)
    is_good = print_report(results)
    print(f"{time.monotonic() - begun:.0f} s with {arguments.workers} workers")
    return 0 if is_good else 1


def _play_all(seeds: Iterable[int], arguments: argparse.Namespace) -> list[Result]:
    context = get_context("spawn")
    verbose: bool = arguments.verbose
    results = []
    with (
        ProcessPoolExecutor(
            arguments.workers, context, prepare_process, (verbose,)
        ) as workers,
        ProcessPoolExecutor(
            _REAL_WORKERS, context, prepare_process, (verbose,)
        ) as real_workers,
    ):
        futures: list[Future[Result]] = []
        for seed in seeds:
            real = _is_real(seed, arguments.real)
            pool = real_workers if real else workers
            futures.append(pool.submit(play_one, seed, real, verbose))
        for done in as_completed(futures):
            result = done.result()
            results.append(result)
            for problem in result.problems:
                print(
                    f"failed: seed {result.seed} ({result.kind}): {problem}",
                    file=sys.stderr,
                )
            if len(results) % 500 == 0:
                print(f"{len(results)} played", file=sys.stderr)
    return sorted(results, key=lambda result: result.seed)


if __name__ == "__main__":
    sys.exit(main(_arguments()))
