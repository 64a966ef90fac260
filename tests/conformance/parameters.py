"""Parameters with which each operation succeeds, for tests that take all operations in turn."""

from typing import Any

from tests.emulator import alarms, records
from tests.emulator.cloud import ACCOUNT_ID, Cloud
from tests.emulator.plans import Section
from tests.emulator.sessions import TimeJob
from tests.emulator.subscriptions import configuration


def mns_configuration(queue_name: str, key: str = "queueName") -> str:
    """Return the JSON text that names a queue."""
    return configuration(
        *(queue_name, "cn-shanghai", ACCOUNT_ID),
        key=key,
        role="AliyunIOTAccessingMNSRole",
    )


def good_params(cloud: Cloud) -> dict[str, dict[str, Any]]:
    """Return an operation's parameters by its name; they refer to what is made here."""
    camera = next(iter(cloud.world.devices.values()))
    now = cloud.now()
    record = records.start(
        cloud.world,
        cloud.inferred,
        camera,
        now - 100,
        record_duration=60,
        pre_record_duration=0,
        stream_type=0,
    )
    file = cloud.world.add_file(camera, now - 300, now - 240, record_type=1)
    picture = cloud.world.add_picture(camera, now - 60)
    event_id = alarms.raise_alarm(cloud, camera, age=60, delay=0, record=True)
    job = TimeJob(
        cloud.world.hexadecimal(),
        camera.iot_id,
        begin=int(now - 300),
        end=int(now - 240),
        stream_type=0,
        record_type=1,
        seconds=60,
        started_at=now - 120,
        ends_at=now - 60,
        error_code=None,
    )
    cloud.time_jobs[job.job_id] = job
    times = {"BeginTime": int(now - 100) * 1000, "EndTime": int(now) * 1000}
    instance = {"IotInstanceId": cloud.iot_instance_id}
    device = {"IotId": camera.iot_id, **instance}
    product = {"ProductKey": camera.product.product_key, **instance}
    other_product = list(cloud.world.products.values())[1]
    cloud.subscribe(other_product)
    subscribed = {"ProductKey": other_product.product_key, "Type": "MNS", **instance}
    plans, work = cloud.plans, Section(1, 28800, 64800)
    record_plan = {"PlanId": plans.add_foreign_record_plan(camera, "a", [work]).plan_id}
    event_plan = {"PlanId": plans.add_foreign_event_plan(camera, "a", [work]).plan_id}
    template = {"TemplateId": plans.record_plans[record_plan["PlanId"]].template_id}
    unused = {"TemplateId": plans.add_template("b", [work]).template_id}
    new_week = {
        "Name": "c",
        "AllDay": 0,
        "TimeSections": [{"DayOfWeek": 0, "Begin": 0, "End": 86399}],
    }
    new_plan = {"Name": "c", **template}
    new_event_plan = {"RecordDuration": 30, **new_plan}
    stream = {"StreamType": 0, **device}
    new_flags = {
        "DeviceDataFlag": True,
        "MnsConfiguration": mns_configuration("aliyun-iot-new"),
    }
    return {
        "AddEventRecordPlanDevice": {**event_plan, **stream},
        "AddRecordPlanDevice": {**record_plan, **stream},
        "BatchGetDeviceState": {"IotId": [camera.iot_id], **instance},
        "BatchQueryDeviceDetail": {"DeviceName": [camera.device_name], **product},
        "CreateEventRecordPlan": new_event_plan,
        "CreateRecordDownloadByTimeJob": {
            "BeginTime": int(now - 300),
            "EndTime": int(now - 240),
            **device,
        },
        "CreateRecordPlan": new_plan,
        "CreateSubscribeRelation": {"Type": "MNS", **new_flags, **product},
        "CreateTimeTemplate": new_week,
        "DeleteEventRecordPlan": event_plan,
        "DeleteEventRecordPlanDevice": stream,
        "DeletePicture": {"PictureIdList": [picture.pic_id], **device},
        "DeleteRecord": {"FileNameList": [file.file_name], **device},
        "DeleteRecordPlan": record_plan,
        "DeleteRecordPlanDevice": stream,
        "DeleteSubscribeRelation": subscribed,
        "DeleteTimeTemplate": unused,
        "GetCallerIdentity": {},
        "GetThingModelTslPublished": product,
        "InvokeThingService": {"Identifier": "Reboot", "Args": "{}", **device},
        "QueryDevice": product,
        "QueryDeviceEvent": {**times, **device},
        "QueryDeviceEventPicture": {"EventId": event_id, **device},
        "QueryDeviceEventRecord": {"EventId": event_id, **device},
        "QueryDevicePictureByList": {"PictureIdList": [picture.pic_id], **device},
        "QueryDevicePictureFile": {"CaptureId": picture.pic_id, **device},
        "QueryDevicePictureLifeCycle": {"IotId": camera.iot_id},
        "QueryDevicePropertyStatus": device,
        "QueryDeviceRecordLifeCycle": {"DeviceList": [camera.iot_id]},
        "QueryEventRecordPlanDetail": event_plan,
        "QueryEventRecordPlanDeviceByDevice": stream,
        "QueryEventRecordPlanDeviceByPlan": event_plan,
        "QueryEventRecordPlans": {},
        "QueryLiveStreaming": device,
        "QueryMonthRecord": {"Month": "202402", **device},
        "QueryPictureFiles": {**times, **device},
        "QueryProduct": product,
        "QueryProductList": {"CurrentPage": 1, "PageSize": 10, **instance},
        "QueryRecord": {
            "BeginTime": int(now - 200),
            "EndTime": int(now),
            **device,
        },
        "QueryRecordByRecordId": {"RecordId": record.record_id, **device},
        "QueryRecordDownloadJobById": {"JobId": job.job_id, **instance},
        "QueryRecordDownloadJobList": {"PageSize": 10, **device},
        "QueryRecordDownloadUrl": {"FileName": file.file_name, **device},
        "QueryRecordPlanDetail": record_plan,
        "QueryRecordPlanDeviceByDevice": stream,
        "QueryRecordPlanDeviceByPlan": record_plan,
        "QueryRecordPlans": {},
        "QueryRecordUrl": {"FileName": file.file_name, **device},
        "QueryRecordUrlByTime": {
            "BeginTime": int(now - 300),
            "EndTime": int(now),
            **device,
        },
        "QuerySubscribeRelation": subscribed,
        "QueryTimeTemplate": {},
        "QueryTimeTemplateDetail": template,
        "SetDeviceProperty": {"Items": '{"StatusLightSwitch":0}', **device},
        "SetDevicePictureLifeCycle": {"Day": 30, **device},
        "SetDeviceRecordLifeCycle": {"Day": 30, **device},
        "StopLiveStreaming": device,
        "StopTriggeredRecord": {"RecordId": record.record_id, **device},
        "TriggerCapturePicture": device,
        "TriggerRecord": {"RecordDuration": 60, **device},
        "UpdateEventRecordPlan": {**new_event_plan, **event_plan},
        "UpdateRecordPlan": {**new_plan, **record_plan},
        "UpdateSubscribeRelation": {**new_flags, **subscribed},
        "UpdateTimeTemplate": {**new_week, **template},
    }
