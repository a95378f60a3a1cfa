"""What the parts of one service process share."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from isogloss.serving.refusals import Refusal

if TYPE_CHECKING:
    from fastapi import FastAPI

    from isogloss.serving.metrics import Metrics
    from isogloss.serving.predicting import Predictor
    from isogloss.serving.settings import ServiceSettings


@dataclass
class Service:
    """One service process, from its start to its end.

    Attributes:
        settings: ServiceSettings. What it was told.
        metrics: Metrics. What it counts.
        predictor: Predictor. What answers.
        spool: Path or None. The private folder for uploads; None before the start and after the
            end.
        stopping: asyncio.Event. Set when it takes nothing new any more.
        in_flight: int. Requests and streams below `/v1/` that it has begun to answer.
    """

    settings: "ServiceSettings"
    metrics: "Metrics"
    predictor: "Predictor"
    spool: Path | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: int = 0
    _reading: int = 0
    _streams: int = 0

    @property
    def ready(self) -> bool:
        """Whether it takes requests."""
        return self.spool is not None and not self.stopping.is_set()

    @property
    def busy(self) -> bool:
        """Whether somebody waits for an answer, by the page or otherwise."""
        return self.in_flight > 0 or self.predictor.busy

    def open_spool(self) -> Path:
        """Returns the folder for uploads.

        Raises:
            Refusal: The service has not started.
        """
        if self.spool is None:
            raise Refusal(503, "not_ready", "the service has not started.", retry_after=1)
        return self.spool

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Holds a place among the bodies that are being read, as many as can be queued.

        Those who would find the queue full are refused before their body is read.

        Raises:
            Overloaded: There is no place.
        """
        most = self.predictor.threads + self.settings.limits.queue
        if self.predictor.full or self._reading >= most:
            raise self.predictor.overloaded()
        self._reading += 1
        try:
            yield
        finally:
            self._reading -= 1

    @contextmanager
    def streaming(self) -> Iterator[None]:
        """Holds a place among the streams.

        Raises:
            Refusal: There is none.
        """
        if self._streams >= self.settings.limits.streams:
            raise Refusal(
                503, "too_many_streams", "all streams are taken. Try again later.", retry_after=10
            )
        self._streams += 1
        self.metrics.streams.inc()
        try:
            yield
        finally:
            self._streams -= 1
            self.metrics.streams.dec()


def service_of(app: "FastAPI") -> Service:
    """Returns the service that an app belongs to."""
    service: Service = app.state.service
    return service
