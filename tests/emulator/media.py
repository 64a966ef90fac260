"""The media of the cloud, and of them the live streams: HLS and HTTP-FLV behind addresses with a token.

Source: linkvisual-api.md section 13.
"""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from . import flv, hls, media_oss, media_vod, mpegts
from .cloud import Cloud
from .media_send import Content, Flow, Sender
from .sessions import LiveSession

# A player starts this many segments behind the newest, which has just ended: a camera has pushed its stream for as
# long when an address of it is opened.
WINDOW = 3
# Seconds.
_FLV_PAUSE = 0.02


def routes(cloud: Cloud) -> list[web.RouteDef]:
    """Return what is served below /media."""
    live, sender = _Live(cloud), Sender(cloud)
    return [
        sender.get("/media/live/{name}.m3u8", live.playlist),
        sender.get(r"/media/live/{name}/{number:\d+}.ts", live.segment),
        sender.get("/media/live/{name}.flv", live.flv, allow_head=False),
        *media_vod.routes(cloud, sender),
        *media_oss.routes(cloud, sender),
    ]


class _Live:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def playlist(self, request: web.Request) -> Content:
        """Find the newest segments of a camera that is online."""
        session = self._open(request)
        assert session.opened_at is not None
        newest = int(self._cloud.now() - session.opened_at) // mpegts.SEGMENT_SECONDS
        first = max(0, newest)
        base = hls.segments_at(self._cloud, request)
        lines = [f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        for number in range(first, first + WINDOW):
            lines += [
                f"#EXTINF:{mpegts.SEGMENT_SECONDS:.3f},",
                f"{base}/{number}.ts?token={session.token}",
            ]
        return hls.playlist(lines)

    async def segment(self, request: web.Request) -> Content:
        """Find two seconds of picture and sound."""
        session = self._session(request)
        if session.opened_at is None:
            raise web.HTTPForbidden
        return hls.segment(session.stream_type, int(request.match_info["number"]))

    async def flv(self, request: web.Request) -> Flow:
        """Find what a camera sees now, in one response."""
        session = self._session(request)
        now = self._cloud.now()
        used_up = session.opened_at is not None and not session.unlimited
        if now > session.open_until or used_up:
            raise web.HTTPForbidden
        session.opened_at = session.opened_at or now
        return Flow(self._pieces(session, session.opened_at), "video/x-flv")

    async def _pieces(
        self, session: LiveSession, opened_at: float
    ) -> AsyncIterator[bytes]:
        """Yield tags as they are due, the newest key frame first, for as long as the camera pushes its stream."""
        name = hls.STREAM_NAMES[session.stream_type]
        yield flv.start(name)
        newest = int(self._cloud.now() - opened_at) // mpegts.SEGMENT_SECONDS
        ahead = WINDOW * mpegts.SEGMENT_SECONDS
        for due, tag in flv.tags(name, newest + WINDOW):
            while due - ahead > self._cloud.now() - opened_at and self._is_seen(
                session
            ):
                await asyncio.sleep(_FLV_PAUSE)
            if not self._is_seen(session):
                return
            session.last_used = self._cloud.now()
            yield tag

    def _is_seen(self, session: LiveSession) -> bool:
        """Return whether the camera is there, and pushes its stream."""
        camera = self._cloud.world.devices.get(session.iot_id)
        return camera is not None and camera.status == "ONLINE" and not session.stopped

    def _session(self, request: web.Request) -> LiveSession:
        session = self._cloud.live.get(request.query.get("token", ""))
        if session is None:
            raise web.HTTPForbidden
        name = request.match_info["name"]
        if name != f"{session.iot_id}_{session.stream_type}":
            raise web.HTTPForbidden
        if not self._is_seen(session):
            raise web.HTTPNotFound
        return session

    def _open(self, request: web.Request) -> LiveSession:
        """Return the session of an address that may be opened, or is being watched."""
        session = self._session(request)
        now = self._cloud.now()
        idle = self._cloud.inferred.live_idle_timeout
        watched = session.opened_at is not None and now - session.last_used <= idle
        if not watched:
            used_up = session.opened_at is not None and not session.unlimited
            if now > session.open_until or used_up:
                raise web.HTTPForbidden
            session.opened_at = now
        session.last_used = now
        return session
