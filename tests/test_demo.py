"""The port that script/demo chooses."""

import socket

import pytest

from tests.instance.demo import choose_port


def test_port(socket_enabled: None, capsys: pytest.CaptureFixture[str]) -> None:
    """A port that is taken is replaced by another one, and the user is told; a free one is used."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        wanted: int = other.getsockname()[1]
        port = choose_port(wanted)
        assert port != wanted
        expected = f"Port {wanted} is taken; using {port}.\n"
        assert capsys.readouterr().err == expected
    assert choose_port(wanted) == wanted
    assert not capsys.readouterr().err
