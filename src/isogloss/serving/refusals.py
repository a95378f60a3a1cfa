"""Why a request gets no answer: HTTP status, kind and words."""

import math

from isogloss.errors import AudioError, IsoglossError, UnsupportedAudioError


class Refusal(IsoglossError):  # noqa: N818 - what a client is told, not a fault here
    """A request that is refused.

    Args:
        status: int. HTTP status.
        kind: str. The same for programs, and the label of the metric that counts it.
        message: str. What was wrong and what to do.
        retry_after: float or None. Seconds after which it may go better.
    """

    def __init__(
        self, status: int, kind: str, message: str, *, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.retry_after = None if retry_after is None else max(1, math.ceil(retry_after))

    @property
    def headers(self) -> dict[str, str]:
        """What the response says beside its body."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


class Overloaded(Refusal):
    """More work than fits in the queue.

    Args:
        retry_after: float. Seconds after which there should be room.
    """

    def __init__(self, retry_after: float) -> None:
        super().__init__(
            503,
            "overloaded",
            "the service has as much work as it can hold. Try again later.",
            retry_after=retry_after,
        )


class TimedOut(Refusal):
    """A recording that took too long.

    Args:
        name: str. The recording.
        seconds: float. How long it may take.
    """

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__(
            422,
            "timed_out",
            f"{name}: was not heard to its end within {seconds:g} s. Send a shorter recording.",
        )


class TooLong(Refusal):
    """A recording of more seconds than are heard.

    Args:
        name: str. The recording.
        seconds: float. How long it may be.
    """

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__(
            413,
            "too_long",
            f"{name}: is longer than the {seconds:g} s that are heard here. Send a part of it.",
        )


def too_large(limit: int) -> Refusal:
    """Returns the refusal of a body beyond `limit` bytes."""
    return Refusal(
        413, "too_large", f"the body is larger than {limit} bytes. Send fewer or shorter files."
    )


def refusal_of(error: IsoglossError) -> Refusal:
    """Returns how the service says an error of the library."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, UnsupportedAudioError):
        return Refusal(415, "unsupported_audio", str(error))
    if isinstance(error, AudioError):
        return Refusal(422, "broken_audio", str(error))
    return Refusal(422, "invalid_option", str(error))
