"""Control of plans and templates over HTTP, as somebody else changes them in the console. What there is, is told by control.py."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from . import continuous
from .cloud import Cloud
from .plans import Section
from .world import Device


def routes(cloud: Cloud) -> list[web.RouteDef]:
    """Return what is served below /_emulator."""
    control = _PlanControl(cloud)
    plans, camera = "/_emulator/plans", "/_emulator/cameras/{iot_id}"
    return [
        web.get(plans, control.all),
        web.patch(f"{plans}/{{kind}}/{{own_id}}", control.change),
        web.delete(f"{plans}/{{kind}}/{{own_id}}", control.remove),
        web.get(f"{camera}/plans", control.of_camera),
        web.post(f"{camera}/plans/{{kind}}", control.add_foreign),
        web.delete(f"{camera}/plans/{{kind}}", control.take_away),
        web.post(f"{camera}/continuous", control.record),
    ]


def _read(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return fields of a template or a plan from JSON, where sections are triples: day, begin, end."""
    if "sections" not in wanted:
        return wanted
    return {
        **wanted,
        "sections": tuple(Section(*each) for each in wanted["sections"]),
    }


class _PlanControl:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def _device(self, request: web.Request) -> Device:
        device = self._cloud.world.devices.get(request.match_info["iot_id"])
        if device is None:
            raise web.HTTPNotFound
        return device

    def _kind(self, request: web.Request) -> dict[str, Any]:
        """Return all of the kind that the path names, by ID."""
        plans = self._cloud.plans
        kinds: dict[str, dict[str, Any]] = {
            "record": plans.record_plans,
            "event": plans.event_plans,
            "templates": plans.templates,
        }
        if (found := kinds.get(request.match_info["kind"])) is None:
            raise web.HTTPNotFound
        return found

    async def all(self, _request: web.Request) -> web.Response:
        plans = self._cloud.plans
        return web.json_response(
            {
                "record": [asdict(each) for each in plans.record_plans.values()],
                "event": [asdict(each) for each in plans.event_plans.values()],
                "templates": [asdict(each) for each in plans.templates.values()],
            }
        )

    async def change(self, request: web.Request) -> web.Response:
        found = self._kind(request).get(request.match_info["own_id"])
        if found is None:
            raise web.HTTPNotFound
        for name, value in _read(await request.json()).items():
            setattr(found, name, value)
        return web.json_response({})

    async def remove(self, request: web.Request) -> web.Response:
        own_id = request.match_info["own_id"]
        self._kind(request).pop(own_id, None)
        self._cloud.plans.take_from_all(own_id)
        return web.json_response({})

    async def of_camera(self, request: web.Request) -> web.Response:
        device, query = self._device(request), request.query
        now = self._cloud.now()
        when = datetime.fromtimestamp(float(query.get("at", now)), UTC)
        stream_type = int(query.get("stream_type", 0))
        event_type = int(query.get("event_type", 1))
        plans = self._cloud.plans
        record = plans.records_at(device, when, stream_type)
        event = plans.event_plan_at(device, event_type, when, stream_type)
        return web.json_response(
            {
                "record": asdict(record) if record else None,
                "event": asdict(event) if event else None,
            }
        )

    async def add_foreign(self, request: web.Request) -> web.Response:
        plans, device = self._cloud.plans, self._device(request)
        wanted = _read(await request.json())
        match request.match_info["kind"]:
            case "record":
                plan = plans.add_foreign_record_plan(device, **wanted)
            case "event":
                plan = plans.add_foreign_event_plan(device, **wanted)
            case _:
                raise web.HTTPNotFound
        return web.json_response(asdict(plan))

    async def take_away(self, request: web.Request) -> web.Response:
        plans = self._cloud.plans
        key = self._device(request).iot_id, int(request.query.get("stream_type", 0))
        match request.match_info["kind"]:
            case "record":
                plans.record_streams.pop(key, None)
            case "event":
                plans.event_streams.pop(key, None)
        return web.json_response({})

    async def record(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        files = continuous.record(
            self._cloud, self._device(request), wanted["begin"], wanted["end"]
        )
        return web.json_response([asdict(file) for file in files])
