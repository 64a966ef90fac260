"""Times that the cloud writes in several ways, and what no clock shows."""

from datetime import UTC, datetime

import pytest

from custom_components.linkvisual.api.fields import (
    cloud_time,
    http_date,
    identifier,
    number,
    unix_time,
)
from custom_components.linkvisual.api.media_models import RecordFile

ROW = {
    "FileName": "x",
    "BeginTime": "2026-11-23 20:00:00",
    "EndTime": "2026-11-23 20:01:00",
}


@pytest.mark.parametrize("seconds", [1e300, -1e18, 0, 7_258_118_400, float("inf")])
def test_odd_unix_times(seconds: float) -> None:
    """What is no time of this age is no time, not another error."""
    if seconds == 0:
        assert unix_time(seconds) == datetime(1970, 1, 1, tzinfo=UTC)
        return
    with pytest.raises(ValueError, match="out of range"):
        unix_time(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Mon, 01 Jan 1900 00:00:00 GMT",
        "Mon, 23 Nov 2026 12:00:00 +99999999999999999999",
    ],
)
def test_odd_http_dates(text: str) -> None:
    """The same for what stands in a header."""
    with pytest.raises(ValueError):
        http_date(text)


def test_http_date_without_a_zone() -> None:
    """A date of an unknown zone is one of Greenwich."""
    assert http_date("Mon, 23 Nov 2026 12:00:00 -0000") == datetime(
        2026, 11, 23, 12, tzinfo=UTC
    )


@pytest.mark.parametrize("text", ["0001-01-01 00:00:00", "9999-12-31 23:59:59"])
def test_odd_cloud_times(text: str) -> None:
    """Conversion of the first and the last year to another zone must not overflow."""
    with pytest.raises(ValueError, match="out of range"):
        cloud_time({"Time": text}, "Time")


def test_texts_that_nothing_can_store() -> None:
    """JSON may hold half of a character, which no file and no header takes."""
    with pytest.raises(ValueError):
        identifier({"IotId": "a\ud800"}, "IotId")


@pytest.mark.parametrize("value", [7, 7.0, "7"])
def test_numbers(value: object) -> None:
    """A whole number may be written in three ways."""
    assert number({"Day": value}, "Day") == 7


@pytest.mark.parametrize(
    "value",
    [True, None, 7.5, float("nan"), float("inf"), 2**60, "7.0", "１２", [7], ""],
)
def test_odd_numbers(value: object) -> None:
    """All else is none."""
    with pytest.raises(ValueError):
        number({"Day": value}, "Day")


@pytest.mark.parametrize("end", ["2026-11-23 19:59:59", "2027-11-23 20:00:00"])
def test_file_whose_end_does_not_fit(end: str) -> None:
    """A file that ends before it begins, or lasts a year, is none."""
    assert RecordFile.from_row(ROW).file_name == "x"
    with pytest.raises(ValueError, match="EndTime"):
        RecordFile.from_row({**ROW, "EndTime": end})
