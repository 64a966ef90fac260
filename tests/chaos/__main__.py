"""Play many scenarios in several processes, and tell what did not hold. See script/chaos."""

import argparse
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
import os
import sys
import time

from .player import play_one
from .result import Result


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/chaos",
        description="Random faults under a stream of triggers; every scenario follows from its seed.",
    )
    parser.add_argument("--scenarios", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1, help="of the first scenario")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    parser.add_argument(
        "--real",
        type=float,
        default=0.04,
        metavar="SHARE",
        help="of scenarios with a Home Assistant in a process of its own, killed by SIGKILL",
    )
    parser.add_argument("--only", type=int, metavar="SEED", help="play one scenario")
    parser.add_argument("--verbose", action="store_true", help="with the log")
    return parser.parse_args()


def _is_real(seed: int, share: float) -> bool:
    """Spread the real ones evenly over the seeds."""
    return int(seed * share) != int((seed - 1) * share)


def main(arguments: argparse.Namespace) -> int:
    """Play, print, return the exit status."""
    begun = time.monotonic()
    if arguments.only is not None:
        real = _is_real(arguments.only, arguments.real)
        results = [play_one(arguments.only, real, arguments.verbose)]
    else:
        seeds = range(arguments.seed, arguments.seed + arguments.scenarios)
        results = _play_all(seeds, arguments)
    for result in results:
        for problem in result.problems:
            print(f"FAILED seed {result.seed} ({result.kind}): {problem}", flush=True)
    _print_table(results)
    broken = sum(bool(result.problems) for result in results)
    print(
        f"\n{len(results)} scenarios, {broken} failed, "
        f"{time.monotonic() - begun:.0f} s with {arguments.workers} workers"
    )
    return 1 if broken else 0


def _play_all(seeds: Iterable[int], arguments: argparse.Namespace) -> list[Result]:
    context = get_context("spawn")
    results = []
    # Those with a process of their own mostly wait.
    with (
        ProcessPoolExecutor(arguments.workers, context) as workers,
        ProcessPoolExecutor(2, context) as waiters,
    ):
        futures: list[Future[Result]] = []
        for seed in seeds:
            real = _is_real(seed, arguments.real)
            pool = waiters if real else workers
            futures.append(pool.submit(play_one, seed, real, arguments.verbose))
        for done in as_completed(futures):
            result = done.result()
            results.append(result)
            if result.problems:
                print(f"failed: seed {result.seed} ({result.kind})", file=sys.stderr)
    return sorted(results, key=lambda result: result.seed)


_COLUMNS = ("scenarios", "asks", "recorded", "ready", "failed", "not found", "untold")


def _print_table(results: list[Result]) -> None:
    rows: dict[str, Counter[str]] = {}
    answers: Counter[str] = Counter()
    for result in results:
        for name in (result.kind, "all"):
            rows.setdefault(name, Counter()).update({"scenarios": 1, **result.counts})
        answers.update(result.answers)
    rows["all"] = rows.pop("all", Counter())
    print(f"\n{'kind of fault':24}" + "".join(f"{name:>11}" for name in _COLUMNS))
    for name, row in rows.items():
        print(f"{name:24}" + "".join(f"{row[column]:11}" for column in _COLUMNS))
    print("\nanswers")
    for answer, count in answers.most_common():
        print(f"  {answer:30}{count:8}")
    print(f"  keys entered again by a person{rows['all']['hands']:8}")


if __name__ == "__main__":
    sys.exit(main(_arguments()))
