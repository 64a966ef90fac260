"""Object storage: MP4s and pictures behind signed addresses, and OSS's own way to say no, in XML.

Ranges, headers and errors: the OSS documentation ("GetObject", "Use HTTP Range requests", "Error responses").
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from hashlib import md5
import hmac
from mmap import mmap
import re
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from . import jpeg, mp4, oss, pictures, records
from .answers import to_xml
from .archive import RecordedFile
from .cloud import Cloud
from .hls import STREAM_NAMES
from .media_send import Content, Sender
from .world import Device, utc_text, wall_clock

_EXPIRES = re.compile(r"[0-9]{1,11}")
_WIDTH = re.compile(r"/resize,(?:[^/]*,)?w_(\d+)")


def routes(cloud: Cloud, sender: Sender) -> list[web.RouteDef]:
    """Return what is served below /media/oss."""
    return [sender.get("/media/oss/{key}", _Storage(cloud).object)]


class OssRefusal(Exception):
    """OSS's no: a status, and XML with Code and Message."""

    def __init__(self, status: int, code: str, message: str, **more: str) -> None:
        self.status = status
        self.body: dict[str, Any] = {"Code": code, "Message": message, **more}
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class _Stored:
    data: bytes | mmap
    md5: str
    modified: float


class _Storage:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def object(self, request: web.Request) -> Content:
        """Find what a signed address leads to."""
        request_id = self._cloud.request_id().replace("-", "")[:24]
        headers = {"Server": "AliyunOSS", "x-oss-request-id": request_id}
        try:
            process = self._admit(request)
            stored = await self._read(request.match_info["key"], process)
        except OssRefusal as refusal:
            host = {"RequestId": request_id, "HostId": request.host}
            xml = to_xml("Error", {**refusal.body, **host})
            return Content(xml.encode(), "application/xml", headers, refusal.status)
        return Content(
            stored.data,
            "video/mp4" if request.path.endswith(".mp4") else "image/jpeg",
            {
                **headers,
                "ETag": f'"{stored.md5}"',
                "Last-Modified": formatdate(stored.modified, usegmt=True),
                "x-oss-object-type": "Normal",
            },
            ranges=True,
            lenient=request.headers.get("x-oss-range-behavior") != "standard",
        )

    def _admit(self, request: web.Request) -> str | None:
        """Check time and signature; return what the object is to be made into, if anything."""
        query = dict(parse_qsl(request.rel_url.raw_query_string))
        expires, given = query.get("Expires", ""), query.get("Signature", "")
        key_id, process = query.get("OSSAccessKeyId", ""), query.get("x-oss-process")
        if not (_EXPIRES.fullmatch(expires) and given and key_id):
            raise OssRefusal(
                403,
                "AccessDenied",
                "You have no right to access this object because of bucket acl.",
            )
        now = self._cloud.now()
        if int(expires) < now:
            raise OssRefusal(
                403,
                "AccessDenied",
                "Request has expired.",
                Expires=datetime.fromtimestamp(int(expires), UTC).isoformat(),
                ServerTime=utc_text(now),
            )
        if key_id != oss.ACCESS_KEY_ID:
            raise OssRefusal(
                403,
                "InvalidAccessKeyId",
                "The OSS Access Key Id you provided does not exist in our records.",
                OSSAccessKeyId=key_id,
            )
        method = request.method
        if method == "HEAD" and self._cloud.inferred.oss_get_url_serves_head:
            method = "GET"
        key = request.match_info["key"]
        signed = oss.string_to_sign(method, key, expires, process)
        if not hmac.compare_digest(oss.signature(signed).encode(), given.encode()):
            raise OssRefusal(
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided."
                " Check your key and signing method.",
                OSSAccessKeyId=key_id,
                SignatureProvided=given,
                StringToSign=signed,
            )
        return process

    async def _read(self, key: str, process: str | None) -> _Stored:
        item = self._cloud.objects.get(key)
        camera = self._cloud.world.devices.get(item.iot_id) if item else None
        found = None
        if item is not None and camera is not None:
            if item.kind == "picture":
                found = await self._picture(camera, item.name, process)
            elif item.kind == "job":
                found = await self._cut(item.name)
            elif file := records.find(self._cloud, camera, item.name):
                if item.kind == "mp4":
                    found = await self._movie(file)
                else:
                    found = await self._drawn(camera, file.begin, process)
        if found is None:
            text = "The specified key does not exist."
            raise OssRefusal(404, "NoSuchKey", text, Key=key)
        return found

    async def _movie(self, file: RecordedFile) -> _Stored | None:
        """Return an MP4 that was asked for, and whose time has come."""
        job = self._cloud.downloads.get(file.file_name)
        if job is None or job.fails or job.ends_at > self._cloud.now():
            return None
        name, seconds = STREAM_NAMES[file.stream_type], round(file.end - file.begin, 1)
        movie = await asyncio.to_thread(mp4.movie, name, seconds)
        return _Stored(movie.data, movie.md5, job.ends_at)

    async def _cut(self, job_id: str) -> _Stored | None:
        """Return the MP4 of a time range, which is kept apart from the files it was made of."""
        job, now = self._cloud.time_jobs.get(job_id), self._cloud.now()
        if (
            job is None
            or job.error_code is not None
            or not job.ends_at
            <= now
            < job.started_at + self._cloud.inferred.download_job_kept
        ):
            return None
        name = STREAM_NAMES[job.stream_type]
        movie = await asyncio.to_thread(mp4.movie, name, round(job.seconds, 1))
        return _Stored(movie.data, movie.md5, job.ends_at)

    async def _picture(
        self, camera: Device, pic_id: str, process: str | None
    ) -> _Stored | None:
        picture = pictures.find(self._cloud, camera, pic_id)
        if picture is None or picture.available_at > self._cloud.now():
            return None
        return await self._drawn(camera, picture.created, process)

    async def _drawn(self, camera: Device, when: float, process: str | None) -> _Stored:
        """Return what a camera saw at a time, with its name and the time written on it."""
        name = camera.nickname or camera.device_name
        seconds = wall_clock(when, self._cloud.inferred.text_time_zone)
        text = f"{name}\n{seconds}.{int(when * 1000) % 1000:03}"
        resized = _WIDTH.search(process or "")
        width = int(resized[1]) if resized else jpeg.WIDTH
        data = await asyncio.to_thread(jpeg.draw, text, int(when), width)
        return _Stored(data, md5(data).hexdigest().upper(), when)
