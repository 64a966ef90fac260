"""Time templates: what each operation does."""

from typing import Any

from tests.emulator.cloud import Cloud

from .scenario import Call, scenario

# Monday to Friday, 8 to 18 o'clock.
WORK = [{"DayOfWeek": day, "Begin": 28800, "End": 64800} for day in range(1, 6)]


async def create_template(
    call: Call, name: str = "work", sections: list[dict[str, int]] | None = None
) -> str:
    """Have a template made; return its ID."""
    params = {"Name": name, "AllDay": 0, "TimeSections": sections or WORK}
    reply = await call("CreateTimeTemplate", params)
    assert (reply["Success"], reply["Code"]) == (True, "200")
    assert len(reply["Data"]) == 32
    return str(reply["Data"])


async def detail(call: Call, template_id: str) -> dict[str, Any]:
    """Return what is told of a template."""
    reply = await call("QueryTimeTemplateDetail", {"TemplateId": template_id})
    assert (reply["Success"], reply["Code"]) == (True, "200")
    data: dict[str, Any] = reply["Data"]
    return data


@scenario("CreateTimeTemplate")
async def create_time_template(cloud: Cloud, call: Call) -> None:
    """Make one of a part of the week, and one of all of it; each has an ID of its own, also with the same name."""
    ids = [await create_template(call) for _ in range(2)]
    reply = await call("CreateTimeTemplate", {"Name": "a.B-3_@:", "AllDay": 1})
    ids.append(reply["Data"])
    assert len(set(ids)) == 3
    assert await detail(call, ids[2]) == {
        "AllDay": 1,
        "Default": 0,
        "Name": "a.B-3_@:",
        "TemplateId": ids[2],
        "TimeSectionList": [],
    }


@scenario("QueryTimeTemplateDetail")
async def query_time_template_detail(cloud: Cloud, call: Call) -> None:
    """Read back what was made, to the second."""
    whole_days = [{"DayOfWeek": day, "Begin": 0, "End": 86399} for day in (0, 6)]
    template_id = await create_template(call, "away", [*WORK, *whole_days])
    assert await detail(call, template_id) == {
        "AllDay": 0,
        "Default": 0,
        "Name": "away",
        "TemplateId": template_id,
        "TimeSectionList": [*WORK, *whole_days],
    }


@scenario("QueryTimeTemplate")
async def query_time_template(cloud: Cloud, call: Call) -> None:
    """List all, page by page, counted; one of them was there before."""
    ids = [await create_template(call, f"t{number}") for number in range(4)]
    found: list[dict[str, Any]] = []
    for page, count in ((1, 2), (2, 2), (3, 1), (4, 0)):
        reply = await call("QueryTimeTemplate", {"PageSize": 2, "CurrentPage": page})
        data = reply["Data"]
        rows = data.pop("List")
        assert len(rows) == count
        assert data == {"Page": page, "PageSize": 2, "PageCount": 3, "Total": 5}
        found += rows
    assert {row["TemplateId"] for row in found[1:]} == set(ids)
    assert [row["Default"] for row in found] == [1, 0, 0, 0, 0]
    assert found[0]["AllDay"] == 1
    assert found[1]["TimeSectionList"] == WORK
    data = (await call("QueryTimeTemplate", {}))["Data"]
    assert (data["Page"], data["PageSize"], data["List"]) == (1, 10, found)


@scenario("UpdateTimeTemplate")
async def update_time_template(cloud: Cloud, call: Call) -> None:
    """Replace its week; its name stays where none is sent."""
    template_id = await create_template(call)
    nights = [{"DayOfWeek": 0, "Begin": 0, "End": 21600}]
    params: dict[str, Any] = {"TemplateId": template_id, "AllDay": 0}
    reply = await call("UpdateTimeTemplate", {**params, "TimeSections": nights})
    assert (reply["Success"], reply["Code"]) == (True, "200")
    told = await detail(call, template_id)
    assert (told["Name"], told["TimeSectionList"]) == ("work", nights)
    await call("UpdateTimeTemplate", {**params, "AllDay": 1, "Name": "always"})
    told = await detail(call, template_id)
    assert (told["Name"], told["AllDay"]) == ("always", 1)


@scenario("DeleteTimeTemplate")
async def delete_time_template(cloud: Cloud, call: Call) -> None:
    """Delete one; the others stay."""
    first, second = [await create_template(call) for _ in range(2)]
    reply = await call("DeleteTimeTemplate", {"TemplateId": first})
    assert (reply["Success"], reply["Code"]) == (True, "200")
    rows = (await call("QueryTimeTemplate", {}))["Data"]["List"]
    assert [row["TemplateId"] for row in rows if not row["Default"]] == [second]
