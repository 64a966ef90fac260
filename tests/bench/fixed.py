"""A server that reads a request and gives a fixed reply, in a process of its own: the least that any call can take."""

import argparse
import asyncio
from email.utils import formatdate
import json
import signal
import ssl
from typing import override

from tests.certificates import self_signed

HOST = "127.0.0.1"
# What the cloud answers to TriggerRecord.
_BODY = json.dumps(
    {
        "Code": "200",
        "Data": "bench000000000000000000000000000",
        "RequestId": "A1B2C3D4-0000-4000-8000-000000000000",
        "Success": True,
    }
).encode()
_CAMERA = "bench00000000000000000000000100"


class FixedReply(asyncio.Protocol):
    """One connection. A POST of `/_bench/take` tells how many there were so far."""

    connections = 0

    def __init__(self) -> None:
        self._received = b""
        self._transport: asyncio.Transport

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        FixedReply.connections += 1

    @override
    def data_received(self, data: bytes) -> None:
        # No request has a body.
        self._received += data
        while b"\r\n\r\n" in self._received:
            request, _, self._received = self._received.partition(b"\r\n\r\n")
            body = _BODY
            if request.startswith(b"POST /_bench/take "):
                body = b'{"connections":%d}' % FixedReply.connections
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                b"Date: %b\r\nContent-Length: %d\r\n\r\n%b"
                % (formatdate(usegmt=True).encode(), len(body), body)
            )


async def _serve(tls: bool) -> None:
    certificate, context = "", None
    if tls:
        files = self_signed(HOST)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*files)
        certificate = str(files[0])
    server = await asyncio.get_running_loop().create_server(
        FixedReply, HOST, 0, ssl=context
    )
    port = server.sockets[0].getsockname()[1]
    told = {
        "endpoint": f"http{'s' if tls else ''}://{HOST}:{port}",
        "certificate": certificate,
        "access_key_id": "LTAI5tBench000000000001",
        "iot_instance_id": "iot-bench01",
        "cameras": [{"iot_id": _CAMERA}],
    }
    print(json.dumps(told), flush=True)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", action="store_true")
    asyncio.run(_serve(parser.parse_args().tls))
