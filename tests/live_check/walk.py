"""All that the integration asks the cloud for, once, and on request what changes something."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from custom_components.linkvisual.api.errors import LinkVisualError
from custom_components.linkvisual.api.fields import CLOUD_TIME_ZONE
from custom_components.linkvisual.api.media_models import RecordFile, StreamType
from custom_components.linkvisual.api.models import Device, DeviceStatus
from custom_components.linkvisual.api.plan_models import PlanKind

from .recorder import Exchange, RecordingClient

# Recordings, pictures and alarms are looked for so far back, and at so many cameras.
PAST = timedelta(days=7)
MOST_CAMERAS = 10
MOST_DEVICES = 50
# Seconds.
RECORD_DURATION = 10
PRE_RECORD_DURATION = 5
READY_TIMEOUT = 300.0
POLL = 2.0
URL_VALID = 60
EXPORTED = timedelta(seconds=60)
LISTEN_SECONDS = 5
UNKNOWN_RECORD = "0" * 32


@dataclass(frozen=True, slots=True)
class Pace:
    """What time it is, in Unix seconds, and how to let some of it pass: an emulated cloud need not wait."""

    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What else is done than reading.

    `record`: one recording. `export`: one download job. `listen`: messages are received, and come again.
    """

    record: bool = False
    export: bool = False
    listen: bool = False


@dataclass(slots=True)
class Recorded:
    """What became of the recording that was triggered. Unix seconds."""

    triggered_at: float
    seen_at: float | None = None
    files: list[RecordFile] = field(default_factory=list)


