"""The report of many scenarios: what went wrong, a table by kind of fault, and totals."""

from collections import Counter

from .result import SIGKILL, Result

_COLUMNS = (
    *("scenarios", "not started", "requests", "recorded", "ready", "failed"),
    *("not found", "unreported"),
)


def print_report(results: list[Result]) -> bool:
    """Print everything; return whether all scenarios were played and all invariants held."""
    failed = [each for each in results if each.problems]
    not_started = [each for each in results if each.not_started is not None]
    for result in failed:
        for problem in result.problems:
            print(f"FAILED seed {result.seed} ({result.kind}): {problem}")
        real = int(result.kind == SIGKILL)
        print(f"  play it again: script/chaos --only {result.seed} --real {real}")
    for result in not_started:
        print(
            f"seed {result.seed} ({result.kind}) could not start: {result.not_started}"
        )
    _print_table(results)
    print(
        f"\n{len(results) - len(not_started)} scenarios, {len(failed)} failed, "
        f"{len(not_started)} could not start"
    )
    return not failed and not not_started


def _print_table(results: list[Result]) -> None:
    rows: dict[str, Counter[str]] = {}
    answers: Counter[str] = Counter()
    for result in results:
        played = "scenarios" if result.not_started is None else "not started"
        for name in (result.kind, "all"):
            rows.setdefault(name, Counter()).update({played: 1, **result.counts})
        answers.update(result.answers)
    rows["all"] = rows.pop("all", Counter())
    print(f"\n{'kind of fault':20}" + "".join(f"{name:>12}" for name in _COLUMNS))
    for name, row in rows.items():
        print(f"{name:20}" + "".join(f"{row[column]:12}" for column in _COLUMNS))
    print("\nanswers")
    for answer, count in answers.most_common():
        print(f"  {answer:30}{count:8}")
    print(f"reauthentications{rows['all']['reauthentications']:23}")
