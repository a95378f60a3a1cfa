"""Heads: embeddings to probabilities; recipes train them, by name."""

from isogloss.errors import SettingError
from isogloss.heads.base import (
    Epoch,
    EpochReporter,
    Evidence,
    Head,
    Recipe,
    Scorer,
    TrainedHead,
    Verdict,
    frame_probabilities,
)
from isogloss.heads.frame_head import FrameHead

__all__ = [
    "RECIPES",
    "Epoch",
    "EpochReporter",
    "Evidence",
    "FrameHead",
    "Head",
    "Recipe",
    "Scorer",
    "TrainedHead",
    "Verdict",
    "frame_probabilities",
    "load_head",
    "recipe_class",
]

RECIPES = ("original", "clip", "passage")
"""Names that `recipe_class` knows."""


def recipe_class(name: str) -> type[Recipe]:
    """Returns the recipe of a name.

    Raises:
        SettingError: No recipe has this name.
    """
    if name == "original":
        from isogloss.heads.original import OriginalRecipe

        return OriginalRecipe
    if name == "clip":
        from isogloss.heads.clip import ClipRecipe

        return ClipRecipe
    if name == "passage":
        from isogloss.heads.passage.recipe import PassageRecipe

        return PassageRecipe
    raise SettingError(f"no recipe is called '{name}': there is {', '.join(RECIPES)}.")


def load_head(recipe: str, onnx: bytes, labels: tuple[str, ...]) -> Head:
    """Returns the head that a recipe trained, ready to answer.

    Args:
        recipe: str. The recipe's name.
        onnx: bytes. The head as an ONNX model.
        labels: tuple of str. What the columns of its output mean.

    Raises:
        SettingError: No recipe has this name, or the model is not of the labels.
    """
    if recipe == "original":
        return FrameHead(onnx, labels)
    if recipe == "clip":
        from isogloss.heads.pooled_head import PooledHead

        return PooledHead(onnx, labels)
    if recipe == "passage":
        from isogloss.heads.passage.head import PassageHead

        return PassageHead.from_onnx(onnx, labels)
    raise SettingError(f"no recipe is called '{recipe}': there is {', '.join(RECIPES)}.")
