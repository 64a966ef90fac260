"""Alarms: what is refused."""

from tests.emulator.alarms import raise_alarm
from tests.emulator.cloud import Cloud

from .refusal import gateway_says, refusal
from .scenario import Call, cameras, device

EVENT_ACTIONS = ("QueryDeviceEventPicture", "QueryDeviceEventRecord")


@refusal
async def unknown_event(cloud: Cloud, call: Call) -> None:
    """Tell nothing of an event that is not there, not yet, or not this camera's; Code is a number."""
    own, late = (raise_alarm(cloud, cameras(cloud)[0], delay=at) for at in (0, 600))
    foreign = raise_alarm(cloud, cameras(cloud)[1], delay=0)
    for action in EVENT_ACTIONS:
        for code, message, event_id in (
            (403, "device event auth failed.", foreign),
            (403, "device event auth failed.", late),
            (403, "device event auth failed.", "x"),
            (460, "eventId or tenantId can not be null.", ""),
        ):
            reply = await call(action, {"EventId": event_id, **device(cloud)})
            assert reply["Success"] is False
            assert (reply["Code"], reply["ErrorMessage"]) == (code, message)
        reply = await call(action, {"EventId": own, **device(cloud)})
        assert (reply["Success"], reply["Code"]) == (True, 200)
        await gateway_says(400, "MissingEventId", call, action, device(cloud))


@refusal
async def bad_event_query(cloud: Cloud, call: Call) -> None:
    """Refuse what only the documentation forbids, and what is missing."""
    code, message = cloud.inferred.out_of_range
    now = int(cloud.now()) * 1000
    times = {"BeginTime": now - 60_000, "EndTime": now, **device(cloud)}
    for more in ({"PageSize": 51}, {"PageSize": 0}, {"EventType": -1}):
        reply = await call("QueryDeviceEvent", {**times, **more})
        assert reply["Success"] is False
        assert (reply["Code"], reply["ErrorMessage"]) == (code, message)
    params = {name: value for name, value in times.items() if name != "EndTime"}
    await gateway_says(400, "MissingEndTime", call, "QueryDeviceEvent", params)


@refusal
async def events_of_offline_cameras(cloud: Cloud, call: Call) -> None:
    """Refuse nothing: what a camera told can be asked for when it is gone."""
    event_id = raise_alarm(cloud, cameras(cloud)[0], delay=0)
    cameras(cloud)[0].status = "OFFLINE"
    now = int(cloud.now() * 1000)
    times = {"BeginTime": now - 60_000, "EndTime": now + 1}
    reply = await call("QueryDeviceEvent", {**times, **device(cloud)})
    assert [row["EventId"] for row in reply["Data"]["List"]] == [event_id]
    for action in EVENT_ACTIONS:
        reply = await call(action, {"EventId": event_id, **device(cloud)})
        assert reply["Success"] is True
