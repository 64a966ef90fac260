"""Linkvisual: live streams. Source: linkvisual-api.md sections 13 and 20.1."""

from .cloud import Cloud
from .operations import Params
from .refusals import ServiceRefusal
from .services import Fields, Origin, number, service
from .sessions import LiveSession
from .world import Device


def _sessions(cloud: Cloud, camera: Device, stream_type: int) -> list[LiveSession]:
    stream = (camera.iot_id, stream_type)
    return [
        session
        for session in cloud.live.values()
        if (session.iot_id, session.stream_type) == stream
    ]


@service("QueryLiveStreaming")
def query_live_streaming(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Make the camera push its stream, and give out an address with a token."""
    camera = cloud.online_camera(params)
    valid = number(cloud, params, "UrlValidDuration", 10, 14400)
    stream_type = number(cloud, params, "StreamType", 0, 1)
    if cloud.inferred.stopped_address_revives:
        for session in _sessions(cloud, camera, stream_type):
            session.stopped = False
    token = cloud.world.hexadecimal()
    cloud.live[token] = LiveSession(
        token,
        camera.iot_id,
        stream_type,
        open_until=cloud.now() + valid,
        unlimited=bool(params.get("PlayUnLimited")),
    )
    name = f"{camera.iot_id}_{stream_type}"
    host = origin.base_url.partition("//")[2].rpartition(":")[0]
    match params["Scheme"]:
        case "hls":
            path = f"{origin.base_url}/media/live/{name}.m3u8?token={token}"
        case "flv":
            path = f"{origin.base_url}/media/live/{name}.flv?token={token}"
        case "rtmp":
            path = f"rtmp://{host}:8000/live?token={token}/{name}"
        case _:
            raise ServiceRefusal(*cloud.inferred.out_of_range)
    return {"Data": {"Path": path, "RelayDecryptKey": "", "StunInfo": ""}}


@service("StopLiveStreaming")
def stop_live_streaming(cloud: Cloud, params: Params, origin: Origin) -> Fields:
    """Make the camera push no more: whoever watches this stream sees nothing."""
    camera = cloud.online_camera(params)
    stream_type = number(cloud, params, "StreamType", 0, 1)
    for session in _sessions(cloud, camera, stream_type):
        session.stopped = True
    return {}
