"""The script that checks an archive."""

from collections.abc import Callable
import hashlib
import json
from pathlib import Path
import subprocess
import sys

import pytest

SCRIPT = Path(__file__).parents[1] / "script" / "verify-archive"


def verify(folder: Path) -> tuple[int, list[str]]:
    """Return the exit code and the lines of the script."""
    done = subprocess.run(
        [sys.executable, SCRIPT, folder], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.splitlines()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Make an archive of three recordings."""
    day = tmp_path / "front_door" / "2026-11-24"
    day.mkdir(parents=True)
    for number in range(3):
        content = f"video {number}".encode()
        path = day / f"12000{number}_manual_{number}.mp4"
        path.write_bytes(content)
        row = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        path.with_suffix(".json").write_text(json.dumps(row))
    (day / "mine.json").write_text("[]")
    (day / "mine.mp4").write_text("x")
    return tmp_path


def test_whole(archive: Path) -> None:
    """An archive as it was saved has no problem, whatever else is there."""
    assert verify(archive) == (0, ["3 recordings checked, 0 problems"])


@pytest.mark.parametrize(
    ("harm", "state"),
    [
        (lambda path: path.write_bytes(b"video X"), "altered"),
        (lambda path: path.write_bytes(b"video 1 and more"), "altered"),
        (lambda path: path.write_bytes(b"vid"), "half"),
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.with_suffix(".json").unlink(), "without sidecar"),
        (lambda path: path.with_suffix(".json").write_text("{"), "unreadable sidecar"),
        (
            lambda path: path.with_suffix(".json").write_text(
                '{"size": "x", "sha256": 1}'
            ),
            "unreadable sidecar",
        ),
        (lambda path: [path.unlink(), path.symlink_to(path)], "missing"),
    ],
)
def test_harmed(archive: Path, harm: Callable[[Path], None], state: str) -> None:
    """What was altered, is missing or is half is named."""
    path = archive / "front_door" / "2026-11-24" / "120001_manual_1.mp4"
    harm(path)
    code, (line, _) = verify(archive)
    assert code == 1
    name = path if state != "unreadable sidecar" else path.with_suffix(".json")
    assert line.startswith(f"{state}: front_door/2026-11-24/{name.stem}.")


def test_partial(archive: Path) -> None:
    """What a kill left is half."""
    (archive / "front_door" / "2026-11-24" / ".120001_manual_1-ab.part").touch()
    code, lines = verify(archive)
    assert code == 1
    assert lines[0].startswith("half: ")


def test_no_folder(tmp_path: Path) -> None:
    """Without a folder, it says how it is used."""
    assert verify(tmp_path / "none")[0] == 2
