"""From values to what travels: JSON or XML, with the gateway's headers. Sources: signing.md sections 6 and 7."""

from email.utils import formatdate
import json
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web

from .refusals import GatewayRefusal, ServiceRefusal

JSON_TYPE = "application/json;charset=utf-8"
XML_TYPE = "text/xml;charset=utf-8"


def gateway_error(
    refusal: GatewayRefusal, request_id: str, host: str, action: str
) -> dict[str, Any]:
    """Return the body of a gateway error."""
    body: dict[str, Any] = {
        "RequestId": request_id,
        "HostId": host,
        "Code": refusal.code,
        "Message": refusal.message,
        "Recommend": (
            "https://api.example.invalid/troubleshoot"
            f"?q={refusal.code}&product={action}&requestId={request_id}"
        ),
    }
    if refusal.details:
        body["AccessDeniedDetail"] = refusal.details
    return body


def service_error(
    refusal: ServiceRefusal, request_id: str, code_type: str
) -> dict[str, Any]:
    """Return the body of a service's refusal; three operations write Code as a number."""
    code: str | int = refusal.code
    if code_type == "Integer" and refusal.code.isdecimal():
        code = int(refusal.code)
    return {
        "RequestId": request_id,
        "Success": False,
        "Code": code,
        "ErrorMessage": refusal.message,
    }


def respond(
    status: int,
    body: dict[str, Any],
    *,
    root: str,
    as_xml: bool,
    now: float,
    headers: dict[str, str],
    truncate: bool = False,
) -> web.Response:
    """Return an HTTP response with the headers that the gateway sends."""
    text = to_xml(root, body) if as_xml else json.dumps(body, ensure_ascii=False)
    payload = text.encode(errors="surrogatepass")  # a fault may order any JSON
    if truncate:
        payload = payload[: len(payload) // 2]
    return web.Response(
        status=status,
        body=payload,
        headers={
            "Date": formatdate(now, usegmt=True),
            "Content-Type": XML_TYPE if as_xml else JSON_TYPE,
            "Access-Control-Allow-Origin": "*",
            "Keep-Alive": "timeout=25",
            "x-acs-request-id": str(body.get("RequestId", "")),
            "x-acs-trace-id": str(body.get("RequestId", "")).replace("-", "").lower(),
            **headers,
        },
    )


def to_xml(root: str, body: dict[str, Any]) -> str:
    """Return XML as the gateway writes it: lists are repeated elements."""
    return f"<?xml version='1.0' encoding='UTF-8'?>{_element(root, body)}"


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if isinstance(value, dict):
        inner = "".join(_element(key, item) for key, item in value.items())
    elif isinstance(value, bool):
        inner = "true" if value else "false"
    else:
        inner = "" if value is None else escape(str(value))
    return f"<{name}>{inner}</{name}>"
