"""A folder per room in which mutmut makes and tries mutants; the tree itself is never changed."""

from collections.abc import Iterable
from configparser import ConfigParser
from contextlib import chdir
import json
from pathlib import Path
import shutil
import subprocess
import sys

from mutmut.configuration import reset_config
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.stats import status_by_exit_code
from mutmut.utils.format_utils import get_mutant_name

from tests.instance.processes import ROOT

from .report import Verdict
from .rooms import PACKAGE, Room

# What the tests read; mutmut copies it beside the mutants.
_TREE = ("custom_components", "tests", "script", "blueprints", "README.md")
# Mutants of these lines would only change the text of a log or of an exception that nobody translates, or a type.
_NOISE = (r"_LOGGER\.", r"raise \w+Error\(f?\"", r"\bcast\(")
_PREFIX = PACKAGE.replace("/", ".") + "."
# A fork of the process that imported Home Assistant; more would not fit a small machine's memory.
_CHILDREN = 2


class Workplace:
    """The mutants of a room, under names without the package's."""

    def __init__(self, room: Room) -> None:
        """Leave the folder alone: an earlier run's mutants can still be shown."""
        self._room = room
        self._folder = Path(ROOT, ".dev", "mutate", room.name)

    def make(self) -> list[str]:
        """Prepare the folder for the tree as it is; return the names of all mutants."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for name in (*_TREE, "pyproject.toml"):
            link = self._folder / name
            link.unlink(missing_ok=True)
            link.symlink_to(Path(ROOT, name))
        self._configure()
        with chdir(self._folder):
            reset_config()
            return [
                get_mutant_name(path, name).removeprefix(_PREFIX)
                for path in map(Path, self._sources())
                for name in mutate_file_contents(
                    str(path), path.read_text()
                ).mutant_names
            ]

    def _sources(self) -> list[str]:
        return _matching(f"{PACKAGE}/{module}" for module in self._room.modules)

    def _configure(self) -> None:
        parser = ConfigParser(interpolation=None)
        parser["mutmut"] = {
            "source_paths": "custom_components",
            "only_mutate": _lines(self._sources()),
            "also_copy": _lines(_TREE),
            "do_not_mutate_patterns": _lines(_NOISE),
            "pytest_add_cli_args": _lines(
                ("-p", "no:cacheprovider", "-m", "not thorough")
            ),
            "pytest_add_cli_args_test_selection": _lines(_matching(self._room.tests)),
            # Setting up Home Assistant is not part of the time that mutmut expects a test to take.
            "timeout_constant": "10",
            "timeout_multiplier": "5",
            # Tests are run again in processes that have run none: what a test changes in its own module stays there.
            "process_isolation": "forkserver",
            "use_git_change_detection": "false",
        }
        with (self._folder / "setup.cfg").open("w") as file:
            parser.write(file)

    def run(self, names: list[str]) -> list[Verdict]:
        """Try mutants; end the program if the tests fail without any."""
        shutil.rmtree(self._folder / "mutants", ignore_errors=True)
        log = self._folder / "mutmut.log"
        with log.open("w") as output:
            status = subprocess.run(
                (
                    *(sys.executable, "-m", "mutmut", "run"),
                    *("--max-children", str(_CHILDREN)),
                    *(_PREFIX + name for name in names),
                ),
                cwd=self._folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        if status:
            raise SystemExit(
                f"{log.read_text()[-5000:]}\nmutmut failed; all it said is in {log}"
            )
        return self._verdicts(set(names))

    def _verdicts(self, names: set[str]) -> list[Verdict]:
        verdicts = []
        for source in self._sources():
            meta = json.loads((self._folder / "mutants" / f"{source}.meta").read_text())
            for key, code in meta["exit_code_by_key"].items():
                name = key.removeprefix(_PREFIX)
                if name in names:
                    verdicts.append(Verdict(name, status_by_exit_code[code]))
        return verdicts

    def show(self, name: str) -> None:
        """Print a mutant of the last run as a diff."""
        subprocess.run(
            (sys.executable, "-m", "mutmut", "show", _PREFIX + name),
            cwd=self._folder,
            check=True,
        )


def _matching(patterns: Iterable[str]) -> list[str]:
    return [
        str(path.relative_to(ROOT))
        for pattern in patterns
        for path in sorted(Path(ROOT).glob(pattern))
    ]


def _lines(values: Iterable[str]) -> str:
    """Return a list as mutmut reads it from setup.cfg."""
    return "\n" + "\n".join(values)
