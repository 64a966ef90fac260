"""Try mutants and report those that no test notices. See script/mutate."""

import argparse
import sys

from .report import GOAL, Verdict, choose, draw, share_killed, survivors, table
from .rooms import ROOMS
from .workplace import Workplace


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/mutate",
        description="Change the product in small ways, and see which changes no test notices.",
    )
    parser.add_argument(
        "patterns",
        nargs="*",
        metavar="PATTERN",
        help="try all mutants of a module (recordings.schedule) or whose names match (*Schedule*)",
    )
    parser.add_argument(
        "--sample", type=int, default=240, help="mutants, the same number of each room"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--all", action="store_true", help="no sample: takes hours")
    parser.add_argument(
        "--show", metavar="NAME", help="the diff of one of the last run"
    )
    return parser.parse_args()


def _show(name: str) -> int:
    room = next(room for room in ROOMS if name.startswith(f"{room.name}."))
    Workplace(room).show(name)
    return 0


def main(arguments: argparse.Namespace) -> int:
    """Try mutants, print a table and the survivors, return the exit status."""
    if arguments.show:
        return _show(arguments.show)
    verdicts: dict[str, list[Verdict]] = {}
    totals: dict[str, int] = {}
    for room in ROOMS:
        workplace = Workplace(room)
        names = workplace.make()
        if arguments.patterns:
            chosen = choose(names, arguments.patterns)
        elif arguments.all:
            chosen = names
        else:
            chosen = draw(names, arguments.sample // len(ROOMS), arguments.seed)
        if chosen:
            print(f"{room.name}: {len(chosen)} of {len(names)} mutants …", flush=True)
            totals[room.name] = len(names)
            verdicts[room.name] = workplace.run(chosen)
    if not verdicts:
        print("No mutant has such a name.", file=sys.stderr)
        return 2
    if not arguments.patterns and not arguments.all:
        print(f"\nA sample of {arguments.sample} mutants, seed {arguments.seed}")
    print(f"\n{table(verdicts, totals)}\n")
    for of_room in verdicts.values():
        for survivor in survivors(of_room):
            print(f"{survivor.status}: script/mutate --show '{survivor.name}'")
    is_good = all(share_killed(of_room) >= GOAL for of_room in verdicts.values())
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(_arguments()))
