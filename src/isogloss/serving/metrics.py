"""What Prometheus reads of a service.

With several server processes, whichever answers `/metrics` answers for all: prometheus-client
keeps their values in files of the folder that PROMETHEUS_MULTIPROC_DIR names. It reads that
variable when it is first imported.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from isogloss.answers import Answer

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)


class Metrics:
    """Counters of one service process, in a registry of their own."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        registry = self._registry = CollectorRegistry()
        self.requests = Counter(
            "isogloss_requests",
            "Requests by route, method and HTTP status.",
            ("route", "method", "status"),
            registry=registry,
        )
        self.latency = Histogram(
            "isogloss_request_seconds",
            "From a request's head to the end of its response.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge(
            "isogloss_requests_in_flight",
            "Requests begun and not ended.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.queued = Gauge(
            "isogloss_queue_length",
            "Requests that wait for a thread.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.streams = Gauge(
            "isogloss_streams",
            "Open WebSocket streams.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.audio = Counter(
            "isogloss_audio_seconds",
            "Seconds of audio that were answered for.",
            ("source",),
            registry=registry,
        )
        self.answers = Counter(
            "isogloss_answers", "Answers by status.", ("status",), registry=registry
        )
        self.failures = Counter(
            "isogloss_failures",
            "Requests refused or failed, by kind.",
            ("kind",),
            registry=registry,
        )

    def count(self, answer: "Answer", source: str) -> None:
        """Counts an answer and the audio that it is for."""
        self.answers.labels(answer.status.value).inc()
        self.audio.labels(source).inc(answer.seconds)

    def exposition(self) -> tuple[bytes, str]:
        """Returns all values in Prometheus' text format, and its media type."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(_all_processes() or self._registry), CONTENT_TYPE_LATEST

    def close(self) -> None:
        """Takes what is in flight out of the sum over all processes."""
        if FOLDER_VARIABLE in os.environ:
            from prometheus_client.multiprocess import mark_process_dead

            mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]


def _all_processes() -> "CollectorRegistry | None":
    if FOLDER_VARIABLE not in os.environ:
        return None
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
