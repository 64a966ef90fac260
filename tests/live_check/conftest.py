"""A cloud that stands for the live one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.emulator.cloud import Cloud

from . import __main__ as live_check
from .recorder import Account
from .reference import furnish, hurried, serve
from .report import Report
from .walk import Scope


@dataclass(slots=True)
class Live:
    """What stands for the live cloud."""

    cloud: Cloud
    account: Account

    async def check(self, **scope: bool) -> Report:
        """Run the check, without waiting for what an emulated cloud can have at once."""
        pace = hurried(self.cloud)
        return await live_check.check(self.account, pace, Scope(**scope))


@pytest.fixture
async def live(cloud: Cloud, socket_enabled: None) -> AsyncIterator[Live]:
    """Serve a second cloud, on which a test plants what is otherwise."""
    furnish(cloud)
    async with serve(cloud) as account:
        yield Live(cloud, account)
