"""The HTTP application: one port serves the gateway of all products, message queues, the media and the control."""

from aiohttp import web

from . import control, media
from .cloud import Cloud
from .gateway import Gateway
from .queues.server import QueueServer


def create_app(cloud: Cloud) -> web.Application:
    """Return an application that serves a cloud."""
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/", Gateway(cloud).handle)
    app.add_routes(media.routes(cloud))
    queues = QueueServer(cloud)
    app.add_routes(queues.routes())
    app.on_shutdown.append(queues.stop)
    app.add_routes(control.routes(cloud))
    return app
