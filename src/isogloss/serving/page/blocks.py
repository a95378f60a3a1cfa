"""The page's three tabs."""

import json
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

from isogloss.serving.page.map import draw_map

if TYPE_CHECKING:
    from gradio import Blocks

    from isogloss.serving.page.model import ModelOnPage

_SCRIPT = "import(new URL('page/{}.js', document.baseURI).href).then(it => it.mount(element))"


def build_blocks(model: "ModelOnPage") -> "Blocks":
    """Returns the page.

    Args:
        model: ModelOnPage. What answers.
    """
    import gradio as gr

    blocks: Blocks = gr.Blocks(title="isogloss", analytics_enabled=False, fill_width=True)
    with blocks:
        gr.HTML(_template("heading", model), js_on_load=None, apply_default_css=False)
        with gr.Tabs():
            with gr.Tab("One recording"):
                _scripted("recording", model)
            with gr.Tab("Many files"):
                _scripted("files", model)
            with gr.Tab("About this model"):
                gr.Markdown(model.card, elem_classes="iso-card")
    return blocks


def _scripted(name: str, model: "ModelOnPage") -> None:
    import gradio as gr

    gr.HTML(_template(name, model), js_on_load=_SCRIPT.format(name), apply_default_css=False)


def _template(name: str, model: "ModelOnPage") -> str:
    """Returns a template with what it asks for of the model."""
    folder = resources.files("isogloss.serving.page") / "templates"
    values = {
        "MODEL": escape(json.dumps(model.to_dict(), ensure_ascii=False)),
        "MAP": draw_map(accent.label for accent in model.accents),
        "ACCENTS": escape(_in_words([accent.name for accent in model.accents])),
        "WARNING": f'<p class="iso-warning">{_SYNTHETIC}</p>' if model.synthetic else "",
    }
    text = (folder / f"{name}.html").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"[[{key}]]", value)
    return text


_SYNTHETIC = "This model has heard synthetic speech only, never a person."


def _in_words(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
