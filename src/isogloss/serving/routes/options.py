"""Options of requests: the command line's, as query parameters."""

from typing import Annotated, Any

from fastapi import Query

Coverage = Annotated[
    float | None,
    Query(
        gt=0,
        le=0.99,
        description="Add the set of accents that holds the true one so often.",
        examples=[0.9],
    ),
]
Frames = Annotated[bool, Query(description="Add each frame's answer.")]
Name = Annotated[
    str | None,
    Query(max_length=255, description="What a recording sent as the raw body is called."),
]


def form_of_files(field: str, *, many: bool) -> dict[str, Any]:
    """Returns OpenAPI's description of a body that is a form with files."""
    file = {"type": "string", "format": "binary"}
    value = {"type": "array", "items": file, "minItems": 1} if many else file
    schema = {"type": "object", "properties": {field: value}, "required": [field]}
    return {"multipart/form-data": {"schema": schema}}
