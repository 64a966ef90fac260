"""The media of the cloud: live HLS behind addresses with a token. Source: linkvisual-api.md section 13."""

from aiohttp import web

from . import mpegts
from .cloud import Cloud, LiveSession

STREAM_NAMES = {0: "main", 1: "sub"}
# A player starts this many segments behind the newest.
WINDOW = 3


def routes(cloud: Cloud) -> list[web.RouteDef]:
    """Return what is served below /media."""
    media = _Media(cloud)
    return [
        web.get("/media/live/{name}.m3u8", media.live_playlist),
        web.get("/media/live/{name}/{number}.ts", media.live_segment),
    ]


class _Media:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def live_playlist(self, request: web.Request) -> web.Response:
        """Serve the newest segments of a camera that is online."""
        session = self._open(request)
        assert session.opened_at is not None
        newest = int(self._cloud.now() - session.opened_at) // mpegts.SEGMENT_SECONDS
        first = max(0, newest)
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:3",
            f"#EXT-X-TARGETDURATION:{mpegts.SEGMENT_SECONDS}",
            f"#EXT-X-MEDIA-SEQUENCE:{first}",
        ]
        name = request.match_info["name"]
        for number in range(first, first + WINDOW):
            lines += [
                f"#EXTINF:{mpegts.SEGMENT_SECONDS:.3f},",
                f"{name}/{number}.ts?token={session.token}",
            ]
        return web.Response(
            text="\n".join((*lines, "")),
            content_type="application/vnd.apple.mpegurl",
            headers={"Cache-Control": "no-cache"},
        )

    async def live_segment(self, request: web.Request) -> web.Response:
        """Serve two seconds of picture and sound."""
        session = self._session(request)
        if session.opened_at is None:
            raise web.HTTPForbidden
        number = int(request.match_info["number"])
        return web.Response(
            body=mpegts.segment(STREAM_NAMES[session.stream_type], number),
            content_type="video/mp2t",
        )

    def _session(self, request: web.Request) -> LiveSession:
        session = self._cloud.live.get(request.query.get("token", ""))
        if session is None:
            raise web.HTTPForbidden
        name = request.match_info["name"]
        camera = self._cloud.world.devices.get(session.iot_id)
        if name != f"{session.iot_id}_{session.stream_type}":
            raise web.HTTPForbidden
        if camera is None or camera.status != "ONLINE":
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
