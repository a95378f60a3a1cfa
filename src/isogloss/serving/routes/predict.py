"""`POST /v1/predict`: one recording."""

import asyncio

from fastapi import APIRouter, Request, Response

from isogloss.answers import Answer
from isogloss.serving.gone import unless_gone
from isogloss.serving.responding import json_body
from isogloss.serving.routes.options import Coverage, Frames, Name, form_of_files
from isogloss.serving.schemas import AnswerBody, refusal_responses
from isogloss.serving.spool import open_request
from isogloss.serving.state import service_of
from isogloss.serving.uploads import is_form, read_body, read_form

router = APIRouter()

_RAW = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    "/v1/predict",
    response_model=AnswerBody,
    responses=refusal_responses(400, 401, 408, 413, 415, 422, 429, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "A form with one file, or the file's bytes as they are.",
            "content": {
                **form_of_files("file", many=False),
                "application/octet-stream": _RAW,
                "audio/*": _RAW,
                "video/*": _RAW,
            },
        }
    },
)
async def predict(
    request: Request, coverage: Coverage = None, frames: Frames = False, name: Name = None
) -> Response:
    """Tells the accent of one recording, in any format that phones and browsers make."""
    service = service_of(request.app)
    predictor = service.predictor
    predictor.classifier.check_coverage(coverage)
    with open_request(service.open_spool()) as folder:
        with service.reading():
            limits = service.settings.limits
            if is_form(request):
                (upload,) = await read_form(request, folder, limits, files=1)
            else:
                upload = await read_body(request, folder, limits, name)
        work = predictor.predict(upload.path, name=upload.name, coverage=coverage)
        answer = await unless_gone(request.receive, work)
    service.metrics.count(answer, "file")
    # Frames of half an hour are many megabytes of JSON.
    body = await asyncio.to_thread(_body, answer, frames)
    return Response(body, media_type="application/json")


def _body(answer: Answer, frames: bool) -> bytes:
    return json_body(answer.to_dict(frames))
