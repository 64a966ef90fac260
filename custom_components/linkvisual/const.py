"""Constants."""

from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "linkvisual"

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.CAMERA,
    Platform.DATETIME,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]

# Languages of `translations`.
LANGUAGES: Final = ("en", "de", "es", "fr", "ja", "zh-Hans", "zh-Hant")

CONF_ACCESS_KEY_ID: Final = "access_key_id"
CONF_ACCESS_KEY_SECRET: Final = "access_key_secret"
CONF_ENDPOINT: Final = "endpoint"
CONF_IOT_INSTANCE_ID: Final = "iot_instance_id"

CONF_CALLS_PER_HOUR: Final = "calls_per_hour"
CONF_LIVE_PROTOCOL: Final = "live_protocol"
CONF_POLL_ALARMS: Final = "poll_alarms"
CONF_PRODUCTS: Final = "products"
CONF_PUSH: Final = "push"
CONF_PUSH_ENDPOINT: Final = "push_endpoint"
CONF_PUSH_QUEUE: Final = "push_queue"
CONF_STATUS_INTERVAL: Final = "status_interval"

DEFAULT_CALLS_PER_HOUR: Final = 1200
DEFAULT_POLL_ALARMS: Final = True
DEFAULT_PUSH: Final = False
DEFAULT_STATUS_INTERVAL: Final = 60  # seconds

# Characters of the title of an incident.
MAX_TITLE_LENGTH: Final = 255

ATTR_PRE_RECORD_DURATION: Final = "pre_record_duration"
ATTR_RECORD_DURATION: Final = "record_duration"
ATTR_STORAGE_DAYS: Final = "storage_days"
ATTR_STREAM_TYPE: Final = "stream_type"
