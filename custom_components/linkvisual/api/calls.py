"""Base of the client's calls."""

from collections.abc import Mapping
from datetime import UTC, datetime

import aiohttp

from .errors import CommandOutcomeUnknownError, OutcomeUnknownError
from .meter import Meter
from .pacing import Pacing
from .replies import Reply
from .signing import Parameters, Scalar
from .transport import Credentials, Operation, Transport


class Calls:
    """Calls of one account, region and IoT instance."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        access_key_id: str,
        access_key_secret: str,
        region: str,
        iot_instance_id: str = "",
        base_url: str | None = None,
        pacing: Pacing | None = None,
    ) -> None:
        """`iot_instance_id` is empty for the public instance; `base_url` replaces all hosts of the cloud.

        `pacing` is shared by the clients of an account.
        """
        self._session = session
        self._credentials = Credentials(access_key_id, access_key_secret)
        self._transport = Transport(
            session, self._credentials, region, base_url, pacing
        )
        self._instance: Mapping[str, Scalar] = (
            {"IotInstanceId": iot_instance_id} if iot_instance_id else {}
        )

    @property
    def meter(self) -> Meter:
        """The call statistics."""
        return self._transport.meter

    def now(self) -> datetime:
        """Return the time in UTC as the cloud knows it: ours may be wrong, and be set at any moment."""
        return datetime.fromtimestamp(self.meter.cloud_time, UTC)

    async def _call(self, operation: Operation, params: Parameters) -> Reply:
        if operation.takes_instance:
            params = {**self._instance, **params}
        return await self._transport.call(operation, params)

    async def _command(
        self, operation: Operation, iot_id: str, params: Mapping[str, str | int]
    ) -> None:
        """Send a command or a setting. Not retried once it may have arrived: raises CommandOutcomeUnknownError then."""
        try:
            await self._call(operation, {"IotId": iot_id, **params})
        except OutcomeUnknownError as err:
            raise CommandOutcomeUnknownError(str(err)) from err
