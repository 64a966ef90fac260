"""Ports of this machine for servers of tests."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import socket


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    try:
        # As servers do: a port whose last connections are not quite over is free.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
    except OSError:
        bound.close()
        raise
    return bound


def free_port(wanted: int = 0) -> int:
    """Return the wanted port if it is free, otherwise another one."""
    with suppress(OSError), _bound(wanted) as probe:
        return int(probe.getsockname()[1])
    with _bound(0) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def reserved_port() -> Iterator[int]:
    """Reserve a port for a server that is stopped and started again.

    On Linux servers may listen on it, while nobody else is given it for a connection or as a free port.
    """
    with _bound(0) as holder:
        yield int(holder.getsockname()[1])
