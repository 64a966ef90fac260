"""The import contracts of pyproject.toml: kept by the integration, and broken by imports against the flow of data."""

from pathlib import Path
import shutil
import subprocess
import sys

import pytest

ROOT = Path(__file__).parents[1]
FLOW = "Data flows one way, from platforms and actions to the cloud client"
NO_HOME_ASSISTANT = "The cloud client does not know Home Assistant"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the integration and of the contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "custom_components",
        tmp_path / "custom_components",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return tmp_path


def broken_contracts(folder: Path) -> list[str]:
    """Return the names of the contracts that import-linter finds broken."""
    process = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = process.stdout.splitlines()
    assert any(line.startswith("Contracts:") for line in lines), process.stderr
    broken = [
        line.removesuffix(" BROKEN") for line in lines if line.endswith(" BROKEN")
    ]
    assert process.returncode == (1 if broken else 0)
    return broken


def test_kept(copy: Path) -> None:
    """The integration keeps all contracts."""
    assert broken_contracts(copy) == []


@pytest.mark.parametrize(
    ("module", "planted", "contract"),
    [
        ("recordings/manager.py", "from .. import data", FLOW),
        ("coordinator.py", "from . import sensor", FLOW),
        ("api/client.py", "from .. import const", FLOW),
        ("api/signing.py", "from . import transport", "A signed call"),
        ("api/client.py", "import homeassistant.core", NO_HOME_ASSISTANT),
        ("api/rows.py", "def f():\n    import voluptuous", NO_HOME_ASSISTANT),
    ],
)
def test_broken(copy: Path, module: str, planted: str, contract: str) -> None:
    """An import against the flow of data is found, also one inside a function."""
    with (copy / "custom_components" / "linkvisual" / module).open("a") as file:
        file.write(f"\n{planted}\n")
    assert contract in broken_contracts(copy)
