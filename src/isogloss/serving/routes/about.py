"""`GET` of what is served and how the service is: presets, probes, metrics."""

from pathlib import PurePath

from fastapi import APIRouter, Request, Response

from isogloss.labels import display_name
from isogloss.presets import HUB_SCHEME
from isogloss.serving.schemas import (
    AccentBody,
    HealthBody,
    LimitsBody,
    PresetBody,
    PresetsBody,
    refusal_responses,
)
from isogloss.serving.state import service_of

router = APIRouter()


@router.get("/v1/presets", responses=refusal_responses(401, 429, 503))
async def presets(request: Request) -> PresetsBody:
    """Tells which model answers, and within which limits."""
    service = service_of(request.app)
    settings, classifier = service.settings, service.predictor.classifier
    config, calibration = classifier.config, classifier.config.calibration
    # A folder here is nobody's business but its last part, which is the model's name.
    on_hub = settings.model.startswith(HUB_SCHEME)
    preset = PresetBody(
        name=settings.model if on_hub else PurePath(settings.model).name,
        accents=[AccentBody(label=label, name=display_name(label)) for label in classifier.accents],
        recipe=config.recipe,
        encoder=config.encoder,
        synthetic=config.trained_on.synthetic,
        licence=config.trained_on.licence,
        highest_coverage=calibration.highest_coverage if calibration else None,
        min_speech_seconds=config.min_speech_seconds,
    )
    limits = settings.limits
    return PresetsBody(
        presets=[preset],
        limits=LimitsBody(
            upload_bytes=limits.upload_bytes,
            recording_seconds=limits.recording_seconds,
            batch_files=limits.batch_files,
        ),
    )


@router.get("/healthz")
async def healthz() -> HealthBody:
    """Says that the process is alive."""
    return HealthBody(status="alive")


@router.get("/readyz", responses={503: {"model": HealthBody, "description": "Not ready."}})
async def readyz(request: Request, response: Response) -> HealthBody:
    """Says whether the service takes requests; it does not when it is stopping."""
    if service_of(request.app).ready:
        return HealthBody(status="ready")
    response.status_code = 503
    return HealthBody(status="not ready")


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"description": "Prometheus' text format.", "content": {"text/plain": {}}},
        **refusal_responses(401, 429, 503),
    },
)
async def metrics(request: Request) -> Response:
    """Gives counters and histograms to Prometheus."""
    service = service_of(request.app)
    service.metrics.queued.set(service.predictor.waiting)
    body, media_type = service.metrics.exposition()
    return Response(body, headers={"Content-Type": media_type})
