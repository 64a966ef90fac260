"""The cloud as a whole: its settings, its memory, its clock."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
import time
from typing import Any, Literal
from uuid import UUID

from .faults import Fault, MediaFault
from .inferred import Inferred
from .plans import Plans
from .queues.store import Queue
from .refusals import ServiceRefusal
from .sessions import (
    DownloadJob,
    LiveSession,
    MediaRequest,
    OssObject,
    TimeJob,
    VodSession,
)
from .subscriptions import (
    FLAGS,
    Delivery,
    Subscription,
    configuration,
    default_queue_name,
)
from .world import Device, Product, World

DEFAULT_ACCESS_KEY_ID = "LTAI5tEmulatorKey0000001"
DEFAULT_ACCESS_KEY_SECRET = "emulatorSecretOfNoAccount00001"
DEFAULT_INSTANCE = "iot-emulator01"
ACCOUNT_ID = "1234567890123456"

CALLS_REMEMBERED = 5000


def _system_clock() -> float:
    # Looked up on each call, so that a test that freezes time freezes the cloud, too.
    return time.time()


@dataclass(slots=True)
class AccessKey:
    """A key of the account, or of another one."""

    access_key_secret: str
    active: bool = True
    account_id: str = ACCOUNT_ID


@dataclass(frozen=True, slots=True)
class Call:
    """A call that passed the signature, and how it ended."""

    action: str
    params: dict[str, Any]
    at: float  # Unix seconds, as the cloud's clock says
    code: str  # "200", or the code of the refusal


@dataclass(slots=True)
class Cloud:
    """All state. Tests may change any of it while it runs; so does /_emulator/."""

    access_key_id: str = DEFAULT_ACCESS_KEY_ID
    access_key_secret: str = DEFAULT_ACCESS_KEY_SECRET
    iot_instance_id: str = DEFAULT_INSTANCE
    region: str = "cn-shanghai"
    cameras: int = 6
    speed: float = 1.0
    seed: int = 1
    clock: Callable[[], float] = _system_clock

    inferred: Inferred = field(default_factory=Inferred)
    clock_offset: float = 0.0
    activated: bool = True  # LinkVisual, for the account
    denied: set[str] = field(default_factory=set)  # operations without permission
    denied_by: Literal["gateway", "iot", "linkvisual"] = "gateway"
    keys: dict[str, AccessKey] = field(default_factory=dict)
    security_tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=CALLS_REMEMBERED))
    attempts: deque[float] = field(
        default_factory=lambda: deque(maxlen=CALLS_REMEMBERED)
    )
    nonces: dict[str, float] = field(default_factory=dict)
    recent: dict[str, deque[float]] = field(default_factory=dict)
    # By token; MP4s in the making by FileName; objects by key.
    live: dict[str, LiveSession] = field(default_factory=dict)
    vod: dict[str, VodSession] = field(default_factory=dict)
    downloads: dict[str, DownloadJob] = field(default_factory=dict)
    time_jobs: dict[str, TimeJob] = field(
        default_factory=dict
    )  # by JobId, oldest first
    downloads_fail: bool = False  # those that begin from now on
    objects: dict[str, OssObject] = field(default_factory=dict)
    media_faults: list[MediaFault] = field(default_factory=list)
    media_requests: deque[MediaRequest] = field(
        default_factory=lambda: deque(maxlen=CALLS_REMEMBERED)
    )
    queues: dict[str, Queue] = field(default_factory=dict)  # by name
    # By product and type.
    subscriptions: dict[tuple[str, str], Subscription] = field(default_factory=dict)
    delivery: Delivery = field(default_factory=Delivery)
    # What will happen, by itself, and when.
    due: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    world: World = field(init=False)
    plans: Plans = field(init=False)

    def __post_init__(self) -> None:
        self.keys[self.access_key_id] = AccessKey(self.access_key_secret)
        self.world = World(self.seed, self.cameras, self.now())
        self.plans = Plans(self.seed, lambda: self.inferred)

    def now(self) -> float:
        """Return the cloud's time, in Unix seconds."""
        return self.clock() + self.clock_offset

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something in so many seconds, at speed 1."""
        self.due.append((self.now() + seconds / self.speed, act))
        for queue in self.queues.values():
            queue.wake()  # who waits has to look at the clock from now on

    def catch_up(self) -> None:
        """Let everything happen whose time has come. Each call does so; only who looks into the world must."""
        while ready := [each for each in self.due if each[0] <= self.now()]:
            first = min(ready, key=lambda each: each[0])
            self.due.remove(first)
            first[1]()

    def subscribe(self, *products: Product, flags: Iterable[str] = FLAGS[:3]) -> None:
        """Let messages of products, else of all with cameras, go into queues, as who sets it up in the console."""
        with_cameras = [each for each in self.world.products.values() if each.video]
        for product in products or with_cameras:
            name = default_queue_name(product.product_key)
            self.subscriptions[product.product_key, "MNS"] = Subscription(
                set(flags), name, self._queue_configuration(name)
            )
            if name not in self.queues:
                self.queues[name] = Queue(name, self.now())

    def _queue_configuration(self, name: str) -> str:
        return configuration(
            name,
            self.region,
            ACCOUNT_ID,
            key=self.inferred.queue_key,
            role=self.inferred.queue_role,
        )

    def queue_of(self, product: Product) -> Queue:
        """Return the message queue of a subscribed product."""
        return self.queues[self.subscriptions[product.product_key, "MNS"].queue_name]

    def delete_queue(self, name: str) -> None:
        """Delete a message queue, if there is one; who waits for its messages is told."""
        if (queue := self.queues.pop(name, None)) is not None:
            queue.wake()

    def request_id(self) -> str:
        """Return a new one."""
        return str(UUID(int=self.world.random.getrandbits(128), version=4)).upper()

    def camera(self, params: dict[str, Any]) -> Device:
        """Return the camera that a LinkVisual call names, or refuse (linkvisual-api.md section 5.2)."""
        self.check_linkvisual_instance(params)
        if iot_id := params.get("IotId"):
            device = self.world.devices.get(iot_id)
        elif params.get("ProductKey") and params.get("DeviceName"):
            device = self.find(params["ProductKey"], params["DeviceName"])
        else:
            raise ServiceRefusal("460", "iotId or tenantId can not be null.")
        if device is None:
            raise ServiceRefusal("403", "tenant auth error.")
        if not device.product.video:
            raise ServiceRefusal("460", "product is not active.")
        return device

    def online_camera(self, params: dict[str, Any]) -> Device:
        """Return a camera that can act now, or refuse."""
        camera = self.camera(params)
        match camera.status:
            case "OFFLINE":
                raise ServiceRefusal("466", "device status is offline.")
            case "UNACTIVE":
                raise ServiceRefusal("466", "device status is initial.")
            case "DISABLE":
                raise ServiceRefusal("466", "device status is disable.")
        return camera

    def check_linkvisual_instance(self, params: dict[str, Any]) -> None:
        """Refuse another instance than the own one, and its absence where it has an ID."""
        if params.get("IotInstanceId", "") != self.iot_instance_id:
            raise ServiceRefusal("403", "tenant auth error.")

    def find(self, product_key: str, device_name: str) -> Device | None:
        """Return a device by its product and name."""
        for device in self.world.devices.values():
            if (device.product.product_key, device.device_name) == (
                product_key,
                device_name,
            ):
                return device
        return None

    def calls_of(self, action: str) -> list[Call]:
        """Return the remembered calls of an operation, oldest first."""
        return [call for call in self.calls if call.action == action]
