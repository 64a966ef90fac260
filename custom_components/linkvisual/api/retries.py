"""Which failed call is tried again, how often and how soon: the table of signing.md section 10."""

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
    OutcomeUnknownError,
    ServiceUnavailableError,
    ThrottledError,
    UnreadableReplyError,
)

MAX_ATTEMPTS = 3
# Seconds.
BACKOFF_BASE = 0.5
BACKOFF_CAP = 20.0


class Effect(Enum):
    """What a second call with the same parameters would do."""

    NONE = auto()  # a query
    SAME = auto()  # nothing more: stopping what is stopped
    AGAIN = auto()  # all of it once more: never repeated once it may have arrived


_EVERY = (Effect.NONE, Effect.SAME, Effect.AGAIN)

# How many times more a call is tried after a kind of failure, and for which effects.
_RETRIES: tuple[tuple[type[LinkVisualError], int, tuple[Effect, ...]], ...] = (
    (CannotConnectError, 2, _EVERY),
    (NoReplyError, 2, (Effect.NONE,)),
    (ThrottledError, 2, _EVERY),
    (ServiceUnavailableError, 2, (Effect.NONE, Effect.SAME)),
    (InternalServiceError, 1, (Effect.NONE,)),
    (ClockSkewError, 1, _EVERY),
    (NonceUsedError, 1, _EVERY),
)

# After these the cloud may have done what it was asked for.
_MAY_HAVE_RUN = (
    NoReplyError,
    UnreadableReplyError,
    ServiceUnavailableError,
    InternalServiceError,
)


class Retries:
    """The failures of one call so far."""

    def __init__(self, effect: Effect) -> None:
        self._effect = effect
        self._failures: Counter[type[LinkVisualError]] = Counter()
        self._sent = False
        self._repeated = False

    def add(self, err: LinkVisualError) -> float | None:
        """Count a failure. Return the seconds to wait before the next attempt, None to give up."""
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
            # Each attempt has a nonce of its own: an earlier one did arrive.
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

    def final(self, err: LinkVisualError) -> LinkVisualError:
        """Return what the caller is told when `err` was the last failure."""
        if self._effect is not Effect.NONE and (
            self._repeated or isinstance(err, _MAY_HAVE_RUN)
        ):
            return OutcomeUnknownError(str(err))
        return err