class Walk:
    """One round of calls. A refusal ends a step, never the round."""

    def __init__(self, client: RecordingClient, pace: Pace) -> None:
        self._client = client
        self._pace = pace
        self.unreadable: dict[str, str] = {}  # step: why the client could not use it
        self.month = ""  # that was asked for, YYYYMM
        self.recorded: Recorded | None = None
        self._newest: tuple[str, RecordFile] | None = None  # camera, its recording

    @property
    def exchanges(self) -> list[Exchange]:
        """What was said and heard."""
        return self._client.exchanges

    async def _step[T](self, name: str, call: Awaitable[T]) -> T | None:
        first = len(self.exchanges)
        try:
            return await call
        except LinkVisualError as err:
            self.unreadable[name] = type(err).__name__
            return None
        finally:
            for exchange in self.exchanges[first:]:
                exchange.step = name

    async def go(self, scope: Scope) -> None:
        """Ask for everything."""
        client = self._client
        await self._step("account", client.get_caller_identity())
        devices = await self._cameras()
        if not devices:
            return
        await self._devices(devices[:MOST_DEVICES])
        online = [each for each in devices if each.status is DeviceStatus.ONLINE]
        camera = (online or devices)[0].iot_id
        await self._step("properties", client.query_device_property_status(camera))
        await self._recordings(devices)
        await self._pictures(devices)
        await self._alarms(devices)
        await self._step(
            "live",
            client.query_live_streaming(
                camera, stream_type=StreamType.SUB, url_valid_duration=URL_VALID
            ),
        )
        await self._queues({each.product_key for each in devices}, scope)
        await self._plans(camera)
        await self._step("jobs", client.query_record_download_job_list(camera))
        if scope.export:
            await self._export()
        if scope.record:
            await self._record(camera)

    async def _cameras(self) -> list[Device]:
        """List the cameras: devices of which a retention of recordings is told."""
        client, cameras = self._client, list[Device]()
        products = await self._step("products", client.query_product_list())
        for product in products.rows if products else ():
            key = product.product_key
            await self._step("product", client.query_product(key))
            page = await self._step("devices", client.query_device(key))
            if page and page.rows:
                first = [page.rows[0].iot_id]
                step = client.query_device_record_life_cycle(first)
                if await self._step("retention", step):
                    cameras += page.rows
        return cameras

    async def _devices(self, devices: list[Device]) -> None:
        client = self._client
        iot_ids = [each.iot_id for each in devices]
        key = devices[0].product_key
        names = [each.device_name for each in devices if each.product_key == key]
        await self._step("status", client.batch_get_device_state(iot_ids))
        await self._step("details", client.batch_query_device_detail(key, names))
        await self._step("retention", client.query_device_record_life_cycle(iot_ids))

    def _past(self) -> tuple[datetime, datetime]:
        now = datetime.fromtimestamp(self._pace.now(), UTC)
        return now - PAST, now

    async def _recordings(self, devices: list[Device]) -> None:
        client, past = self._client, self._past()
        camera, files = devices[0].iot_id, list[RecordFile]()
        for device in devices[:MOST_CAMERAS]:
            page = await self._step(
                "recordings",
                client.query_record(
                    device.iot_id,
                    *past,
                    stream_type=StreamType.MAIN,
                    need_snapshot=True,
                ),
            )
            if page and page.rows:
                camera, files = device.iot_id, page.rows
                self._newest = camera, files[0]
                break
        self.month = _month(past[1])
        await self._step("days", client.query_month_record(camera, self.month))
        await self._step(
            "recordings of the sub stream",
            client.query_record(camera, *past, stream_type=StreamType.SUB),
        )
        await self._step(
            "unknown recording",
            client.query_record_by_record_id(camera, UNKNOWN_RECORD),
        )
        await self._step("unknown file", client.query_record_url(camera, "0_0/0", 60))
        if files:
            name = files[0].file_name
            await self._step("play", client.query_record_url(camera, name, URL_VALID))
            await self._step("mp4", client.query_record_download_url(camera, name))

    async def _pictures(self, devices: list[Device]) -> None:
        for device in devices[:MOST_CAMERAS]:
            page = await self._step(
                "pictures",
                self._client.query_picture_files(device.iot_id, *self._past()),
            )
            if page and page.rows:
                await self._step(
                    "picture",
                    self._client.query_device_picture_file(
                        device.iot_id, page.rows[0].pic_id
                    ),
                )
                return

    async def _alarms(self, devices: list[Device]) -> None:
        for device in devices[:MOST_CAMERAS]:
            page = await self._step(
                "alarms", self._client.query_device_event(device.iot_id, *self._past())
            )
            if page and page.rows:
                for event in page.rows[:3]:
                    await self._step(
                        "recording of an alarm",
                        self._client.query_device_event_record(
                            device.iot_id, event.event_id
                        ),
                    )
                return

    async def _queues(self, product_keys: set[str], scope: Scope) -> None:
        """Look for the queues of products, and into them if told so. No message is deleted."""
        client = self._client
        for product_key in sorted(product_keys):
            subscription = await self._step(
                "subscription", client.query_subscribe_relation(product_key)
            )
            if subscription is None:
                continue
            queue = client.queue_of(subscription)
            await self._step("queue", queue.get_attributes())
            if scope.listen:
                await self._step("messages", queue.receive(LISTEN_SECONDS))

    async def _plans(self, camera: str) -> None:
        """Read the plans of the account, of their cameras, and of one camera."""
        client = self._client
        await self._step("templates", client.query_time_templates())
        for kind in PlanKind:
            plans = await self._step("plans", client.query_plans(kind))
            if plans:
                plan_id = plans[0].plan_id
                await self._step(
                    "cameras of a plan", client.query_plan_streams(kind, plan_id)
                )
            for stream_type in StreamType:
                await self._step(
                    f"plan of the {stream_type.name.lower()} stream",
                    client.query_plan_of_stream(kind, camera, stream_type),
                )

    async def _export(self) -> None:
        """Let the cloud cut a part of a recording into an MP4, and wait for it."""
        if self._newest is None:
            return
        camera, file = self._newest
        end = min(file.end, file.begin + EXPORTED)
        job_id = await self._step(
            "export",
            self._client.create_record_download_by_time_job(
                camera, file.begin, end, stream_type=StreamType.MAIN
            ),
        )
        deadline = self._pace.now() + READY_TIMEOUT
        while job_id and self._pace.now() < deadline:
            await self._pace.sleep(POLL)
            job = await self._step(
                "follow the job", self._client.query_record_download_job_by_id(job_id)
            )
            if job is None or job.failed or job.url:
                break
        await self._step("its row", self._client.query_record_download_job_list(camera))

    async def _record(self, camera: str) -> None:
        """Record, and wait for the file."""
        client, pace = self._client, self._pace
        triggered = await self._step(
            "record",
            client.trigger_record(
                camera,
                record_duration=RECORD_DURATION,
                pre_record_duration=PRE_RECORD_DURATION,
                stream_type=StreamType.MAIN,
            ),
        )
        if triggered is None:
            return
        recorded = self.recorded = Recorded(pace.now())
        while pace.now() < recorded.triggered_at + READY_TIMEOUT:
            await pace.sleep(POLL)
            files = await self._step(
                "follow", client.query_record_by_record_id(camera, triggered.record_id)
            )
            if files:
                recorded.seen_at, recorded.files = pace.now(), files
                break
        await self._step(
            "recordings after recording",
            client.query_record(
                camera,
                datetime.fromtimestamp(recorded.triggered_at - 60, UTC),
                datetime.fromtimestamp(pace.now() + 60, UTC),
                stream_type=StreamType.MAIN,
            ),
        )


def _month(now: datetime) -> str:
    """Return the newest month that has 31 days: one with fewer would not show how many are told."""
    day = now.astimezone(CLOUD_TIME_ZONE)
    while day.month not in (1, 3, 5, 7, 8, 10, 12):
        day = day.replace(day=1) - timedelta(days=1)
    return f"{day:%Y%m}"
