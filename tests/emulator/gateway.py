"""The gateway: from an HTTP request to the operation it names, and from there to the answer."""

import asyncio
from collections import deque
from typing import Any

from aiohttp import web

from . import (  # noqa: F401  (they register themselves)
    service_downloads,
    service_events,
    service_iot,
    service_live,
    service_pictures,
    service_plans,
    service_playback,
    service_records,
    service_subscriptions,
    service_templates,
    service_things,
)
from .admission import admit
from .answers import gateway_error, respond, service_error
from .cloud import AccessKey, Call, Cloud
from .faults import ConnectionCutError, Fault, OtherBodyError, cut
from .operations import OPERATIONS, Operation, Params
from .refusals import GatewayRefusal, ServiceRefusal, no_permission, throttled
from .services import SERVICES, Origin
from .signatures import ACS3, WireRequest


class Gateway:
    """Answers on `/`, for all products."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        self._cloud.attempts.append(self._cloud.now())
        self._cloud.catch_up()
        wire = WireRequest(
            request.method,
            request.rel_url.raw_query_string,
            {name.lower(): value for name, value in request.headers.items()},
            await request.read(),
        )
        exchange = _Exchange(self._cloud, wire, f"{request.scheme}://{request.host}")
        try:
            return await exchange.answer()
        except ConnectionCutError:
            return await cut(request)
        except OtherBodyError as other:
            return other.response()


class _Exchange:
    """One request and its answer."""

    def __init__(self, cloud: Cloud, wire: WireRequest, base_url: str) -> None:
        self._cloud = cloud
        self._wire = wire
        self._base_url = base_url
        self._sent = dict((*wire.query_params, *wire.form_params))
        acs3 = wire.headers.get("authorization", "").startswith(ACS3)
        self._action = (
            wire.headers.get("x-acs-action", "")
            if acs3
            else self._sent.get("Action", "")
        )
        self._version = (
            wire.headers.get("x-acs-version", "")
            if acs3
            else self._sent.get("Version", "")
        )
        # Signature V1 is answered in XML unless Format says otherwise, V3 by what is accepted.
        wanted = (
            wire.headers.get("accept", "") if acs3 else self._sent.get("Format", "")
        )
        self._as_xml = "json" not in wanted.lower()
        self._request_id = cloud.request_id()

    async def answer(self) -> web.StreamResponse:
        """Check, carry out, answer; or do what a fault orders."""
        status, headers = 200, dict[str, str]()
        operation: Operation | None = None
        fault: Fault | None = None
        params: Params = {}
        code = "200"
        try:
            operation = self._operation()
            key = admit(self._cloud, self._wire)
            self._check_rate(operation)
            params = operation.read(self._sent)
            fault = self._fault(params)
            if fault is not None and not fault.after:
                self._prevent(fault)
            if fault is not None and fault.kind == "late":
                await asyncio.sleep(fault.seconds)
                self._cloud.catch_up()
            body = self._carry_out(operation, params, key)
        except GatewayRefusal as refusal:
            status, headers, code = refusal.status, refusal.headers, refusal.code
            body = gateway_error(
                refusal, self._request_id, self._wire.headers["host"], self._action
            )
        except ServiceRefusal as refusal:
            code = refusal.code
            body = service_error(refusal, self._request_id, self._code_type())
        except ConnectionCutError, OtherBodyError:
            code = "fault"
            raise
        finally:
            if operation is not None:
                call = Call(self._action, params, self._cloud.now(), code)
                self._cloud.calls.append(call)
        if fault is not None:
            if fault.after:
                self._prevent(fault)
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
            body = fault.changed(body)
            headers = {**headers, **fault.headers}
        return respond(
            status,
            body,
            root="Error" if status >= 400 else f"{self._action}Response",
            as_xml=self._as_xml,
            now=self._cloud.now(),
            headers=headers,
            truncate=fault is not None and fault.kind == "truncate",
        )

    @staticmethod
    def _prevent(fault: Fault) -> None:
        """Answer otherwise than with the operation's own reply, where the fault says so."""
        match fault.kind:
            case "gateway":
                raise GatewayRefusal(
                    fault.status, fault.code, fault.message, headers=fault.headers
                )
            case "service":
                raise ServiceRefusal(fault.code, fault.message)
            case "cut":
                raise ConnectionCutError
            case "body":
                raise OtherBodyError(fault)

    def _operation(self) -> Operation:
        if self._wire.method not in ("GET", "POST"):
            raise GatewayRefusal(
                400, "UnsupportedHTTPMethod", "This http method is not supported."
            )
        operation = OPERATIONS.get(self._action)
        if operation is None or self._action not in SERVICES:
            raise GatewayRefusal(
                404,
                "InvalidAction.NotFound",
                "Specified api is not found, please check your url and method.",
            )
        if self._version != operation.version:
            raise GatewayRefusal(
                400, "InvalidVersion", "Specified parameter Version is not valid."
            )
        return operation

    def _check_rate(self, operation: Operation) -> None:
        inferred = self._cloud.inferred
        limit = inferred.qps.get(self._action, operation.qps or inferred.default_qps)
        now = self._cloud.now()
        recent = self._cloud.recent.setdefault(self._action, deque())
        while recent and recent[0] <= now - 1:
            recent.popleft()
        if len(recent) >= limit:
            raise throttled()
        recent.append(now)

    def _fault(self, params: Params) -> Fault | None:
        iot_id = params.get("IotId")
        for fault in self._cloud.faults:
            if fault.takes(self._action, iot_id if isinstance(iot_id, str) else None):
                return fault
        return None

    def _code_type(self) -> str:
        return str(OPERATIONS[self._action].reply.get("Code", "String"))

    def _carry_out(
        self, operation: Operation, params: Params, key: AccessKey
    ) -> dict[str, Any]:
        cloud = self._cloud
        if self._action in cloud.denied and operation.product != "Sts":
            match cloud.denied_by:
                case "gateway":
                    raise no_permission(self._action)
                case "iot":
                    raise ServiceRefusal(
                        "iot.common.RamActionPermissionDeny",
                        "The RAM permission is denied.",
                    )
                case "linkvisual":
                    raise ServiceRefusal("460", "RAM system auth error.")
        if not cloud.activated and operation.product == "Linkvisual":
            raise ServiceRefusal("403", "request forbidden.")
        fields = SERVICES[self._action](
            cloud, params, Origin(key.account_id, self._base_url)
        )
        envelope: dict[str, Any] = {"RequestId": self._request_id}
        if operation.product == "Linkvisual":
            envelope["Code"] = 200 if self._code_type() == "Integer" else "200"
            envelope["Success"] = True
        elif operation.product == "Iot":
            envelope["Success"] = True
            if cloud.inferred.empty_code_on_success:
                envelope["Code"] = ""
        return {**envelope, **fields}
