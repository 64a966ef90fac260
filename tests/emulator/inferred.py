"""All guesses of the emulator: what no source tells. Each can be changed while it runs.

The integration must work with either reading; tests try both.
"""

from dataclasses import dataclass, field
from typing import Literal

type Order = Literal["ascending", "descending", "shuffled"]


@dataclass(slots=True)
class Inferred:
    """How the real cloud probably behaves. Durations are seconds at speed 1, if nothing else is said."""

    # From the end of a recording to its file (linkvisual-api.md section 11: no figure is published).
    upload_delay: float = 6.0
    # RecordDuration includes the pre-recording (section 17, row 1: the how-to page says it does not).
    pre_record_included: bool = True
    # A file of a split recording is there before the whole recording has ended.
    split_files_appear_early: bool = False
    # A camera that loses its connection ends its recordings. Else it goes on as if nothing had been.
    offline_ends_recordings: bool = True
    # TriggerRecord without cloud storage is refused. Else: accepted, and there never is a file.
    refuse_without_storage: bool = True
    no_storage: tuple[str, str] = ("400", "No storage quota.")
    # SetDeviceRecordLifeCycle takes 0 days, which switches recording off (section 20: not stated, inferred).
    zero_days_allowed: bool = True
    # A RecordId that is not known (yet): an empty list. Else refused.
    unknown_record_is_empty: bool = True
    unknown_record: tuple[str, str] = ("400", "Record not exist.")
    # A FileName that is not, or no longer, known.
    unknown_file: tuple[str, str] = ("400", "Record not exist.")
    # A number outside of a range that only the documentation knows.
    out_of_range: tuple[str, str] = ("460", "InvalidParameter")
    # Refusals that the API Error Center lists as `iot.vision.*` and `iot.lv.*` come as such, with HTTP 4xx
    # (section 5.3: "handle both"). Else as LinkVisual's older ones do, with HTTP 200 and a number.
    newer_errors_by_http: bool = False
    # A success of Iot carries "Code": "" (section 4: recalled). Else no Code.
    empty_code_on_success: bool = True
    # Times without a zone, in hours east of Greenwich (section 9); days of QueryMonthRecord, too.
    text_time_zone: int = 8
    # Rows of QueryRecord and QueryRecordByRecordId, and of QueryPictureFiles (section 19). Shuffled ones keep their
    # order from page to page.
    record_order: Order = "ascending"
    picture_order: Order = "ascending"
    # A day has recordings where one begins. Else also where one only goes on after midnight.
    month_by_begin: bool = False
    # Digits of QueryMonthRecord; 30: the sample, which is of a month with 31 days (section 17, row 8).
    month_at_most: Literal[30, 31] = 31

    # Playback. How long an address can be opened for which no UrlValidDuration was asked ...
    vod_url_valid: float = 300.0
    # ... and how long its segments can be fetched from then on.
    vod_session: float = 3600.0
    # The address is of a playlist that only names the real one (section 9 tells no more than "m3u8").
    vod_variant_playlist: bool = False
    # Segments are named in playlists by whole addresses. Else relative to the playlist.
    absolute_segment_urls: bool = False
    # QueryRecordUrlByTime cuts the first and last file to the range. Else files are played as a whole.
    by_time_cuts_files: bool = False
    # A range without files is refused as `unknown_file`. Else it has an empty playlist.
    empty_range_refused: bool = True

    # MP4s. Making one takes this long for each recorded second, and at least so long.
    download_per_second: float = 0.1
    download_at_least: float = 2.0
    download_url_valid: float = 3600.0
    # What Url is before the MP4 is there ("early": the address to be, where nothing is found yet) ...
    unfinished_download_url: Literal["empty", "absent", "early"] = "empty"
    # ... and Status. 0 is one reading of "finished when Status=0 AND Progress=100".
    unfinished_download_status: Literal[0, 1] = 1
    # After a Status -1 the next call begins anew. Else it stays at -1.
    failed_download_restarts: bool = True
    # Jobs that cut a time range into one MP4 (section 20.1): kept for a day, counted from the request; ten run at once.
    download_job_kept: float = 86400.0
    download_job_seconds: int = 1800
    download_job_files: int = 100
    download_jobs_at_once: int = 10
    too_many_jobs: tuple[str, str] = ("400", "Concurrency exceed the limit.")
    unknown_job: tuple[str, str] = ("400", "Job not exist or expired.")
    # A range that is too long, and one that has too many files: which code is for what is not told.
    job_too_long: tuple[str, str] = ("403", "Request parameter error.")
    job_of_too_many_files: tuple[str, str] = ("400", "Download job error.")
    # From the request to the row in the list of jobs: none is told.
    download_job_listed_after: float = 0.0
    # JobErrorCode of a job that fails: 9441 of a network problem, 9442 of bad audio or video data.
    job_error_code: Literal[9441, 9442] = 9441

    # An address signed for GET serves HEAD. Else, as OSS's signature covers the method: 403.
    oss_get_url_serves_head: bool = False

    # Pictures. From the capture to the upload; nothing is published.
    picture_delay: float = 2.0
    # Asking for a picture before: refused with "picture owner error.". Else a success without Data (section 20).
    pending_picture_refused: bool = True
    # A camera drops what it shall capture sooner after the last picture (section 12); 0: it takes them all.
    capture_spacing: float = 1.0
    # Minutes that addresses live for which no ExpireTime was asked, and the thumbnail's width without ThumbWidth.
    picture_minutes_valid: int = 60
    thumb_width: int = 320
    snapshot_url_valid: float = 3600.0
    # Days told before any are set, when pictures are kept for ever; None: no Day at all.
    unset_picture_days: int | None = 0
    # DeletePicture: 50 says the text, 100 the gateway's metadata (section 17, row 5).
    pictures_deleted_at_once: int = 50
    too_many_pictures: tuple[str, str] = ("403", "Request parameter error.")

    # Alarms (section 14). From the event, as the camera's clock says, to its row; nothing is published.
    alarm_delay: float = 2.0
    # Rows of QueryDeviceEvent (section 19).
    event_order: Order = "descending"
    # From the row to the picture it names: none, since a camera uploads the picture first (section 14).
    alarm_picture_delay: float = 0.0
    # EventPicId of an alarm without a picture (section 20, QueryDeviceEvent).
    no_event_picture: Literal["empty", "absent"] = "empty"
    # QueryDeviceEventPicture of such an alarm, or before the picture has arrived: a success without Data, with an
    # empty one, or refused with "picture owner error.".
    no_event_picture_url: Literal["absent", "empty", "refused"] = "absent"
    # Its Data has the form of the sample, which no browser can open (section 17, row 14). Else a signed address.
    event_picture_by_oss: bool = False
    # A recording of an alarm: seconds before and after its time (section 8: 10 to 60 together, up to 10 before).
    alarm_record_before: float = 5.0
    alarm_record_after: float = 15.0

    # Plans and time templates (section 20.1). The zone of a template's week: none is told. The sister API has a parameter
    # timeZone whose default is 8 (help.aliyun.com/document_detail/130276.html), and texts are in UTC+8, too. Else UTC, or
    # the zone of the instance's region, which may have summer time.
    plan_zone: str = "Asia/Shanghai"
    # The second that End names belongs to a section, as a whole day ends with 86399. Else it is the first without.
    section_end_included: bool = True
    # An account has a template "7x24" that nobody made (Default 1). It can be neither changed nor deleted.
    default_template: bool = True
    # TimeSectionList of a template that has AllDay 1.
    all_day_sections: Literal["empty", "absent", "week"] = "empty"
    # Rows of lists of templates, of plans, and of the cameras of a plan (section 19). Ascending: oldest first.
    plan_order: Order = "ascending"
    # A PlanId that is not known; of templates, the code is told (section 5.2).
    unknown_plan: tuple[str, str] = ("403", "plan owner error.")
    # Deleting a template that a plan has, and a plan that cameras have, is refused. Else: a plan without a template
    # records nothing, and a plan's cameras have none any more.
    template_in_use_refused: bool = True
    template_in_use: tuple[str, str] = ("400", "Request failed.")
    plan_in_use_refused: bool = False
    plan_in_use: tuple[str, str] = ("400", "Request failed.")
    # AddRecordPlanDevice where the stream has another plan: the new one replaces it. Else refused. Requests to take a
    # plan away name none, so a stream has one at most, of each of the two kinds.
    second_plan_replaces: bool = True
    second_plan: tuple[str, str] = ("400", "Request failed.")
    # A camera without cloud storage gets no plan, as the sister API demands (help.aliyun.com/document_detail/178077.html).
    plan_needs_storage: bool = True
    # A stream without a plan is asked for it: a success without Data (section 20.1), with an empty one, or refused.
    no_plan: Literal["absent", "empty", "refused"] = "absent"
    # Taking away the plan of a stream that has none is refused as `unknown_plan`. Else nothing happens.
    unbinding_nothing_refused: bool = False
    # Two plans, or two templates, may have the same name. Else refused as `out_of_range`.
    same_names_allowed: bool = True
    # Texts that plans take as names: "letters", of whatever script, are allowed. Else only those of ASCII.
    name_letters_of_any_script: bool = False

    # Properties and services (section 15). From SetDeviceProperty to what QueryDevicePropertyStatus tells.
    property_delay: float = 1.0
    # How a property is listed that was never reported: without Value and Time, with empty ones, or not at all
    # (section 20: "absent", inferred).
    unreported_property: Literal["without_value", "empty", "left_out"] = "without_value"
    # The cloud refuses a value that the TSL does not have. Else it is passed on, and the device ignores it.
    values_checked: bool = True
    # What does not read as a JSON object, what the TSL does not have, and values and arguments it does not allow:
    # section 5.4 lists codes, but not which is for what. Texts are the list's descriptions, where it has one.
    malformed_json: tuple[str, str] = (
        "iot.tsl.TslParseError",
        "The TSL parameters cannot be parsed.",
    )
    unknown_property: tuple[str, str] = (
        "iot.device.SetDevicePropertyFailed",
        "Failed to set device property.",
    )
    read_only_property: tuple[str, str] = (
        "iot.device.CanNotSetReadOnlyProperty",
        "A read-only property cannot be set.",
    )
    wrong_value: tuple[str, str] = (
        "iot.tsl.InvalidFormattedTslError",
        "The value does not match the TSL.",
    )
    unknown_service: tuple[str, str] = (
        "iot.device.InvokeThingServiceFailed",
        "Failed to invoke the service.",
    )
    # A device that cannot take orders: section 20 names the first family, section 5.4 lists the others.
    device_offline: tuple[str, str] = (
        "iot.messagebroker.OFFLINE",
        "Failed because the device is offline.",
    )
    device_inactive: tuple[str, str] = (
        "iot.device.InactiveDevice",
        "The device is inactive.",
    )
    device_disabled: tuple[str, str] = (
        "iot.device.DeviceIsDisable",
        "The device is disabled.",
    )
    # SetDeviceProperty with Qos 1 to a device that is offline is done when it is back (section 20: inferred). Else
    # refused, as InvokeThingService is in either case.
    qos_1_waits: bool = True
    # Services are answered by the device, and the reply has a Result. Which are is told in each product's TSL.
    services_answer: bool = False
    # How long a restart takes, and the formatting of a card.
    reboot_seconds: float = 5.0
    format_seconds: float = 5.0

    # A live address that nobody asks for dies (section 13: stated for local playback).
    live_idle_timeout: float = 20.0
    # After StopLiveStreaming a new QueryLiveStreaming wakes the old addresses, too. Else they are gone.
    stopped_address_revives: bool = False

    # Subscriptions (push.md section 2). What a product without one answers (section 8, point 4), and with which code.
    unsubscribed: Literal["refused", "empty"] = "refused"
    not_subscribed: tuple[str, str] = (
        "iot.subscribe.NotExistedSubscription",
        "The subscription does not exist.",
    )
    already_subscribed: tuple[str, str] = (
        "iot.subscribe.ExistedSubscription",
        "The subscription already exists.",
    )
    bad_subscription: tuple[str, str] = (
        "iot.system.IllegalRequest",
        "The parameters of the subscription are invalid.",
    )
    # What a MnsConfiguration that the console made calls the queue, and the role (section 2.1).
    queue_key: Literal["queueName", "themeName"] = "queueName"
    queue_role: str = "AliyunIOTAccessingMNSRole"

    # Messages of devices in a queue (push.md section 3). A body is base64 of the envelope. Else: the envelope.
    outer_base64: bool = True
    # Topics of what devices tell begin with /sys.
    sys_topics: bool = False
    # `messageid` and `timestamp` of the envelope, which are numbers in messages that were seen, and texts in samples.
    message_id_is_text: bool = False
    message_time_is_text: bool = False
    # The topic of a status message. Else null.
    status_topic: bool = True
    # A status message names the IotId. Else, as older ones, product and name only.
    status_iot_id: bool = True
    # The event that an alarm is: the older one has neither a list nor a time of its own.
    alarm_event: Literal["IntelligentAlarm", "AlarmEvent"] = "IntelligentAlarm"

    # The message queue (push.md section 4). TimeExpired: the table of errors has 408, the signing page 400.
    time_expired_status: Literal[408, 400] = 408
    # The code for an STS token that is unknown or has expired: none is told.
    bad_queue_token: str = "InvalidAccessKeyId"
    # Whether a Content-MD5 that is sent is verified (section 8, point 6).
    content_md5_checked: bool = False
    # Long polls of the account at once; one more is answered at once if there is no message. None: no limit is told,
    # only that there is one (section 2.5).
    long_polls_at_once: int | None = None
    # The counters of GetQueueAttributes are being withdrawn, and will be 0.
    queue_counters: bool = True

    # Operations without a published limit of calls per second.
    default_qps: int = 200
    # Limits per operation that differ from the published ones, for tests of pacing.
    qps: dict[str, int] = field(default_factory=dict)
