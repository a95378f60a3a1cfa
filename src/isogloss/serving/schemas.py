"""Bodies of responses, as OpenAPI describes them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]


class ScoreBody(BaseModel):
    """An accent and how much speaks for it."""

    label: str
    score: Share


class WordBody(BaseModel):
    """What one word of a known text told."""

    word: str
    start: float
    end: float
    accent: str
    weight: float


class FrameBody(BaseModel):
    """What the model says of one frame."""

    start: float
    end: float
    speech: bool
    scores: list[ScoreBody]


class AnswerBody(BaseModel):
    """The answer for one recording, as `isogloss predict --format jsonl` writes it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "path": "reading.wav",
                "status": "ok",
                "accent": "scottish",
                "scores": [
                    {"label": "scottish", "score": 0.61},
                    {"label": "irish", "score": 0.39},
                ],
                "seconds": 21.4,
                "speech_seconds": 19.9,
                "error": None,
                "prediction_set": ["scottish", "irish"],
            }
        }
    )

    path: Annotated[str, Field(description="The file's name, without folders.")]
    status: Literal["ok", "no_speech", "other_text", "failed"]
    accent: Annotated[str | None, Field(description="The likeliest; null unless ok.")]
    scores: Annotated[list[ScoreBody], Field(description="All accents, best first.")]
    seconds: Annotated[float, Field(ge=0)]
    speech_seconds: Annotated[float, Field(ge=0)]
    error: Annotated[str | None, Field(description="Why there is no accent.")]
    prediction_set: Annotated[
        list[str] | None, Field(description="Only where a coverage was asked for.")
    ] = None
    evidence: Annotated[
        list[WordBody] | None, Field(description="Only of models that know their text.")
    ] = None
    frames: Annotated[list[FrameBody] | None, Field(description="Only where asked for.")] = None


class ErrorBody(BaseModel):
    """Why there is no answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "error": "notes.wav: is not audio that can be read, or was cut off too early.",
                "kind": "unsupported_audio",
                "request_id": "6f1c2d0e9f7e4a3f8f0f5f0d1f0e7c55",
            }
        }
    )

    error: Annotated[str, Field(description="What was wrong and what to do.")]
    kind: Annotated[str, Field(description="The same for programs.")]
    request_id: Annotated[str, Field(description="As in the header and in the service's log.")]


class AccentBody(BaseModel):
    """An accent that answers choose from."""

    label: str
    name: str


class PresetBody(BaseModel):
    """The model that answers."""

    name: str
    accents: list[AccentBody]
    recipe: str
    encoder: str
    synthetic: Annotated[bool, Field(description="Whether it has only heard synthetic speech.")]
    licence: str | None
    highest_coverage: Annotated[
        float | None, Field(description="What prediction sets can promise; null: no sets.")
    ]
    min_speech_seconds: float


class LimitsBody(BaseModel):
    """What one request may bring."""

    upload_bytes: int
    recording_seconds: float
    batch_files: int


class PresetsBody(BaseModel):
    """What is served."""

    presets: list[PresetBody]
    limits: LimitsBody


class HealthBody(BaseModel):
    """How the service is."""

    status: Literal["alive", "ready", "not ready"]


def refusal_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Returns OpenAPI's description of refusals, for a route's `responses`."""
    descriptions = {
        400: "The form cannot be read.",
        401: "The token is missing or wrong.",
        408: "The body did not come in time.",
        413: "The body is too large, or the recording too long.",
        415: "A kind of file that is not read.",
        422: "An option without sense, or a recording that is broken.",
        429: "Too many requests of this client.",
        503: "Too much work, or the service is stopping.",
    }
    return {
        status: {"model": ErrorBody, "description": descriptions[status]} for status in statuses
    }
