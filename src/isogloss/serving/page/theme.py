"""Gradio's look: the fonts of the reader's own system, and isogloss's blue."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.themes import Base

_TEXT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_CODE = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def build_theme() -> "Base":
    """Returns the theme; fonts given as plain names are asked of no server."""
    from gradio.themes import Base
    from gradio.themes.utils import colors, sizes

    return Base(
        primary_hue=colors.blue,
        neutral_hue=colors.gray,
        text_size=sizes.text_md,
        font=_TEXT,
        font_mono=_CODE,
    ).set(
        body_background_fill="#fbfbfc",
        body_background_fill_dark="#14171c",
        body_text_color="#1f2328",
        body_text_color_dark="#e6e9ee",
    )
