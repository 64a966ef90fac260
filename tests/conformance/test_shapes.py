"""Every reply has the published shape: names, nesting, types, envelope."""

from collections.abc import Iterable
from importlib import import_module
import inspect
import re
from types import ModuleType
from typing import Any

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.operations import OPERATIONS, Operation

from .parameters import good_params
from .raw import Raw

TYPES = {"String": str, "Integer": int, "Long": int, "Boolean": bool}

# Published fields that a good reply may lack; all others have to be there.
ABSENT = {
    # Only a refusal has it.
    "*": {"ErrorMessage"},
    # The sheet's samples have none; see Inferred.empty_code_on_success.
    "Iot": {"Code"},
    # "Currently not returned."
    "QueryDevice": {"Data.DeviceInfo[].DeviceType"},
    # Of gateways' children only.
    "QueryProduct": {"Data.ProtocolType"},
    # Only of services that the device answers.
    "InvokeThingService": {"Data.Result"},
    # Of AMQP; of gateways for JT/T 808.
    "QuerySubscribeRelation": {"ConsumerGroupIds", "SubscribeFlags"},
    # Only of failed jobs; only of jobs that convert one file.
    "QueryRecordDownloadJobById": {"Data.JobErrorCode", "Data.FileName"},
    "QueryRecordDownloadJobList": {
        "Data.JobList[].JobErrorCode",
        "Data.JobList[].FileName",
    },
    # Only where AllDay is 0.
    "QueryTimeTemplate": {"Data.List[].TimeSectionList[]"},
    # Only with NeedSnapshot; only of events.
    "QueryRecord": {"Data.List[].SnapshotUrl", "Data.List[].EventType"},
}

MODULES = {
    "Linkvisual": "alibabacloud_linkvisual20180120.models",
    "Iot": "alibabacloud_iot20180120.models",
    "Sts": "alibabacloud_sts20150401.models",
}


def _compare(value: Any, shape: Any, path: str, absent: set[str]) -> list[str]:
    """Return what is wrong with a value."""
    if isinstance(shape, str):
        right = type(value) is TYPES[shape]
        if right and shape == "Integer":
            right = -(2**31) <= value < 2**31
        return [] if right else [f"{path} is {value!r}, not {shape}"]
    if isinstance(shape, list):
        if value == [] and f"{path}[]" in absent:
            return []
        if not isinstance(value, list) or not value:
            return [f"{path} is {value!r}, not a list with rows"]
        return [
            problem
            for item in value
            for problem in _compare(item, shape[0], f"{path}[]", absent)
        ]
    if not isinstance(value, dict):
        return [f"{path} is {value!r}, not an object"]
    under = f"{path}." if path else ""
    problems = [f"{under}{name} is unknown" for name in value.keys() - shape.keys()]
    for name, inner in shape.items():
        inner_path = f"{under}{name}"
        if name in value:
            problems += _compare(value[name], inner, inner_path, absent)
        elif inner_path not in absent:
            problems.append(f"{inner_path} is missing")
    return problems


def test_table_is_complete(cloud: Cloud) -> None:
    """An operation that is added to the emulator is to be added to the table."""
    assert good_params(cloud).keys() == OPERATIONS.keys()


def _envelope(operation: Operation, empty_code: bool) -> dict[str, Any]:
    match operation.product:
        case "Sts":
            return {}
        case "Iot":
            return {"Success": True, **({"Code": ""} if empty_code else {})}
    code = 200 if operation.reply["Code"] == "Integer" else "200"
    return {"Success": True, "Code": code}


@pytest.mark.parametrize("empty_code", [True, False])
@pytest.mark.parametrize("action", sorted(OPERATIONS))
async def test_reply(raw: Raw, cloud: Cloud, action: str, empty_code: bool) -> None:
    """A success has the fields of the metadata, and no others."""
    operation = OPERATIONS[action]
    cloud.inferred.empty_code_on_success = empty_code
    params = good_params(cloud)[action]
    answer = await raw.call("acs3", action, params, version=operation.version)
    assert answer.status == 200
    absent = ABSENT["*"] | ABSENT.get(operation.product, set())
    absent |= ABSENT.get(action, set())
    assert _compare(answer.json, operation.reply, "", absent) == []
    envelope = {
        name: value
        for name, value in answer.json.items()
        if name in ("Success", "Code", "ErrorMessage")
    }
    assert envelope == _envelope(operation, empty_code)
    # What the official SDK would drop, it does not know.
    body = _model(operation, "ResponseBody")
    assert body().from_map(answer.json).to_map() == answer.json


@pytest.mark.parametrize(
    "action", [each for each in sorted(OPERATIONS) if OPERATIONS[each].product != "Sts"]
)
async def test_refusal(raw: Raw, cloud: Cloud, action: str) -> None:
    """The service's no has four fields, and Code is of the same type as in a yes."""
    operation, params = OPERATIONS[action], good_params(cloud)[action]
    message = "tenant auth error."
    nobody = {"DeviceList": ["nobody"], "IotId": "nobody"}
    if "IotInstanceId" in operation.params:
        params["IotInstanceId"] = "iot-foreign"
    elif named := operation.params.keys() & nobody:
        params = {name: nobody[name] for name in named}
    else:
        cloud.activated, message = False, "request forbidden."
    answer = await raw.acs3(action, params)
    assert answer.status == 200
    reply = answer.json
    assert reply.keys() == {"RequestId", "Success", "Code", "ErrorMessage"}
    assert reply["Success"] is False
    assert type(reply["Code"]) is TYPES[operation.reply["Code"]]
    if operation.product == "Iot":
        assert reply["Code"] == "iot.system.InstanceNotFound"
    else:
        assert str(reply["Code"]) == "403"
        assert reply["ErrorMessage"] == message


def _arguments(model: Any) -> Iterable[inspect.Parameter]:
    return inspect.signature(model).parameters.values()


def _model(operation: Operation, suffix: str) -> Any:
    module: ModuleType = import_module(MODULES[operation.product])
    return getattr(module, f"{operation.action}{suffix}")


@pytest.mark.parametrize(
    "action", [each for each in sorted(OPERATIONS) if OPERATIONS[each].params]
)
def test_parameters_are_the_sdk_s(action: str) -> None:
    """The description has the parameters of the official SDK: all of them, by name and type."""
    operation = OPERATIONS[action]
    model = _model(operation, "Request")
    types = {"String": "str", "Integer": "int", "Long": "int", "Boolean": "bool"}
    described = {}
    empty = model().to_map()
    for name, spec in operation.params.items():
        sample: Any = [dict.fromkeys(spec["fields"], "x")] if "fields" in spec else "x"
        # Model classes tell how an attribute is called on the wire by what they write; some lists are never None.
        attributes = {
            key: value
            for key, value in vars(model().from_map({name: sample})).items()
            if value
        }
        ((attribute, value),) = attributes.items()
        element = re.sub(r"RepeatList<(.*)>", r"\1", spec["type"])
        if "fields" in spec:
            item = value[0]
            kind = f"{type(item).__module__}.{type(item).__name__}"
            assert {each.annotation for each in _arguments(type(item))} == {int}
            assert set(spec["fields"].values()) == {"Integer"}
        else:
            kind = types[element]
        described[attribute] = f"List[{kind}]" if element != spec["type"] else kind
        assert model().from_map({name: sample}).to_map() == {**empty, name: sample}
    published = {
        each.name: inspect.formatannotation(each.annotation).replace("typing.", "")
        for each in _arguments(model)
    }
    assert described == published
