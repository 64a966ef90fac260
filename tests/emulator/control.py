"""Control of the emulator over HTTP, below /_emulator: for programs that do not run in its process. Not signed.

GET  state                the world
GET  calls                what was called, oldest first; DELETE forgets
POST cameras              add one: {nickname?, status?, retention_days?, product_key?}
PATCH cameras/<IotId>     change status, nickname, retention_days, picture_days, firmware, deaf
DELETE cameras/<IotId>
GET  cameras/<IotId>/files        the recordings that can be seen now
POST cameras/<IotId>/files        add one or a list of them: {begin, end, record_type?, stream_type?, event_type?}
GET  cameras/<IotId>/pictures     the pictures that can be seen now
POST cameras/<IotId>/pictures     add one or a list of them: {created, source?, available_at?}
GET  cameras/<IotId>/alarms       the alarms that can be seen now
POST cameras/<IotId>/alarms       raise one or a list of them: {event_type?, delay?, age?, times?, picture?, record?,
                                  description?, data?, listed?, pushed?, push_delay?, push_copies?}; returns {event_id}, or a list; 409: the camera is not online
GET  cameras/<IotId>/properties   what the cloud knows of them: {identifier: text}; PATCH: the camera reports these
GET  cameras/<IotId>/services     what was called on the camera, oldest first; DELETE forgets
POST faults               order one (the fields of faults.Fault); DELETE takes all back
POST media_faults         order one (the fields of faults.MediaFault); DELETE takes all back
GET  media_requests       what was fetched below /media, oldest first; DELETE forgets
POST inferred             change guesses (the fields of inferred.Inferred)
POST keys/<AccessKeyId>   {active?, access_key_secret?}: make, disable, rotate; DELETE
POST subscriptions        subscribe a product: {product_key?, flags?}; default: all products with cameras, all messages
GET  subscriptions        who is subscribed, by product key: {flags, queue_name, messages, waiting}
DELETE subscriptions/<ProductKey>
POST queues/<name>        change {order_seed?}; {cut: true}: break the connections of all that wait; {steal: true}: let
                          another consumer take what is there; returns {stolen}
POST delivery             what befalls messages on their way: the fields of subscriptions.Delivery
GET  plans                all templates and plans: {record, event, templates}
PATCH plans/<kind>/<ID>   change one, as somebody else in the console; <kind>: record, event, templates; DELETE
GET  cameras/<IotId>/plans            by which plans it records, and would record an alarm: {record, event}; ?at=&stream_type=&event_type=
POST cameras/<IotId>/plans/<kind>     somebody else gives it a plan: {name?, sections?: [[day, begin, end]], stream_type?}, of
                          alarms also {event_types?, record_duration?, pre_record_duration?}; DELETE takes it away: ?stream_type=
POST cameras/<IotId>/continuous       record by its plans between two moments: {begin, end}; returns the files
POST settings             {clock_offset?, activated?, denied?, denied_by?, downloads_fail?}

Times are Unix seconds.
"""

from collections.abc import Callable
from dataclasses import asdict
from math import inf
from typing import Any

from aiohttp import web

from . import alarms, pictures, plan_control, queue_control, records, things
from .archive import Picture, RecordedFile
from .cloud import AccessKey, Cloud
from .faults import Fault, MediaFault
from .things import set_status
from .world import Device

__all__ = ["describe", "routes", "set_status"]


def routes(cloud: Cloud) -> list[web.RouteDef]:
    """Return what is served below /_emulator."""
    control = _Control(cloud)
    return [
        web.get("/_emulator/state", control.state),
        web.get("/_emulator/calls", control.calls),
        web.delete("/_emulator/calls", control.forget_calls),
        web.post("/_emulator/cameras", control.add_camera),
        web.patch("/_emulator/cameras/{iot_id}", control.change_camera),
        web.delete("/_emulator/cameras/{iot_id}", control.remove_camera),
        web.get("/_emulator/cameras/{iot_id}/files", control.files),
        web.post("/_emulator/cameras/{iot_id}/files", control.add_files),
        web.get("/_emulator/cameras/{iot_id}/pictures", control.pictures),
        web.post("/_emulator/cameras/{iot_id}/pictures", control.add_pictures),
        web.get("/_emulator/cameras/{iot_id}/alarms", control.alarms),
        web.post("/_emulator/cameras/{iot_id}/alarms", control.raise_alarms),
        web.get("/_emulator/cameras/{iot_id}/properties", control.properties),
        web.patch("/_emulator/cameras/{iot_id}/properties", control.report),
        web.get("/_emulator/cameras/{iot_id}/services", control.services),
        web.delete("/_emulator/cameras/{iot_id}/services", control.forget_services),
        web.post("/_emulator/faults", control.add_fault),
        web.delete("/_emulator/faults", control.clear_faults),
        web.post("/_emulator/media_faults", control.add_media_fault),
        web.delete("/_emulator/media_faults", control.clear_media_faults),
        web.get("/_emulator/media_requests", control.media_requests),
        web.delete("/_emulator/media_requests", control.forget_media_requests),
        web.post("/_emulator/inferred", control.change_inferred),
        web.post("/_emulator/keys/{access_key_id}", control.change_key),
        web.delete("/_emulator/keys/{access_key_id}", control.remove_key),
        web.post("/_emulator/settings", control.change_settings),
        *plan_control.routes(cloud),
        *queue_control.routes(cloud),
    ]


def describe(cloud: Cloud) -> dict[str, Any]:
    """Return what the first line of output tells, too: where the cloud is and what it has."""
    return {
        "access_key_id": cloud.access_key_id,
        "iot_instance_id": cloud.iot_instance_id,
        "cameras": [
            {
                "iot_id": device.iot_id,
                "product_key": device.product.product_key,
                "device_name": device.device_name,
                "nickname": device.nickname,
                "status": device.status,
            }
            for device in cloud.world.devices.values()
            if device.product.video
        ],
    }


