"""The parts of the integration whose mutants are tried, each with the tests that judge it."""

from dataclasses import dataclass

PACKAGE = "custom_components/linkvisual"


@dataclass(frozen=True)
class Room:
    """Modules below the integration's package and the tests that are asked about them.

    Both are glob patterns. Of the tests, only those that reach a mutated function run.
    """

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


ROOMS = (
    Room("api", ("api/*.py",), ("tests/api/test_*.py", "tests/test_budget.py")),
    Room(
        "recordings",
        ("recordings/*.py",),
        (
            *("tests/test_recordings*.py", "tests/test_services.py"),
            *("tests/test_services_waiting.py", "tests/test_storage.py"),
            *("tests/test_button.py", "tests/test_event.py", "tests/test_init.py"),
            *("tests/test_saving*.py", "tests/test_incidents*.py"),
        ),
    ),
    Room(
        "alarms",
        ("alarms/*.py",),
        (
            *("tests/test_alarms*.py", "tests/test_push*.py"),
            *("tests/test_event.py", "tests/test_init.py"),
        ),
    ),
    Room(
        "media",
        ("media/hls.py", "media/playback.py", "media/proxy.py"),
        (
            *("tests/test_playback*.py", "tests/test_views.py"),
            *("tests/test_hostile*.py", "tests/test_media_content.py"),
            "tests/test_camera.py",
        ),
    ),
)
