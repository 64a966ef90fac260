"""What exists in the account: products, devices, and what they have in cloud storage."""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from math import inf
from random import Random
from string import ascii_letters, digits
from typing import Literal
from uuid import UUID

from .archive import Alarm, Picture, RecordedFile, Shelf, TriggeredRecord
from .tsl import INDOOR, LAMP, NOTHING, OUTDOOR, Invoked, Model, Reported

type Status = Literal["ONLINE", "OFFLINE", "UNACTIVE", "DISABLE"]

NICKNAMES = (
    "Front door",
    "Garage",
    "Garden",
    "Attic",
    "Driveway",
    "Hall",
    "Back yard",
    "Workshop",
)


@dataclass(slots=True)
class Product:
    """A product. `video` is whether its video service is active; `category_key` is None for self-made ones."""

    product_key: str
    name: str
    category_key: str | None
    video: bool
    created: float
    model: Model = NOTHING


@dataclass(slots=True)
class Device:
    """A device; a camera where its product has video."""

    iot_id: str
    device_name: str
    nickname: str
    product: Product
    status: Status
    status_since: float
    created: float
    retention_days: int = 7
    firmware: str = "V1.2.0"
    records: dict[str, TriggeredRecord] = field(default_factory=dict)
    stored: Shelf = field(default_factory=Shelf)  # files that no TriggerRecord began
    deleted_files: set[str] = field(default_factory=set)
    pictures: dict[str, Picture] = field(default_factory=dict)
    picture_days: int | None = None  # None and 0: for ever
    last_capture: float = -inf
    alarms: dict[str, Alarm] = field(default_factory=dict)
    # What the cloud was told last, by identifier; nothing of what was never told.
    properties: dict[str, Reported] = field(default_factory=dict)
    invoked: list[Invoked] = field(default_factory=list)  # oldest first
    waiting: list[dict[str, str]] = field(default_factory=list)  # until it is online
    deaf: bool = False  # it takes orders, and does nothing


class World:
    """All products and devices, newest last. The same seed gives the same identifiers."""

    def __init__(self, seed: int, cameras: int, now: float) -> None:
        self.random = Random(seed)
        self.now_at_start = now
        self.products: dict[str, Product] = {}
        self.devices: dict[str, Device] = {}
        ipc = self.add_product("Indoor camera", "Camera", video=True, model=INDOOR)
        own = self.add_product("Outdoor camera", None, video=True, model=OUTDOOR)
        lights = self.add_product("Lamp", "Light", video=False, model=LAMP)
        for number in range(cameras):
            self.add_device(
                ipc if number % 2 == 0 else own,
                nickname=self._nickname(number),
                status=self._first_status(number),
                retention_days=0 if number == 3 else 7,
            )
        self.add_device(lights, nickname="Desk lamp")

    @staticmethod
    def _nickname(number: int) -> str:
        name = NICKNAMES[number % len(NICKNAMES)]
        return name if number < len(NICKNAMES) else f"{name} {number + 1}"

    @staticmethod
    def _first_status(number: int) -> Status:
        """Of the first cameras the third is offline, the fifth was never connected."""
        match number:
            case 2:
                return "OFFLINE"
            case 4:
                return "UNACTIVE"
        return "ONLINE"

    def identifier(self, length: int) -> str:
        """Return letters and digits."""
        return "".join(self.random.choices(ascii_letters + digits, k=length))

    def hexadecimal(self, length: int = 32) -> str:
        """Return lower-case hex digits."""
        return f"{self.random.getrandbits(length * 4):0{length}x}"

    def add_product(
        self,
        name: str,
        category_key: str | None,
        *,
        video: bool,
        model: Model = NOTHING,
    ) -> Product:
        """Make a product."""
        product = Product(
            f"a1{self.identifier(9)}",
            name,
            category_key,
            video,
            self.now_at_start - 86400 * (30 - len(self.products)),
            model,
        )
        self.products[product.product_key] = product
        return product

    def add_device(
        self,
        product: Product,
        nickname: str = "",
        status: Status = "ONLINE",
        retention_days: int = 7,
        device_name: str | None = None,
        iot_id: str | None = None,
    ) -> Device:
        """Make a device."""
        number = len(self.devices)
        device = Device(
            iot_id or f"{self.identifier(20)}000100",
            device_name or f"ipc_{number:04}",
            nickname,
            product,
            status,
            status_since=self.now_at_start,
            created=self.now_at_start - 86400 + number,
            retention_days=retention_days,
        )
        if status != "UNACTIVE":
            device.properties = product.model.first_report(self.now_at_start)
        self.devices[device.iot_id] = device
        return device

    def add_file(
        self,
        camera: Device,
        begin: float,
        end: float,
        record_type: int = 0,
        stream_type: int = 0,
        event_type: int | None = None,
        available_at: float | None = None,
    ) -> RecordedFile:
        """Put a file into a camera's storage; it can be seen from its end or a time on, as long as files are kept."""
        if record_type == 1 and event_type is None:
            event_type = 1  # motion
        uuid = UUID(int=self.random.getrandbits(128), version=4)
        name = f"{int(begin)}_{camera.iot_id}_{stream_type}/{uuid}"
        if available_at is None:
            available_at = end
        file = RecordedFile(
            name, begin, end, available_at, stream_type, record_type, event_type
        )
        camera.stored.add(file)
        return file

    def add_picture(
        self,
        camera: Device,
        created: float,
        source: int = 1,
        available_at: float | None = None,
    ) -> Picture:
        """Put a picture into a camera's storage; it can be seen at once, or from a time on."""
        text = f"{self.hexadecimal(15)}/{self.hexadecimal()}_{int(created * 1000)}"
        pic_id = b64encode(text.encode()).decode()
        picture = Picture(
            pic_id, created, created if available_at is None else available_at, source
        )
        camera.pictures[pic_id] = picture
        return picture


def wall_clock(when: float, hours_east: int) -> str:
    """Return `YYYY-MM-DD HH:MM:SS` without a zone."""
    zone = timezone(timedelta(hours=hours_east))
    return datetime.fromtimestamp(when, zone).strftime("%Y-%m-%d %H:%M:%S")


def utc_text(when: float) -> str:
    """Return ISO 8601 with milliseconds and Z."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def gmt_text(when: float) -> str:
    """Return a time as QueryDevice alone writes it: `Wed, 20-Feb-2019 02:16:09 GMT`."""
    return datetime.fromtimestamp(when, UTC).strftime("%a, %d-%b-%Y %H:%M:%S GMT")
