"""Playback of recordings: HLS behind addresses that can be opened once.

Source: linkvisual-api.md section 20, QueryRecordUrl and QueryRecordUrlByTime.
"""

from aiohttp import web

from . import hls, records
from .cloud import Cloud
from .media_send import Content, Sender
from .sessions import Part, VodSession


def vod_url(
    cloud: Cloud, base_url: str, iot_id: str, parts: list[Part], seconds: float
) -> str:
    """Return a new address, which can be opened for so many seconds."""
    now = cloud.now()
    # Oldest first; one that still lives hides those behind it for a while.
    while cloud.vod and _is_dead(next(iter(cloud.vod.values())), now):
        del cloud.vod[next(iter(cloud.vod))]
    token = cloud.world.hexadecimal()
    cloud.vod[token] = VodSession(iot_id, parts, now + seconds)
    return f"{base_url}/media/vod/{token}.m3u8"


def _is_dead(session: VodSession, now: float) -> bool:
    return now > (session.live_until or session.open_until)


def routes(cloud: Cloud, sender: Sender) -> list[web.RouteDef]:
    """Return what is served below /media/vod."""
    vod = _Vod(cloud)
    return [
        # HEAD would use up the address, or it would not: nobody knows.
        sender.get("/media/vod/{token}.m3u8", vod.opened, allow_head=False),
        sender.get("/media/vod/{token}/media.m3u8", vod.playlist, allow_head=False),
        sender.get(r"/media/vod/{token}/{number:\d+}.ts", vod.segment),
    ]


class _Vod:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def _session(self, request: web.Request) -> VodSession:
        session = self._cloud.vod.get(request.match_info["token"])
        if session is None or _is_dead(session, self._cloud.now()):
            raise web.HTTPForbidden
        return session

    def _is_kept(self, session: VodSession, part: Part) -> bool:
        """Return whether a file was not deleted, nor purged, since the address was given out."""
        camera = self._cloud.world.devices.get(session.iot_id)
        return camera is not None and records.is_kept(self._cloud, camera, part.file)

    async def opened(self, request: web.Request) -> Content:
        """Find what an address stands for: the playlist, or another one that names it."""
        if not self._cloud.inferred.vod_variant_playlist:
            return await self.playlist(request)
        self._session(request)
        base = hls.segments_at(self._cloud, request)
        return hls.playlist(
            ["#EXT-X-STREAM-INF:BANDWIDTH=1000000", f"{base}/media.m3u8"]
        )

    async def playlist(self, request: web.Request) -> Content:
        """Find what is played: each file's segments, and a seam between files."""
        session = self._session(request)
        if session.live_until is not None:
            raise web.HTTPForbidden
        kept = [part for part in session.parts if self._is_kept(session, part)]
        if session.parts and not kept:
            raise web.HTTPNotFound
        session.parts = kept
        session.live_until = self._cloud.now() + self._cloud.inferred.vod_session
        base = hls.segments_at(self._cloud, request)
        lines = ["#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD"]
        count = 0
        for part in kept:
            if count:
                lines.append("#EXT-X-DISCONTINUITY")
            for number in part.numbers:
                lines += [f"#EXTINF:{part.seconds(number):.3f},", f"{base}/{count}.ts"]
                count += 1
        return hls.playlist([*lines, "#EXT-X-ENDLIST"])

    async def segment(self, request: web.Request) -> Content:
        """Find two seconds of picture and sound; the last ones of a file are shown for a shorter time."""
        session = self._session(request)
        if session.live_until is None:
            raise web.HTTPForbidden
        wanted = int(request.match_info["number"])
        for part in session.parts:
            if wanted < len(part.numbers):
                if not self._is_kept(session, part):
                    break
                return hls.segment(part.file.stream_type, part.numbers[wanted])
            wanted -= len(part.numbers)
        raise web.HTTPNotFound
