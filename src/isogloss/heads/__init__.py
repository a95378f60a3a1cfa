"""Heads: embeddings to probabilities; recipes train them, by name."""

from isogloss.errors import SettingError
from isogloss.heads.base import Epoch, EpochReporter, Head, Recipe, Scorer, TrainedHead
from isogloss.heads.frame_head import FrameHead

__all__ = [
    "RECIPES",
    "Epoch",
    "EpochReporter",
    "FrameHead",
    "Head",
    "Recipe",
    "Scorer",
    "TrainedHead",
    "load_head",
    "recipe_class",
]

RECIPES = ("original",)
"""Names that `recipe_class` knows."""


def recipe_class(name: str) -> type[Recipe]:
    """Returns the recipe of a name.

    Raises:
        SettingError: No recipe has this name.
    """
    from isogloss.heads.original import OriginalRecipe

    if name == OriginalRecipe.name:
        return OriginalRecipe
    raise SettingError(f"no recipe is called '{name}': there is {', '.join(RECIPES)}.")


def load_head(recipe: str, onnx: bytes, labels: tuple[str, ...]) -> Head:
    """Returns the head that a recipe trained, ready to answer.

    Args:
        recipe: str. The recipe's name.
        onnx: bytes. The head as an ONNX model.
        labels: tuple of str. What the columns of its output mean.

    Raises:
        SettingError: No recipe has this name.
    """
    if recipe in RECIPES:
        return FrameHead(onnx, labels)
    raise SettingError(f"no recipe is called '{recipe}': there is {', '.join(RECIPES)}.")