class _Control:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def state(self, _request: web.Request) -> web.Response:
        self._cloud.catch_up()
        return web.json_response(
            {
                **describe(self._cloud),
                "records": {
                    device.iot_id: [
                        asdict(record) for record in device.records.values()
                    ]
                    for device in self._cloud.world.devices.values()
                },
            }
        )

    async def calls(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(call) for call in self._cloud.calls])

    async def forget_calls(self, _request: web.Request) -> web.Response:
        self._cloud.calls.clear()
        return web.json_response({})

    async def add_camera(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        products = self._cloud.world.products
        product = products.get(wanted.pop("product_key", "")) or next(
            iter(products.values())
        )
        device = things.add_device(self._cloud, product, **wanted)
        return web.json_response({"iot_id": device.iot_id})

    def _device(self, request: web.Request) -> Device:
        self._cloud.catch_up()
        device = self._cloud.world.devices.get(request.match_info["iot_id"])
        if device is None:
            raise web.HTTPNotFound
        return device

    async def change_camera(self, request: web.Request) -> web.Response:
        device, wanted = self._device(request), await request.json()
        if "status" in wanted:
            set_status(self._cloud, device, wanted["status"])
        for name in ("nickname", "retention_days", "picture_days", "firmware", "deaf"):
            if name in wanted:
                setattr(device, name, wanted[name])
        return web.json_response({})

    async def remove_camera(self, request: web.Request) -> web.Response:
        things.remove_device(self._cloud, self._device(request))
        return web.json_response({})

    async def files(self, request: web.Request) -> web.Response:
        found = records.between(self._cloud, self._device(request), -inf, inf)
        return web.json_response([asdict(file) for file in found])

    async def pictures(self, request: web.Request) -> web.Response:
        found = pictures.arrived(self._cloud, self._device(request))
        return web.json_response([asdict(picture) for picture in found])

    async def add_files(self, request: web.Request) -> web.Response:
        return await self._add(request, self._cloud.world.add_file)

    async def add_pictures(self, request: web.Request) -> web.Response:
        return await self._add(request, self._cloud.world.add_picture)

    async def _add(
        self, request: web.Request, add: Callable[..., RecordedFile | Picture]
    ) -> web.Response:
        """Add what is asked for, one or many, and return the same: one or many."""
        device, wanted = self._device(request), await request.json()
        if isinstance(wanted, list):
            return web.json_response([asdict(add(device, **each)) for each in wanted])
        return web.json_response(asdict(add(device, **wanted)))

    async def alarms(self, request: web.Request) -> web.Response:
        found = alarms.visible(self._cloud, self._device(request))
        return web.json_response([asdict(alarm) for alarm in found])

    async def raise_alarms(self, request: web.Request) -> web.Response:
        camera, wanted = self._device(request), await request.json()
        many = wanted if isinstance(wanted, list) else [wanted]
        try:
            raised = [
                {"event_id": alarms.raise_alarm(self._cloud, camera, **each)}
                for each in many
            ]
        except alarms.CameraOfflineError:
            raise web.HTTPConflict(text="The camera is not online.") from None
        return web.json_response(raised if many is wanted else raised[0])

    async def properties(self, request: web.Request) -> web.Response:
        return web.json_response(things.values(self._cloud, self._device(request)))

    async def report(self, request: web.Request) -> web.Response:
        things.report(self._cloud, self._device(request), await request.json())
        return web.json_response({})

    async def services(self, request: web.Request) -> web.Response:
        return web.json_response(
            [asdict(each) for each in self._device(request).invoked]
        )

    async def forget_services(self, request: web.Request) -> web.Response:
        self._device(request).invoked.clear()
        return web.json_response({})

    async def add_media_fault(self, request: web.Request) -> web.Response:
        self._cloud.media_faults.append(MediaFault(**await request.json()))
        return web.json_response({})

    async def clear_media_faults(self, _request: web.Request) -> web.Response:
        self._cloud.media_faults.clear()
        return web.json_response({})

    async def media_requests(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(each) for each in self._cloud.media_requests])

    async def forget_media_requests(self, _request: web.Request) -> web.Response:
        self._cloud.media_requests.clear()
        return web.json_response({})

    async def add_fault(self, request: web.Request) -> web.Response:
        self._cloud.faults.append(Fault(**await request.json()))
        return web.json_response({})

    async def clear_faults(self, _request: web.Request) -> web.Response:
        self._cloud.faults.clear()
        return web.json_response({})

    async def change_inferred(self, request: web.Request) -> web.Response:
        for name, value in (await request.json()).items():
            setattr(self._cloud.inferred, name, value)
        return web.json_response({})

    async def change_key(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        key = self._cloud.keys.setdefault(
            request.match_info["access_key_id"], AccessKey("")
        )
        key.access_key_secret = wanted.get("access_key_secret", key.access_key_secret)
        key.active = wanted.get("active", key.active)
        return web.json_response({})

    async def remove_key(self, request: web.Request) -> web.Response:
        self._cloud.keys.pop(request.match_info["access_key_id"], None)
        return web.json_response({})

    async def change_settings(self, request: web.Request) -> web.Response:
        known = ("clock_offset", "activated", "denied", "denied_by", "downloads_fail")
        for name, value in (await request.json()).items():
            if name not in known:
                raise web.HTTPBadRequest(text=f"unknown setting {name}")
            setattr(self._cloud, name, set(value) if name == "denied" else value)
        return web.json_response({})
