"""Push of a config entry: the message queues of its products, and what their messages change."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.dispatcher import SignalType, async_dispatcher_send
from homeassistant.helpers.event import async_track_time_interval

from ..api.client import LinkVisualClient
from ..api.errors import LinkVisualError
from ..api.mns.address import QueueAddress
from ..api.mns.models import (
    AlarmNotification,
    LifecycleNotification,
    Message,
    Notification,
    PropertyNotification,
    StatusNotification,
)
from ..const import DOMAIN
from ..coordinator import LinkVisualCoordinator
from .health import PushHealth, PushState, QueueHealth
from .manager import Alarms
from .queue import Queue
from .subscriptions import FoundQueue, async_find_queues

_LOGGER = logging.getLogger(__name__)

# Seconds after which queues that are missing or refused are looked for again.
_FIND_INTERVAL = 600.0
# Seconds between lists of cameras because of messages.
_LIST_COOLDOWN = 30.0
_UPDATE_INTERVAL = timedelta(seconds=10)

type ReportFn = Callable[[str, Mapping[str, str], datetime], None]


def push_signal(entry_id: str) -> SignalType[()]:
    """Return the dispatcher signal of messages, and of changed states of queues."""
    return SignalType(f"{DOMAIN}_push_{entry_id}")


class Push:
    """The message queues of a config entry."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: LinkVisualClient,
        coordinator: LinkVisualCoordinator,
        alarms: Alarms,
        health: PushHealth,
        report: ReportFn,
    ) -> None:
        """`report` is called with the properties that a camera has reported: IotId, values and time."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._alarms = alarms
        self._health = health
        self._report = report
        self._polls: dict[QueueAddress, asyncio.Task[None]] = {}
        self._searched: set[str] = set()  # products
        self._found: dict[str, FoundQueue] = {}
        self._has_new_products = asyncio.Event()
        self._states: dict[str, PushState] = {}
        self._list = Debouncer(
            hass,
            _LOGGER,
            cooldown=_LIST_COOLDOWN,
            immediate=True,
            function=coordinator.async_list_now,
            background=True,
        )
        self._has_crashed = False

    @callback
    def async_start(self) -> None:
        """Poll the queues until the entry is unloaded."""
        self._entry.async_on_unload(self._list.async_shutdown)
        self._entry.async_create_background_task(
            self._hass, self._find(), f"{DOMAIN} queues"
        )
        self._entry.async_on_unload(
            self._coordinator.async_add_listener(self._handle_cameras)
        )
        self._entry.async_on_unload(
            async_track_time_interval(
                self._hass,
                self._handle_interval,
                _UPDATE_INTERVAL,
                cancel_on_shutdown=True,
            )
        )

    @property
    def _products(self) -> set[str]:
        return {camera.product_key for camera in self._coordinator.data.values()}

    @callback
    def _handle_cameras(self) -> None:
        if self._products - self._searched:
            self._has_new_products.set()

    async def _handle_interval(self, _now: datetime) -> None:
        await self._update()

    async def _update(self) -> None:
        """Let the others know whether the queues can be relied on."""
        states = {key: queue.state for key, queue in self._health.queues.items()}
        if states != self._states:
            self._states = states
            async_dispatcher_send(self._hass, push_signal(self._entry.entry_id))
        await self._coordinator.async_rely_on_push(self._health.brings_all_states)

    async def _find(self) -> None:
        """Find the queues, and poll those that are not polled, now and from time to time."""
        while True:
            self._has_new_products.clear()
            try:
                await self._start_polls()
            except LinkVisualError as err:
                self._health.find_error = err
                _LOGGER.debug("Cannot find the message queues: %s", err)
            except Exception:
                _LOGGER.exception("Unexpected error while looking for message queues")
            else:
                self._health.find_error = None
            await self._update()
            try:
                async with asyncio.timeout(_FIND_INTERVAL):
                    await self._has_new_products.wait()
            except TimeoutError:
                continue

    async def _start_polls(self) -> None:
        """Poll the queues of all products. Raises a LinkVisualError."""
        self._searched = self._products
        found, errors = await async_find_queues(
            self._client,
            self._searched,
            self._entry.data,
            self._entry.options,
        )
        for product_key, err in errors.items():
            _LOGGER.debug("Cannot find the queue of %s: %s", product_key, err)
            if before := self._found.get(product_key):
                found[product_key] = before
        self._found = found
        self._health.set_queues(found, errors)
        for product_key, queue in found.items():
            address = queue.address
            if (task := self._polls.get(address)) and not task.done():
                continue
            health = self._health.queues[product_key]
            poll = Queue(
                self._client.queue_client(address),
                health,
                partial(self._handle, health),
            ).poll()
            self._polls[address] = self._entry.async_create_background_task(
                self._hass, poll, f"{DOMAIN} queue"
            )
        used = {queue.address for queue in found.values()}
        for address in self._polls.keys() - used:
            self._polls.pop(address).cancel()

    async def _handle(self, health: QueueHealth, messages: list[Message]) -> bool:
        """Handle messages, oldest first. Return whether they may be deleted."""
        for message in sorted(messages, key=_order):
            try:
                self._handle_notification(health, message)
            except Exception:
                # It is deleted like the others: it must not come again and again.
                if not self._has_crashed:
                    _LOGGER.exception("Unexpected error while handling a message")
                self._has_crashed = True
        is_handled = await self._alarms.async_sent()
        now = self._client.now()
        health.handled(
            (now - message.enqueued_at).total_seconds()
            for message in messages
            if message.enqueued_at
        )
        async_dispatcher_send(self._hass, push_signal(self._entry.entry_id))
        return is_handled

    @callback
    def _handle_notification(self, health: QueueHealth, message: Message) -> None:
        if (notification := message.notification) is None:
            return
        if isinstance(notification, LifecycleNotification):
            self._list.async_schedule_call()
            return
        if (iot_id := self._iot_id(notification)) is None:
            # A new camera, or no camera at all.
            if notification.product_key in self._products:
                self._list.async_schedule_call()
            return
        match notification:
            case AlarmNotification():
                for alarm in sorted(
                    notification.alarms, key=lambda alarm: alarm.event_time
                ):
                    self._alarms.async_brought(iot_id, alarm, message.sent_at)
            case StatusNotification():
                health.brings_states = True
                self._coordinator.async_set_status(
                    iot_id, notification.status, notification.time
                )
            case PropertyNotification():
                self._report(iot_id, notification.values, notification.time)

    def _iot_id(self, notification: Notification) -> str | None:
        """Return the IotId of a known camera; old messages have its name only."""
        cameras = self._coordinator.data
        if notification.iot_id:
            return notification.iot_id if notification.iot_id in cameras else None
        name = (notification.product_key, notification.device_name)
        return next(
            (
                camera.iot_id
                for camera in cameras.values()
                if (camera.product_key, camera.device_name) == name
            ),
            None,
        )


def _order(message: Message) -> tuple[datetime, datetime]:
    """Return the sort key of a message: cameras' clocks may be wrong, but tell the order within a second."""
    match message.notification:
        case AlarmNotification(alarms=(first, *_)):
            return message.sent_at, first.event_time
        case StatusNotification(time=time) | PropertyNotification(time=time):
            return message.sent_at, time
    return message.sent_at, message.sent_at
