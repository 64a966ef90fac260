"""Parsing replies of SMQ into XML elements or errors. Source: push.md sections 4.2 and 4.3."""

from collections.abc import Collection, Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from ..error_codes import error_class
from ..errors import CloudError, PermissionDeniedError, UnreadableReplyError
from ..replies import without_urls


def local_name(element: Element) -> str:
    """Return an element's name without its namespace, of which SDKs have two spellings."""
    return element.tag.rpartition("}")[2]


def texts_of(element: Element) -> dict[str, str]:
    """Return the texts of an element's children by local name."""
    return {local_name(child): child.text or "" for child in element}


def read_reply(
    status: int,
    body: bytes,
    *,
    ram_action: str,
    expected: Collection[str],
    harmless: Collection[str],
) -> Element | None:
    """Return the root element of a success; None if it has no body, or for errors that are all `harmless` codes.

    `expected` are the names of root elements. Raises a CloudError for an error, UnreadableReplyError for
    anything else.
    """
    root = _parse(body)
    name = "" if root is None else local_name(root)
    if status < 300:
        if body and name not in expected:
            raise UnreadableReplyError(f"HTTP {status} is not the expected document")
        return root
    errors = list(_errors(root)) if root is not None else []
    if not errors and (status == 429 or status >= 500):
        errors = [("", "")]  # a proxy's error page: only its status matters
    if not errors or status < 400:
        raise UnreadableReplyError(f"HTTP {status} is neither a success nor an error")
    for code, request_id in errors:
        if code not in harmless:
            raise _error(status, code, request_id, ram_action)
    return None


def _parse(body: bytes) -> Element | None:
    """Return the root element of a document; None if it is none, or has a DTD."""
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    # Unknown encodings are LookupErrors, forbidden features ValueErrors.
    except ParseError, ValueError, LookupError:
        return None
    return root


def _errors(root: Element) -> Iterator[tuple[str, str]]:
    """Yield the code and request ID of each error: batch calls return several."""
    match local_name(root):
        case "Error":
            texts = texts_of(root)
            yield texts.get("Code", ""), texts.get("RequestId", "")
        case "Errors":
            for child in root:
                yield texts_of(child).get("ErrorCode", ""), ""


def _error(status: int, code: str, request_id: str, ram_action: str) -> CloudError:
    """Return the exception, without the cloud's message: it may quote the signed request."""
    code = without_urls(code) or f"HTTP {status}"
    kind = error_class(status, code, "")
    return kind(
        code,
        request_id=without_urls(request_id),
        ram_action=ram_action if kind is PermissionDeniedError else "",
    )
