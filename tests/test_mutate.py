"""script/mutate draws repeatable samples and counts honestly. What the product's tests notice is no matter of a test."""

from tests.mutation.report import Verdict, choose, draw, share_killed, survivors, table

NAMES = [f"api.fields.x_text__mutmut_{number}" for number in range(50)]


def test_sample() -> None:
    """A seed names a sample, in whatever order mutants come; too large a sample is all there are."""
    assert draw(NAMES, 10, 1) == draw(NAMES[::-1], 10, 1)
    assert draw(NAMES, 10, 1) != draw(NAMES, 10, 2)
    assert len(set(draw(NAMES, 10, 1))) == 10
    assert sorted(draw(NAMES, 99, 1)) == sorted(NAMES)


def test_patterns() -> None:
    """A pattern is a room, a module, a mutant, or anything with a wildcard."""
    names = [*NAMES, "api.fields_of.x_text__mutmut_1"]
    assert choose(names, []) == choose(names, ["api"]) == names
    assert choose(names, ["api.fields"]) == NAMES
    assert choose(names, [NAMES[3]]) == [NAMES[3]]
    assert choose(names, ["*mutmut_1"]) == [NAMES[1], names[-1]]
    assert choose(names, ["media"]) == []


def test_figures() -> None:
    """A mutant that makes tests hang is found; one that no test reaches is not."""
    statuses = ("killed", "killed", "timeout", "survived", "no tests")
    verdicts = [Verdict(f"api.x_{status}", status) for status in statuses]
    assert share_killed(verdicts) == 60
    assert survivors(verdicts) == verdicts[3:]
    lines = table({"api": verdicts, "media": verdicts[:1]}, {"api": 9, "media": 8})
    assert [line.split() for line in lines.splitlines()[1:]] == [
        ["api", "9", "5", "2", "1", "1", "1", "60.0"],
        ["media", "8", "1", "1", "0", "0", "0", "100.0"],
        ["all", "17", "6", "3", "1", "1", "1", "66.7"],
    ]
