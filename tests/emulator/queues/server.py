"""The message queue's HTTP side: from a request to an operation, and from there to the answer."""

import asyncio
from email.utils import formatdate
from random import Random
from typing import Any

from aiohttp import web

from ..cloud import Call, Cloud
from ..faults import ConnectionCutError, Fault, OtherBodyError, cut
from . import xml
from .admission import VERSION, admit
from .operations import OPERATIONS, QueueCall, Reply, action_of
from .refusals import QueueRefusal
from .signatures import QueueRequest
from .store import SentAwayError

# Kinds of faults that replies in XML cannot have.
_OF_JSON = ("service", "patch")


class QueueServer:
    """Answers below `/queues`."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._random = Random(cloud.seed)
        self._stopping = False

    def routes(self) -> list[web.RouteDef]:
        """Return what is served."""
        return [web.route("*", "/queues{rest:.*}", self.handle)]

    async def stop(self, _app: web.Application) -> None:
        """Tell who waits that there is nothing: a server that stops waits for nobody."""
        self._stopping = True
        for queue in self._cloud.queues.values():
            queue.wake()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, or do what a fault orders."""
        self._cloud.catch_up()
        wire = QueueRequest(
            request.method,
            request.raw_path,
            {name.lower(): value for name, value in request.headers.items()},
            await request.read(),
        )
        try:
            return await self._answer(request, wire)
        except ConnectionCutError, SentAwayError:
            return await cut(request)
        except OtherBodyError as other:
            return other.response()

    async def _answer(self, request: web.Request, wire: QueueRequest) -> web.Response:
        """Check, carry out, answer; or do what a fault orders."""
        cloud = self._cloud
        fault: Fault | None = None
        action, code, begun = "", "200", cloud.now()
        params: dict[str, Any] = {}

        def has_left() -> bool:
            transport = request.transport
            return self._stopping or transport is None or transport.is_closing()

        try:
            action, name = action_of(wire)
            params = {**dict(wire.query), "QueueName": name}
            admit(cloud, wire, action)
            fault = self._fault(action)
            if fault is not None and not fault.after:
                await self._prevent(fault)
            base_url = f"{request.scheme}://{request.host}"
            call = QueueCall(cloud, wire, action, name, base_url, has_left)
            reply = await OPERATIONS[action](call)
        except QueueRefusal as refusal:
            code, reply = refusal.code, self._refused(refusal)
        except ConnectionCutError, OtherBodyError, SentAwayError:
            code = "fault"
            raise
        finally:
            if action:
                cloud.calls.append(Call(action, params, begun, code))
        if fault is not None and fault.after:
            await self._prevent(fault)
        return await self._respond(reply, fault)

    def _fault(self, action: str) -> Fault | None:
        for fault in self._cloud.faults:
            if fault.kind not in _OF_JSON and fault.takes(action, None):
                return fault
        return None

    async def _prevent(self, fault: Fault) -> None:
        """Answer otherwise than with the operation's own reply, where the fault says so; a cut may come later."""
        match fault.kind:
            case "gateway":
                # What a fault has if it says nothing of it gives way to what belongs to the code.
                raise QueueRefusal(
                    fault.code,
                    status=None if fault.status == 400 else fault.status,
                    message=fault.message,
                    headers=fault.headers,
                )
            case "cut":
                await self._pause(fault.seconds)
                raise ConnectionCutError
            case "body":
                raise OtherBodyError(fault)

    async def _pause(self, seconds: float) -> None:
        """Let time pass, unless the server stops."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self._stopping and (left := until - loop.time()) > 0:
            await asyncio.sleep(min(left, 0.25))

    def _refused(self, refusal: QueueRefusal) -> Reply:
        error = {
            "Code": refusal.code,
            "Message": refusal.message,
            "RequestId": self._request_id(),
            "HostId": f"mns.{self._cloud.region}.aliyuncs.com",
        }
        return Reply(refusal.status, {"Error": error}, refusal.headers)

    def _request_id(self) -> str:
        return f"{self._random.getrandbits(96):024X}"

    async def _respond(self, reply: Reply, fault: Fault | None) -> web.Response:
        document, body = reply.document, b""
        if fault is not None:
            await self._pause(fault.seconds)
            if fault.kind == "odd" and document is not None:
                document = fault.changed(document)
        if document is not None:
            body = xml.write(document).encode(errors="surrogatepass")
        if fault is not None and fault.kind == "truncate":
            body = body[: len(body) // 2]
        return web.Response(
            status=reply.status,
            body=body,
            headers={
                "Date": formatdate(self._cloud.now(), usegmt=True),
                "Content-Type": "text/xml;charset=utf-8",
                "Server": "AliyunMQS",
                "x-mns-request-id": self._request_id(),
                "x-mns-version": VERSION,
                **reply.headers,
            },
        )
