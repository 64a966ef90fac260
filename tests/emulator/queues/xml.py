"""XML as the message queue reads and writes it. Source: push.md section 4.2."""

from typing import Any
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from .refusals import QueueRefusal

NAMESPACE = "http://mns.aliyuncs.com/doc/v1/"


def read(body: bytes, *roots: str) -> tuple[str, list[tuple[str, str]]]:
    """Return a document's root, which has to be one of these, and its elements with their texts; or refuse."""
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as err:
        raise QueueRefusal("MalformedXML") from err
    if (name := _local(root)) not in roots:
        raise QueueRefusal("MalformedXML")
    return name, [(_local(each), each.text or "") for each in root]


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def write(document: dict[str, Any]) -> str:
    """Return a document of one root; lists are repeated elements."""
    ((root, content),) = document.items()
    inner = _elements(content)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">{inner}</{root}>'


def _elements(content: Any) -> str:
    if not isinstance(content, dict):
        return "" if content is None else escape(str(content))
    return "".join(
        f"<{name}>{_elements(each)}</{name}>"
        for name, value in content.items()
        for each in (value if isinstance(value, list) else [value])
    )
