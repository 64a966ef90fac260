"""Whether message queues can be relied on, and how often cameras are polled all the same."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median
import time

from ..api.errors import LinkVisualError, QueueNotFoundError
from ..api.meter import Budget
from ..api.mns.address import QueueAddress
from ..coordinator import Camera, LinkVisualCoordinator
from .subscriptions import FoundQueue

# A queue is connected for this many seconds after a reply: a poll takes at most 35, and within two minutes polling is
# back.
_CONNECTED_FOR = 90.0
# Seconds between safety polls of a camera, at least and at most. What a poll misses for an hour is not reported.
MIN_SAFETY_INTERVAL = 305.0
_MAX_SAFETY_INTERVAL = 2700.0
# The share of the call budget for safety polls: an alarm that is polled costs most of the budget.
_SAFETY_SHARE = 0.06
# Seconds for which an alarm that was polled may still be brought.
_GRACE = 120.0
# Number of alarms that a queue has to bring after one that it did not.
_PROOFS = 3
_MAX_DELAYS = 50


class PushState(StrEnum):
    """State of a message queue, from the best to the worst."""

    CONNECTED = "connected"
    CONNECTING = "connecting"
    INCOMPLETE = "incomplete"  # alarms were polled that the queue did not bring
    DISCONNECTED = "disconnected"


@dataclass(slots=True)
class QueueHealth:
    """State of a product's queue. Times are monotonic."""

    brings_states: bool = False  # whether online and offline are subscribed, too
    connected_since: float | None = None
    replied_at: float = 0.0
    messages: int = 0
    last_error: LinkVisualError | None = None
    # Seconds from the queue to the entities, of the last messages.
    delays: deque[float] = field(default_factory=lambda: deque(maxlen=_MAX_DELAYS))
    # Alarms that were polled, and until when the queue may bring them.
    _awaited: dict[tuple[str, str], float] = field(default_factory=dict)
    _proofs_left: int = 0

    @property
    def state(self) -> PushState:
        """The state now."""
        if not self.is_connected:
            return PushState.DISCONNECTED if self.last_error else PushState.CONNECTING
        return PushState.INCOMPLETE if self._is_incomplete() else PushState.CONNECTED

    @property
    def is_connected(self) -> bool:
        """Whether the queue replies."""
        if (
            self.connected_since is not None
            and time.monotonic() - self.replied_at > _CONNECTED_FOR
        ):
            self.connected_since = None
        return self.connected_since is not None

    @property
    def median_delay(self) -> float | None:
        """Median of the seconds from the queue to the entities; None before the first message."""
        return median(self.delays) if self.delays else None

    def succeeded(self) -> None:
        """Record a reply of the queue."""
        self.replied_at = time.monotonic()
        if self.connected_since is None:
            self.connected_since = self.replied_at
        self.last_error = None

    def failed(self, err: LinkVisualError, *, is_lasting: bool) -> None:
        """Record a failure; a lasting one disconnects at once."""
        self.last_error = err
        if is_lasting:
            self.connected_since = None

    def handled(self, delays: Iterable[float]) -> None:
        """Record messages by their delays in seconds."""
        delays = list(delays)
        self.messages += len(delays)
        self.delays.extend(delays)

    def polled(self, iot_id: str, event_id: str, last_polled_at: float | None) -> None:
        """Record that an alarm was polled that the queue has not brought, if it was connected all the time since the last poll."""
        if (
            self.is_connected
            and self.connected_since is not None
            and last_polled_at is not None
            and last_polled_at >= self.connected_since
        ):
            self._awaited[iot_id, event_id] = time.monotonic() + _GRACE

    def brought(self, iot_id: str, event_id: str = "") -> None:
        """Record an alarm that the queue has brought; `event_id` if it was polled before."""
        self._awaited.pop((iot_id, event_id), None)
        self._proofs_left = max(0, self._proofs_left - 1)

    def _is_incomplete(self) -> bool:
        now = time.monotonic()
        for name, until in list(self._awaited.items()):
            if until <= now:
                del self._awaited[name]
                self._proofs_left = _PROOFS
        return self._proofs_left > 0


