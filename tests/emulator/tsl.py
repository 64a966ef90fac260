"""What products can: their properties and services. Source: linkvisual-api.md section 15."""

from dataclasses import dataclass
from typing import Any, Literal

type Kind = Literal["bool", "enum", "double"]


@dataclass(frozen=True, slots=True)
class Property:
    """A property; `values` are those of a bool or an enum, `first` is what a new device reports, None: nothing."""

    identifier: str
    name: str
    kind: Kind
    values: range | None
    first: str | None
    unit: str = ""
    read_only: bool = False

    def text(self, value: Any) -> str | None:
        """Return a value from SetDeviceProperty as replies have it; None: it is of the wrong type."""
        right = float if self.kind == "double" else int
        return str(value) if type(value) is right else None

    def allows(self, value: Any) -> bool:
        """Return whether the TSL has this value."""
        return self.values is None or value in self.values


@dataclass(frozen=True, slots=True)
class Service:
    """A service; all of its arguments are numbers, and required."""

    identifier: str
    arguments: dict[str, range]

    def takes(self, arguments: dict[str, Any]) -> bool:
        """Return whether these are the arguments that the TSL has."""
        return arguments.keys() == self.arguments.keys() and all(
            type(value) is int and value in self.arguments[name]
            for name, value in arguments.items()
        )


@dataclass(frozen=True, slots=True)
class Reported:
    """What a device told of a property, and when, in Unix seconds."""

    value: str
    time: float


@dataclass(frozen=True, slots=True)
class Invoked:
    """A service that was called on a device."""

    service: str
    arguments: dict[str, Any]
    at: float  # Unix seconds, as the cloud's clock says


@dataclass(frozen=True, slots=True)
class Model:
    """All that a product can."""

    properties: dict[str, Property]
    services: dict[str, Service]

    @classmethod
    def of(cls, properties: list[Property], services: list[Service]) -> Model:
        """Make one."""
        return cls(
            {each.identifier: each for each in properties},
            {each.identifier: each for each in services},
        )

    def first_report(self, now: float) -> dict[str, Reported]:
        """Return what a new device reports."""
        return {
            each.identifier: Reported(each.first, now)
            for each in self.properties.values()
            if each.first is not None
        }


def _switch(identifier: str, name: str, first: str | None) -> Property:
    return Property(identifier, name, "bool", range(2), first)


def _enum(
    identifier: str,
    name: str,
    count: int,
    first: str | None,
    *,
    read_only: bool = False,
) -> Property:
    return Property(identifier, name, "enum", range(count), first, read_only=read_only)


def _capacity(identifier: str, name: str, first: str) -> Property:
    return Property(identifier, name, "double", None, first, "MB", read_only=True)


_STATUS_LIGHT = _switch("StatusLightSwitch", "Status light", "1")
_MOTION = _enum("MotionDetectSensitivity", "Motion sensitivity", 6, "3")
_PTZ_ACTION = {"ActionType": range(10)}
_REBOOT = Service("Reboot", {})

INDOOR = Model.of(
    [
        _enum("StreamVideoQuality", "Main stream quality", 3, "2"),
        _enum("SubStreamVideoQuality", "Sub stream quality", 3, "0"),
        _switch("MicSwitch", "Microphone", "1"),
        _switch("SpeakerSwitch", "Speaker", "1"),
        _STATUS_LIGHT,
        _enum("DayNightMode", "Night vision", 3, "2"),
        _enum("ImageFlipState", "Image flip", 2, "0"),
        _switch("EncryptSwitch", "Stream encryption", "0"),
        _switch("AlarmSwitch", "Alarm", "1"),
        _MOTION,
        _enum("VoiceDetectionSensitivity", "Sound sensitivity", 6, "0"),
        _enum("AlarmFrequencyLevel", "Alarm frequency", 3, "1"),
        _enum("StorageStatus", "Storage status", 4, "1", read_only=True),
        _capacity("StorageTotalCapacity", "Storage capacity", "30436.00"),
        _capacity("StorageRemainCapacity", "Storage left", "12040.12"),
        _enum("StorageRecordMode", "Storage record mode", 3, "1"),
    ],
    [
        Service("PTZActionControl", {**_PTZ_ACTION, "Step": range(11)}),
        Service("StartPTZAction", {**_PTZ_ACTION, "Speed": range(3)}),
        Service("StopPTZAction", {}),
        _REBOOT,
        Service("FormatStorageMedium", {}),
        Service("EjectStorageCard", {}),
    ],
)
OUTDOOR = Model.of(
    [_STATUS_LIGHT, _MOTION, _enum("ImageFlipState", "Image flip", 2, None)],
    [_REBOOT],
)
LAMP = Model.of([_switch("LightSwitch", "Light", "0")], [])
NOTHING = Model.of([], [])
