"""What devices do that are no recordings: being online, reporting properties, carrying out services."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from . import messages, pictures, records
from .cloud import Cloud
from .tsl import Invoked, Reported
from .world import Device, Product, Status


def set_status(cloud: Cloud, device: Device, status: Status) -> None:
    """Connect or disconnect a device; what it was recording or uploading ends with the connection."""
    if status != "ONLINE":
        if cloud.inferred.offline_ends_recordings:
            records.connection_lost(device, cloud.now())
        pictures.connection_lost(device, cloud.now())
    before, device.status = device.status, status
    if status != before:
        device.status_since = cloud.now()
        _tell_change(cloud, device, before)
    if status == "ONLINE":
        first = device.product.model.first_report(cloud.now())
        new = {
            name: each for name, each in first.items() if name not in device.properties
        }
        device.properties |= new
        told = {name: each.value for name, each in new.items()}
        messages.tell_properties(cloud, device, told)
        orders, device.waiting = device.waiting, []
        for values in orders:
            order(cloud, device, values)


def _tell_change(cloud: Cloud, device: Device, before: Status) -> None:
    """Tell who listens of another status."""
    if device.status == "DISABLE":
        messages.tell_life_cycle(cloud, device, "disable")
    elif before == "DISABLE":
        messages.tell_life_cycle(cloud, device, "enable")
    if device.status == "ONLINE":
        messages.tell_status(cloud, device, "online")
    elif before == "ONLINE":
        messages.tell_status(cloud, device, "offline")


def add_device(cloud: Cloud, product: Product, **details: Any) -> Device:
    """Make a device, as World.add_device does, and tell who listens."""
    device = cloud.world.add_device(product, **details)
    messages.tell_life_cycle(cloud, device, "create")
    return device


def remove_device(cloud: Cloud, device: Device) -> None:
    """Remove a device, and tell who listens."""
    del cloud.world.devices[device.iot_id]
    cloud.plans.forget(device)
    messages.tell_life_cycle(cloud, device, "delete")


def values(cloud: Cloud, device: Device) -> dict[str, str]:
    """Return what the cloud knows now of a device's properties."""
    cloud.catch_up()
    return {name: each.value for name, each in device.properties.items()}


def report(cloud: Cloud, device: Device, told: Mapping[str, str]) -> None:
    """Let a device tell properties: the cloud knows them at once."""
    for identifier, value in told.items():
        device.properties[identifier] = Reported(value, cloud.now())
    messages.tell_properties(cloud, device, told)


def order(cloud: Cloud, device: Device, wanted: dict[str, str]) -> None:
    """Have a device set properties; it does so, and reports them, a little later."""
    if not device.deaf:
        act = partial(_report_if_online, cloud, device, wanted)
        cloud.later(cloud.inferred.property_delay, act)


def _report_if_online(cloud: Cloud, device: Device, told: dict[str, str]) -> None:
    if device.status == "ONLINE":
        report(cloud, device, told)


def invoke(
    cloud: Cloud, device: Device, service: str, arguments: dict[str, Any]
) -> None:
    """Call a service on a device: remember it, and let it do what is seen from outside."""
    device.invoked.append(Invoked(service, arguments, cloud.now()))
    if device.deaf:
        return
    match service:
        case "Reboot":
            set_status(cloud, device, "OFFLINE")
            act = partial(_back, cloud, device, device.status_since)
            cloud.later(cloud.inferred.reboot_seconds, act)
        case "FormatStorageMedium" if _has_card(device):
            report(cloud, device, {"StorageStatus": "3"})
            total = device.properties["StorageTotalCapacity"].value
            done = {"StorageStatus": "1", "StorageRemainCapacity": total}
            act = partial(_report_if_online, cloud, device, done)
            cloud.later(cloud.inferred.format_seconds, act)
        case "EjectStorageCard" if _has_card(device):
            # Devices that were seen tell nothing of its size then.
            order(cloud, device, {"StorageStatus": "0"})


def _back(cloud: Cloud, device: Device, since: float) -> None:
    """Connect a device after a restart, unless something else happened to it meanwhile."""
    if (device.status, device.status_since) == ("OFFLINE", since):
        set_status(cloud, device, "ONLINE")


def _has_card(device: Device) -> bool:
    told = device.properties.get("StorageStatus")
    return told is not None and told.value != "0"