class PushHealth:
    """State of the message queues of a config entry, by product key. Products may share a queue."""

    def __init__(self, coordinator: LinkVisualCoordinator, budget: Budget) -> None:
        self._coordinator = coordinator
        self._budget = budget
        self._by_address: dict[QueueAddress, QueueHealth] = {}
        self.queues: dict[str, QueueHealth] = {}
        self.find_error: LinkVisualError | None = None
        self._is_searched = False

    @property
    def all_queues(self) -> Collection[QueueHealth]:
        """The state of each queue."""
        return {id(queue): queue for queue in self.queues.values()}.values()

    @property
    def state(self) -> PushState:
        """The state of the worst queue; disconnected if there is none, although there are cameras."""
        if not self.all_queues:
            return PushState.DISCONNECTED if self.errors else PushState.CONNECTING
        return max(
            (queue.state for queue in self.all_queues), key=list(PushState).index
        )

    @property
    def errors(self) -> list[LinkVisualError]:
        """Why queues are disconnected, or none is found."""
        if self.all_queues:
            return [
                queue.last_error
                for queue in self.all_queues
                if queue.last_error and queue.state is PushState.DISCONNECTED
            ]
        if self._is_searched and self._coordinator.data:
            return [QueueNotFoundError("QueueNotExist")]
        return [self.find_error] if self.find_error else []

    @property
    def messages(self) -> int:
        """Number of messages of all queues."""
        return sum(queue.messages for queue in self.all_queues)

    @property
    def median_delay(self) -> float | None:
        """Median of the seconds from the queues to the entities; None before the first message."""
        delays = [delay for queue in self.all_queues for delay in queue.delays]
        return median(delays) if delays else None

    def set_queues(
        self,
        found: Mapping[str, FoundQueue],
        errors: Mapping[str, LinkVisualError],
    ) -> None:
        """Set the queues of the products that have one, and why others are not known.

        The state of those that are known is kept.
        """
        self._is_searched = True
        self._by_address = {
            queue.address: self._by_address.get(queue.address) or QueueHealth()
            for queue in found.values()
        }
        products = {camera.product_key for camera in self._coordinator.data.values()}
        lost = {
            key: self.queues.get(key) or QueueHealth()
            for key in (*self.queues, *errors)
            if key in products and key not in found
        }
        for key, queue in lost.items():
            err = errors.get(key) or QueueNotFoundError("QueueNotExist")
            queue.failed(err, is_lasting=True)
        self.queues = lost | {
            key: self._by_address[queue.address] for key, queue in found.items()
        }
        for key, found_queue in found.items():
            self.queues[key].brings_states |= found_queue.brings_states

    def queue_of(self, iot_id: str) -> QueueHealth | None:
        """Return the state of a camera's queue; None if it has none."""
        camera = self._coordinator.data.get(iot_id)
        return self.queues.get(camera.product_key) if camera else None

    def safety_interval(self, camera: Camera) -> float | None:
        """Return the seconds between polls of a camera; None if its queue cannot be relied on."""
        queue = self.queues.get(camera.product_key)
        if queue is None or queue.state is not PushState.CONNECTED:
            return None
        cameras = len(self._coordinator.data)
        interval = self._budget.min_interval(
            MIN_SAFETY_INTERVAL, cameras, _SAFETY_SHARE
        )
        return min(interval, _MAX_SAFETY_INTERVAL)

    @property
    def brings_all_states(self) -> bool:
        """Whether each camera has a queue that can be relied on for its status."""
        return bool(self._coordinator.data) and all(
            (queue := self.queues.get(camera.product_key))
            and queue.state is PushState.CONNECTED
            and queue.brings_states
            for camera in self._coordinator.data.values()
        )
