"""Retry policy: the table of signing.md section 10."""

from collections import Counter
from enum import Enum, auto
import random

from .errors import (
    CannotConnectError,
    ClockSkewError,
    CloudError,
    InternalServiceError,
    LinkVisualError,
    NonceUsedError,
    NoReplyError,
    ServiceUnavailableError,
    ThrottledError,
    UnreadableReplyError,
)

MAX_ATTEMPTS = 3
# Seconds.
BACKOFF_BASE = 0.5
BACKOFF_CAP = 20.0


class Effect(Enum):
    """Effect of repeating a call."""

    NONE = auto()  # a query
    IDEMPOTENT = auto()  # no further effect
    REPEATED = auto()  # executed twice: never retried once it may have arrived


_ALL = tuple(Effect)

# Number of retries by kind of failure, and the effects for which they are allowed.
_RETRIES: tuple[tuple[type[LinkVisualError], int, tuple[Effect, ...]], ...] = (
    (CannotConnectError, 2, _ALL),
    (NoReplyError, 2, (Effect.NONE,)),
    (ThrottledError, 2, _ALL),
    (ServiceUnavailableError, 2, (Effect.NONE, Effect.IDEMPOTENT)),
    (InternalServiceError, 1, (Effect.NONE,)),
    (ClockSkewError, 1, _ALL),
    (NonceUsedError, 1, _ALL),
)

# Failures after which the cloud may have executed the call.
_MAY_HAVE_RUN = (
    NoReplyError,
    UnreadableReplyError,
    ServiceUnavailableError,
    InternalServiceError,
)


class Retries:
    """Retry state of one call."""

    def __init__(self, effect: Effect) -> None:
        self._effect = effect
        self._failures: Counter[type[LinkVisualError]] = Counter()
        self._sent = False
        self._repeated = False

    def add(self, err: LinkVisualError) -> float | None:
        """Record a failure. Return the seconds until the next attempt; None to give up."""
        kind, allowed = next(
            (
                (kind, times)
                for kind, times, effects in _RETRIES
                if isinstance(err, kind) and self._effect in effects
            ),
            (type(err), 0),
        )
        self._failures[kind] += 1
        if isinstance(err, ClockSkewError) and not err.corrected:
            allowed = 0
        if isinstance(err, NonceUsedError) and self._sent:
            # Each attempt has its own nonce: an earlier one did arrive.
            self._repeated = self._effect is not Effect.NONE
        self._sent = self._sent or not isinstance(err, CannotConnectError)
        if (
            self._repeated
            or self._failures[kind] > allowed
            or self._failures.total() >= MAX_ATTEMPTS
        ):
            return None
        hint = err.retry_after if isinstance(err, CloudError) else None
        ceiling = BACKOFF_BASE * 2 ** self._failures.total()
        return max(hint or 0.0, min(random.uniform(0, ceiling), BACKOFF_CAP))

    def may_have_run(self, err: LinkVisualError) -> bool:
        """Return whether the cloud may have executed a call that is not to be repeated, after the last failure."""
        return self._effect is not Effect.NONE and (
            self._repeated or isinstance(err, _MAY_HAVE_RUN)
        )
