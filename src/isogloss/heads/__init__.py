"""Heads: embeddings to probabilities; recipes train them, by name."""

from isogloss.errors import SettingError
from isogloss.heads.base import (
    Candidate,
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
from isogloss.heads.loading import load_head

__all__ = [
    "RECIPES",
    "Candidate",
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

RECIPES = ("original", "clip", "passage", "tuned", "auto")
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
    if name == "tuned":
        from isogloss.heads.tuned import TunedRecipe

        return TunedRecipe
    if name == "auto":
        from isogloss.heads.searching import AutoRecipe

        return AutoRecipe
    raise SettingError(f"no recipe is called '{name}': there is {', '.join(RECIPES)}.")
