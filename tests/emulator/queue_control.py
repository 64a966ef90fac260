"""Control of subscriptions and message queues over HTTP. What there is, is told by control.py."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from .cloud import Cloud
from .subscriptions import FLAGS, Subscription


def routes(cloud: Cloud) -> list[web.RouteDef]:
    """Return what is served below /_emulator."""
    control = _QueueControl(cloud)
    return [
        web.post("/_emulator/subscriptions", control.subscribe),
        web.get("/_emulator/subscriptions", control.subscriptions),
        web.delete("/_emulator/subscriptions/{product_key}", control.unsubscribe),
        web.post("/_emulator/queues/{name}", control.change_queue),
        web.post("/_emulator/delivery", control.change_delivery),
    ]


class _QueueControl:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def subscribe(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        products = []
        if product_key := wanted.get("product_key"):
            products = [self._cloud.world.products[product_key]]
        self._cloud.subscribe(*products, flags=wanted.get("flags", FLAGS[:3]))
        return web.json_response({})

    async def subscriptions(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                product_key: self._described(each)
                for (product_key, kind), each in self._cloud.subscriptions.items()
                if kind == "MNS"
            }
        )

    def _described(self, subscription: Subscription) -> dict[str, Any]:
        queue = self._cloud.queues.get(subscription.queue_name)
        return {
            "flags": sorted(subscription.flags),
            "queue_name": subscription.queue_name,
            "messages": len(queue.messages) if queue else None,
            "waiting": queue.waiting if queue else None,
        }

    async def unsubscribe(self, request: web.Request) -> web.Response:
        key = request.match_info["product_key"], "MNS"
        if (subscription := self._cloud.subscriptions.pop(key, None)) is not None:
            self._cloud.delete_queue(subscription.queue_name)
        return web.json_response({})

    async def change_queue(self, request: web.Request) -> web.Response:
        queue = self._cloud.queues.get(request.match_info["name"])
        if queue is None:
            raise web.HTTPNotFound
        wanted = await request.json()
        if "order_seed" in wanted:
            queue.order_seed = wanted["order_seed"]
        if wanted.get("cut"):
            queue.send_away()
        stolen = queue.steal(self._cloud.now()) if wanted.get("steal") else 0
        return web.json_response({"stolen": stolen})

    async def change_delivery(self, request: web.Request) -> web.Response:
        changes = await request.json()
        self._cloud.delivery = replace(self._cloud.delivery, **changes)
        return web.json_response({})
