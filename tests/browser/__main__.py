"""Walk through the integration as a person does. See script/e2e."""

import argparse
import asyncio
from pathlib import Path
import shutil
import sys

from tests.instance.client import Client
from tests.instance.demo import tell_log
from tests.instance.ports import free_port
from tests.instance.processes import (
    ROOT,
    run_emulator,
    run_home_assistant,
    write_config,
)

from .automate import (
    automate_blueprint,
    automate_example,
    open_editor,
    read_notification,
    talk,
)
from .log import check_log
from .looks import alarm_to_clip, look_around
from .manage import change_setting, open_options, raise_alarm, see_alarm, see_motion
from .page import ZONE, Pictures, open_browser
from .timeline import scrub
from .timeline_buttons import use_buttons
from .timeline_gestures import (
    make_cards,
    use_fingers,
    use_keyboard,
    use_mouse,
    zoom_alone,
)
from .timeline_looks import see_as_reader, see_looks
from .timeline_pick import pick_card
from .walk import Walk
from .watch import play, record, sign_in, take_snapshot, watch_live

FOLDER = ROOT / ".dev" / "e2e"

# In the order in which a newcomer does it.
STEPS = (
    *(sign_in, watch_live, record, play, take_snapshot),
    *(raise_alarm, open_options, change_setting, open_editor),
    *(automate_blueprint, see_alarm, see_motion, automate_example),
    *(talk, read_notification),
    *(alarm_to_clip, look_around, scrub),
    *(make_cards, zoom_alone, use_mouse, use_keyboard, use_fingers),
    *(use_buttons, see_looks, see_as_reader, pick_card),
)


async def main(images: Path) -> None:
    """Run everything; leave screenshots behind."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    port = free_port()
    config = FOLDER / "config"
    write_config(config, port, time_zone=str(ZONE))
    pictures = Pictures(images)
    async with (
        run_emulator("--speed", "4") as cloud,
        run_home_assistant(config) as home_assistant,
        Client.connect(f"http://127.0.0.1:{port}", home_assistant) as client,
        open_browser(client) as page,
    ):
        try:
            walk = Walk(client, page, cloud, pictures)
            for step in STEPS:
                await step(walk)
        except BaseException:
            await Pictures(FOLDER).take(page, "failed")
            raise
    check_log(config)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="script/e2e")
    parser.add_argument(
        "--images",
        type=Path,
        default=FOLDER / "images",
        help="where screenshots go; .github/images are the README's",
    )
    try:
        asyncio.run(main(parser.parse_args().images))
    except Exception as err:  # noqa: BLE001  (whatever went wrong, the log tells more)
        tell_log(FOLDER / "config")
        sys.exit(
            f"The walk failed: {err}\nA picture of the page is {FOLDER}/failed.png"
        )
