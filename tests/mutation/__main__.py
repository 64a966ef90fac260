"""Try mutants and report those that no test notices. See script/mutate."""

import argparse
import sys
import time

from .report import GOAL, Verdict, choose, draw, share_killed, survivors, table
from .rooms import ROOMS
from .workplace import Workplace

_SAMPLE = 240


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/mutate",
        description="Change the product in small ways, and see which changes no test notices.",
    )
    parser.add_argument(
        "patterns",
        nargs="*",
        metavar="PATTERN",
        help="only mutants of a room or module (recordings.schedule), or whose names match (*Schedule*)",
    )
    parser.add_argument(
        "--sample",
        type=int,
        metavar="NUMBER",
        help="of mutants, as many of each room; "
        f"default: {_SAMPLE}, or all that are named by patterns",
    )
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--all", action="store_true", help="no sample: takes hours")
    parser.add_argument(
        "--show", metavar="NAME", help="the diff of one of the last run"
    )
    arguments = parser.parse_args()
    if not arguments.sample and not arguments.patterns and not arguments.all:
        arguments.sample = _SAMPLE
    return arguments


def _show(name: str) -> int:
    room = next(room for room in ROOMS if name.startswith(f"{room.name}."))
    Workplace(room).show(name)
    return 0


def main(arguments: argparse.Namespace) -> int:
    """Try mutants, print a table and the survivors, return the exit status."""
    if arguments.show:
        return _show(arguments.show)
    places = {room.name: Workplace(room) for room in ROOMS}
    names = {room: place.make() for room, place in places.items()}
    chosen = {
        room: choose(of_room, arguments.patterns) for room, of_room in names.items()
    }
    chosen = {room: of_room for room, of_room in chosen.items() if of_room}
    if not chosen:
        print("No mutant has such a name.", file=sys.stderr)
        return 2
    verdicts: dict[str, list[Verdict]] = {}
    begun = time.monotonic()
    for room, of_room in chosen.items():
        tried = of_room
        if arguments.sample:
            tried = draw(of_room, arguments.sample // len(chosen), arguments.seed)
        print(f"{room}: {len(tried)} of {len(names[room])} mutants …", flush=True)
        verdicts[room] = places[room].run(tried)
    print()
    if arguments.sample:
        print(f"A sample of {arguments.sample} mutants, seed {arguments.seed}")
    print(f"{time.monotonic() - begun:.0f} s")
    totals = {room: len(names[room]) for room in verdicts}
    print(f"\n{table(verdicts, totals)}\n")
    for of_verdicts in verdicts.values():
        for survivor in survivors(of_verdicts):
            print(f"{survivor.status}: script/mutate --show '{survivor.name}'")
    is_good = all(share_killed(each) >= GOAL for each in verdicts.values())
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(_arguments()))
