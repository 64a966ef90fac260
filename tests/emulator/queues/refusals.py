"""What the message queue refuses with: codes, statuses, texts. Source: push.md section 4.3."""

_SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your key and signing method."
)

_KNOWN: dict[str, tuple[int, str]] = {
    "AccessDenied": (
        403,
        "The OwnerId that your Access Key Id associated to is forbidden for this operation.",
    ),
    "InternalError": (500, "Internal error."),
    "InvalidAccessKeyId": (403, "The AccessKey Id you provided is not exist."),
    "InvalidArgument": (400, "The argument is invalid."),
    "InvalidAuthorizationHeader": (400, "The Authorization header format is invalid."),
    "InvalidDateHeader": (400, "The Date header format is invalid."),
    "InvalidDegist": (400, "The Content-MD5 you specified is invalid."),
    "InvalidQueryString": (400, "The query string is invalid."),
    "InvalidQueueName": (400, "The queue name you provided is invalid."),
    "InvalidRequestURL": (400, "Http request URL format invalid."),
    "MalformedXML": (400, "The XML you provided was not well-formed."),
    "MessageNotExist": (404, "Message not exist."),
    "MissingAuthorizationHeader": (400, "Authorization header is required."),
    "MissingDateHeader": (400, "Date header is required."),
    "MissingReceiptHandle": (400, "ReceiptHandle is required."),
    "MissingVersionHeader": (400, "x-mns-version header is required."),
    "MissingVisibilityTimeout": (400, "VisibilityTimeout is required."),
    "QpsLimitExceeded": (400, "The qps limit is exceeded."),
    "QueueAlreadyExist": (409, "The queue you want to create is already exist."),
    "QueueDeletedRecently": (400, "The queue was deleted recently."),
    "QueueNameLengthError": (400, "The queue name length is not within 1 to 120."),
    "QueueNotExist": (404, "The queue name you provided is not exist."),
    "ReceiptHandleError": (400, "The receipt handle you provided is not valid."),
    "SignatureDoesNotMatch": (403, _SIGNATURE),
    "TimeExpired": (408, "The http request you sent is expired."),
    "TooManyRequests": (429, "The request is denied due to flow control."),
}


class QueueRefusal(Exception):
    """A refusal, with the status and the text of its code where no others are given."""

    def __init__(
        self,
        code: str,
        *,
        status: int | None = None,
        message: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        known_status, known_message = _KNOWN.get(code, (400, code))
        self.code = code
        self.status = status or known_status
        self.message = message or known_message
        self.headers = headers or {}
        super().__init__(code)
