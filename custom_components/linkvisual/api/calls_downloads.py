"""Linkvisual: jobs that cut a time range of recordings into one MP4. Source: linkvisual-api.md section 20.1."""

from datetime import datetime

from .calls import Calls
from .errors import LinkVisualError, OutcomeUnknownError
from .fields import key
from .media_models import DownloadJob, StreamType
from .models import Page
from .regions import Product
from .retries import Effect
from .rows import inner, page_of, read_one, rows_of
from .transport import Operation

# Limits of the cloud: seconds of a job, running jobs of an instance, and jobs of a page.
MAX_JOB_SECONDS = 1800
MAX_RUNNING_JOBS = 10
JOBS_PER_PAGE = 50

_CREATE_RECORD_DOWNLOAD_BY_TIME_JOB = Operation(
    Product.LINKVISUAL, "CreateRecordDownloadByTimeJob", Effect.REPEATED, per_second=50
)
_QUERY_RECORD_DOWNLOAD_JOB_BY_ID = Operation(
    Product.LINKVISUAL, "QueryRecordDownloadJobById", per_second=50
)
_QUERY_RECORD_DOWNLOAD_JOB_LIST = Operation(
    Product.LINKVISUAL, "QueryRecordDownloadJobList", per_second=50
)


class DownloadCalls(Calls):
    """Creating, following and listing download jobs. The cloud forgets them after a day."""

    async def create_record_download_by_time_job(
        self, iot_id: str, begin: datetime, end: datetime, *, stream_type: StreamType
    ) -> str:
        """Create a job for at most 30 minutes; return its JobId.

        Not retried once the request may have arrived: raises OutcomeUnknownError then.
        """
        reply = await self._call(
            _CREATE_RECORD_DOWNLOAD_BY_TIME_JOB,
            {
                "IotId": iot_id,
                "BeginTime": int(begin.timestamp()),
                "EndTime": int(end.timestamp()),
                "StreamType": stream_type.value,
            },
        )
        try:
            return key(inner(reply, "Data"), "JobId")
        except (LinkVisualError, ValueError) as err:
            raise OutcomeUnknownError("accepted without a JobId") from err

    async def query_record_download_job_by_id(self, job_id: str) -> DownloadJob:
        """Return the state of a job. Raises NotFoundError if the cloud has forgotten it."""
        reply = await self._call(_QUERY_RECORD_DOWNLOAD_JOB_BY_ID, {"JobId": job_id})
        # The reply does not repeat the ID.
        row = {**inner(reply, "Data"), "JobId": job_id}
        return read_one(DownloadJob.from_row, row)

    async def query_record_download_job_list(
        self, iot_id: str, *, page_size: int = JOBS_PER_PAGE, current_page: int = 1
    ) -> Page[DownloadJob]:
        """List the jobs of a camera, in no documented order."""
        reply = await self._call(
            _QUERY_RECORD_DOWNLOAD_JOB_LIST,
            {"IotId": iot_id, "PageSize": page_size, "CurrentPage": current_page},
        )
        rows = rows_of(reply, "Data", "JobList")
        return page_of(DownloadJob.from_row, rows, page_size)
