"""The current SDK, as one function: any operation, by name and parameters.

Tests of the integration read the cloud back with it: `await sdk_call(cloud, endpoint)("QueryRecordPlans", {})`.
"""

import asyncio
from importlib import import_module
import re
from typing import Any

from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config

from tests.emulator.cloud import Cloud
from tests.emulator.operations import OPERATIONS

from .refusal import RefusedError
from .scenario import Call, Reply

PACKAGES = {
    "Linkvisual": "alibabacloud_linkvisual20180120",
    "Iot": "alibabacloud_iot20180120",
    "Sts": "alibabacloud_sts20150401",
}


def _arguments(action: str, params: dict[str, Any]) -> list[Any]:
    if not OPERATIONS[action].params:
        return []
    models = import_module(f"{PACKAGES[OPERATIONS[action].product]}.models")
    return [getattr(models, f"{action}Request")().from_map(params)]


def sdk_call(
    cloud: Cloud, endpoint: str, *, blocking: bool = False, **settings: str
) -> Call:
    """Return a function that calls the cloud; `settings` replace or complete those of its account."""
    suffix = "" if blocking else "_async"
    config = {
        "access_key_id": cloud.access_key_id,
        "access_key_secret": cloud.access_key_secret,
        "endpoint": endpoint.removeprefix("http://"),
        "protocol": "http",
        **settings,
    }

    async def call(action: str, params: dict[str, Any]) -> Reply:
        package = import_module(f"{PACKAGES[OPERATIONS[action].product]}.client")
        client = package.Client(Config(**config))
        name = re.sub(r"(?<!^)([A-Z])", r"_\1", action).lower()
        method = getattr(client, f"{name}{suffix}")
        arguments = _arguments(action, params)
        try:
            if blocking:
                response = await asyncio.to_thread(method, *arguments)
            else:
                response = await method(*arguments)
        except AlibabaCloudException as error:
            raise RefusedError(error.status_code, error.code, error.message) from error
        assert response.status_code == 200
        reply: Reply = response.body.to_map()
        assert response.headers["x-acs-request-id"] == reply["RequestId"]
        return reply

    return call
