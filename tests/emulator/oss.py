"""Addresses of object storage: signed in the query, with signature version 1 of Alibaba Cloud OSS.

Form of an address: linkvisual-api.md section 12. What is signed: the OSS documentation, "Add signatures to URLs".
"""

from base64 import b64encode
from hashlib import sha256
import hmac
from urllib.parse import urlencode

from .cloud import Cloud
from .sessions import OssObject

BUCKET = "link-vision-emulator"
ACCESS_KEY_ID = "LTAI5tEmulatorOss000001"
_ACCESS_KEY_SECRET = "emulatorSecretOfObjectStorage1"


def string_to_sign(method: str, key: str, expires: str, process: str | None) -> str:
    """Return what the signature of an address covers."""
    resource = f"/{BUCKET}/{key}"
    if process is not None:
        resource += f"?x-oss-process={process}"
    return f"{method}\n\n\n{expires}\n{resource}"


def signature(text: str) -> str:
    """Sign with the cloud's own key."""
    mac = hmac.digest(_ACCESS_KEY_SECRET.encode(), text.encode(), "sha1")
    return b64encode(mac).decode()


def signed_url(
    cloud: Cloud,
    base_url: str,
    item: OssObject,
    seconds: float,
    process: str | None = None,
) -> str:
    """Return an address of an object; it can be read for so many seconds."""
    digest = sha256(f"{cloud.seed}/{item}".encode()).hexdigest()
    key = f"{digest[:32]}.{'mp4' if item.kind in ('mp4', 'job') else 'jpg'}"
    cloud.objects[key] = item
    expires = str(int(cloud.now() + seconds))
    query = {
        "Expires": expires,
        "OSSAccessKeyId": ACCESS_KEY_ID,
        "Signature": signature(string_to_sign("GET", key, expires, process)),
    }
    if process is not None:
        query["x-oss-process"] = process
    return f"{base_url}/media/oss/{key}?{urlencode(query)}"


def resize_to(width: int) -> str:
    """Return what makes a thumbnail; `limit_0` lets it grow, too."""
    return f"image/auto-orient,1/resize,m_lfit,w_{width},limit_0/quality,q_90"
