"""Speaks to a real Home Assistant as its frontend does: HTTP to sign in, then the websocket."""

import asyncio
import asyncio.subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import itertools
from typing import Any, Self

import aiohttp

USER = {"name": "Demo", "username": "demo", "password": "demo", "language": "en"}
START_TIMEOUT = 90


class CommandError(Exception):
    """Home Assistant refused a command."""


class Client:
    """A signed-in user. Made by `connect`."""

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, tokens: dict[str, Any]
    ) -> None:
        self.base_url = base_url
        self.tokens = tokens  # as /auth/token gives them
        self._session = session
        self._socket: aiohttp.ClientWebSocketResponse
        self._ids = itertools.count(1)
        self._replies: dict[int, asyncio.Future[Any]] = {}
        self._events: dict[int, asyncio.Queue[Any]] = {}

    @classmethod
    @asynccontextmanager
    async def connect(
        cls,
        base_url: str,
        process: asyncio.subprocess.Process,
        *,
        restarted: bool = False,
    ) -> AsyncIterator[Self]:
        """Wait for Home Assistant, make the first user or sign in, and open the websocket."""
        # Ready to onboard; or, where that was done in another life, to speak over the websocket.
        path, status = ("websocket", 400) if restarted else ("onboarding", 200)
        async with aiohttp.ClientSession() as session:
            await _wait_for(session, process, f"{base_url}/api/{path}", status)
            tokens = await _sign_in(session, base_url)
            async with cls.open(session, base_url, tokens) as client:
                yield client

    @classmethod
    @asynccontextmanager
    async def open(
        cls, session: aiohttp.ClientSession, base_url: str, tokens: dict[str, Any]
    ) -> AsyncIterator[Self]:
        """Open the websocket of a user who has signed in before."""
        client = cls(session, base_url, tokens)
        async with session.ws_connect(
            f"{base_url}/api/websocket", max_msg_size=0
        ) as socket:
            await socket.receive_json()
            await socket.send_json(
                {"type": "auth", "access_token": tokens["access_token"]}
            )
            await socket.receive_json()
            client._socket = socket
            reader = asyncio.create_task(client._read())
            try:
                yield client
            finally:
                reader.cancel()

    async def _read(self) -> None:
        async for message in self._socket:
            answer = message.json()
            if answer["type"] == "result":
                self._replies.pop(answer["id"]).set_result(answer)
            elif answer["type"] == "event":
                self._events[answer["id"]].put_nowait(answer["event"])

    async def command(self, kind: str, **data: Any) -> Any:
        """Send a websocket command; return its result. Raises CommandError."""
        number = next(self._ids)
        future = self._replies[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "type": kind, **data})
        answer = await future
        if not answer["success"]:
            raise CommandError(answer["error"])
        return answer["result"]

    async def events(self, event_type: str) -> asyncio.Queue[Any]:
        """Subscribe to events of the bus."""
        number = next(self._ids)
        queue = self._events[number] = asyncio.Queue()
        future = self._replies[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json(
            {"id": number, "type": "subscribe_events", "event_type": event_type}
        )
        await future
        return queue

    async def action(self, name: str, reply: bool = False, **data: Any) -> Any:
        """Perform an action such as `button.press`; return its reply where one is wanted."""
        domain, _, service = name.partition(".")
        result = await self.command(
            "call_service",
            domain=domain,
            service=service,
            service_data=data,
            return_response=reply,
        )
        return result.get("response")

    async def request(self, method: str, path: str, **arguments: Any) -> Any:
        """Send an HTTP request; return the JSON of the answer."""
        token = self.tokens["access_token"]
        async with self._session.request(
            method,
            self.base_url + path,
            headers={"Authorization": f"Bearer {token}"},
            raise_for_status=True,
            **arguments,
        ) as response:
            return await response.json()

    async def sign_in(self, username: str, password: str) -> dict[str, Any]:
        """Return tokens of another user, as /auth/token gives them."""
        client_id = f"{self.base_url}/"
        code = await _log_in(
            self._session, self.base_url, client_id, username, password
        )
        return await _tokens(self._session, self.base_url, client_id, code)

    async def set_up(self, user_input: dict[str, Any]) -> dict[str, Any]:
        """Set up the integration through its dialog; return the last answer."""
        return await self._dialog("flow", "linkvisual", user_input)

    async def change_options(
        self, entry_id: str, user_input: dict[str, Any]
    ) -> dict[str, Any]:
        """Change options of a config entry through its dialog, the others keep their defaults; return the last answer."""
        return await self._dialog("options/flow", entry_id, user_input)

    async def _dialog(
        self, kind: str, handler: str, user_input: dict[str, Any]
    ) -> dict[str, Any]:
        path = f"/api/config/config_entries/{kind}"
        flow = await self.request("POST", path, json={"handler": handler})
        answer = await self.request(
            "POST", f"{path}/{flow['flow_id']}", json=user_input
        )
        assert isinstance(answer, dict)
        return answer


async def _wait_for(
    session: aiohttp.ClientSession,
    process: asyncio.subprocess.Process,
    url: str,
    status: int,
) -> None:
    """Wait until Home Assistant has not only begun to listen but answers at an address as it shall."""
    async with asyncio.timeout(START_TIMEOUT):
        while process.returncode is None:
            try:
                async with session.get(url) as response:
                    if response.status == status:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError("Home Assistant has ended")


async def _sign_in(session: aiohttp.ClientSession, base_url: str) -> dict[str, Any]:
    client_id = f"{base_url}/"
    async with session.post(
        f"{base_url}/api/onboarding/users", json={"client_id": client_id, **USER}
    ) as response:
        if response.status == 200:
            code = (await response.json())["auth_code"]
        else:
            code = await _log_in(
                session, base_url, client_id, USER["username"], USER["password"]
            )
    return await _tokens(session, base_url, client_id, code)


async def _tokens(
    session: aiohttp.ClientSession, base_url: str, client_id: str, code: str
) -> dict[str, Any]:
    async with session.post(
        f"{base_url}/auth/token",
        data={"grant_type": "authorization_code", "code": code, "client_id": client_id},
        raise_for_status=True,
    ) as response:
        tokens = await response.json()
        assert isinstance(tokens, dict)
        return tokens


async def _log_in(
    session: aiohttp.ClientSession,
    base_url: str,
    client_id: str,
    username: str,
    password: str,
) -> str:
    """Sign in; return the authorization code."""
    async with session.post(
        f"{base_url}/auth/login_flow",
        json={
            "client_id": client_id,
            "handler": ["homeassistant", None],
            "redirect_uri": client_id,
        },
    ) as response:
        flow_id = (await response.json())["flow_id"]
    async with session.post(
        f"{base_url}/auth/login_flow/{flow_id}",
        json={
            "client_id": client_id,
            "username": username,
            "password": password,
        },
    ) as response:
        return str((await response.json())["result"])
