"""Puts the page and the files that it loads on the service's app."""

from importlib import resources
from typing import TYPE_CHECKING

from isogloss.errors import MissingExtraError
from isogloss.serving.page.examples import Examples
from isogloss.serving.page.model import describe_model
from isogloss.serving.page.reading_only import ReadingOnly
from isogloss.serving.state import service_of

if TYPE_CHECKING:
    from fastapi import FastAPI

    from isogloss.serving.predicting import Predictor

ASSETS = "/page"
"""Where the page's own scripts are."""


def mount_page(app: "FastAPI", predictor: "Predictor") -> None:
    """Serves the page at `/`; every other route must be on the app already.

    Args:
        app: FastAPI. The service's.
        predictor: Predictor. Whose model the page tells of.

    Raises:
        MissingExtraError: The `serve` extra is not installed.
        PresetError: The model's folder has gone.
    """
    try:
        from gradio import mount_gradio_app
        from starlette.staticfiles import StaticFiles

        from isogloss.serving.page.blocks import build_blocks
        from isogloss.serving.page.theme import build_theme
    except ImportError as error:
        raise MissingExtraError("serve", "The web page") from error
    classifier = predictor.classifier
    examples = Examples(classifier.accents, classifier.texts)
    model = describe_model(classifier, service_of(app).settings, examples.accents)
    _serve_examples(app, examples)
    assets = resources.files("isogloss.serving.page") / "assets"
    app.mount(ASSETS, StaticFiles(directory=str(assets)), name="page")
    mount_gradio_app(
        app,
        build_blocks(model),
        path="/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        enable_monitoring=False,
        theme=build_theme(),
        # Not as `css`: Gradio rewrites that, and drops rules that it does not know.
        head=f'<link rel="stylesheet" href=".{ASSETS}/page.css">',
    )
    mounted = app.router.routes[-1]
    mounted.app = ReadingOnly(mounted.app)  # type: ignore[attr-defined]


def _serve_examples(app: "FastAPI", examples: Examples) -> None:
    from fastapi.exceptions import HTTPException
    from starlette.responses import Response

    @app.get(f"{ASSETS}/examples/{{accent}}.wav", include_in_schema=False)
    def example(accent: str) -> Response:
        if accent not in examples.accents:
            raise HTTPException(404, "there is no such example")
        return Response(examples.wav(accent), media_type="audio/wav")
