"""The emulated cloud in a process of its own, over http or https, with a note of what arrived when."""

import argparse
import asyncio
import json
import logging
import signal
import ssl
import time

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.certificates import self_signed
from tests.emulator.app import create_app
from tests.emulator.cloud import Cloud
from tests.emulator.control import describe

HOST = "127.0.0.1"


class Arrivals:
    """Notes signed calls before the emulator looks at them."""

    def __init__(self) -> None:
        self._requests: list[tuple[float, str]] = []  # Unix seconds, operation
        self._peers: set[int] = set()
        self._now = 0
        self._most = 0

    @web.middleware
    async def note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Note a call and pass it on."""
        if request.path != "/":
            return await handler(request)
        action = request.headers.get("x-acs-action", "")
        self._requests.append((time.time(), action))
        if request.transport is not None:
            self._peers.add(request.transport.get_extra_info("peername")[1])
        self._now += 1
        self._most = max(self._most, self._now)
        try:
            return await handler(request)
        finally:
            self._now -= 1

    async def take(self, _request: web.Request) -> web.Response:
        """Return what was noted, and forget it. Connections that went on are told once."""
        answer = {
            "requests": self._requests,
            "connections": len(self._peers),
            "most_at_once": self._most,
        }
        self._requests, self._most = [], 0
        return web.json_response(answer)


async def _serve(cameras: int, tls: bool) -> None:
    cloud, arrivals = Cloud(cameras=cameras), Arrivals()
    # What is measured is not the cloud's patience: no limit of calls per second.
    cloud.inferred.default_qps = 10**6
    app = create_app(cloud)
    app.middlewares.append(arrivals.note)
    app.router.add_post("/_bench/take", arrivals.take)
    certificate, context = "", None
    if tls:
        files = self_signed(HOST)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*files)
        certificate = str(files[0])
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0, backlog=1024, ssl_context=context).start()
    endpoint = f"http{'s' if tls else ''}://{HOST}:{runner.addresses[0][1]}"
    told = {"endpoint": endpoint, "certificate": certificate, **describe(cloud)}
    print(json.dumps(told), flush=True)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await runner.cleanup()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cameras", type=int, default=6)
    parser.add_argument("--tls", action="store_true")
    arguments = parser.parse_args()
    # A connection that is cut on purpose is no error.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    asyncio.run(_serve(arguments.cameras, arguments.tls))
