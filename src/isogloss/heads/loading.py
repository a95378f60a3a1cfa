"""A trained head from its ONNX model, by the recipe that trained it."""

from isogloss.errors import SettingError
from isogloss.heads.base import Head
from isogloss.heads.frame_head import FrameHead


def load_head(recipe: str, onnx: bytes, labels: tuple[str, ...]) -> Head:
    """Returns the head that a recipe trained, ready to answer.

    Args:
        recipe: str. The recipe's name.
        onnx: bytes. The head as an ONNX model.
        labels: tuple of str. What the columns of its output mean.

    Raises:
        SettingError: No recipe has this name, or the model is not of the labels.
    """
    if recipe in ("original", "tuned"):
        return FrameHead(onnx, labels)
    if recipe == "clip":
        from isogloss.heads.pooled_head import PooledHead

        return PooledHead(onnx, labels)
    if recipe == "passage":
        from isogloss.heads.passage.head import PassageHead

        return PassageHead.from_onnx(onnx, labels)
    raise SettingError(f"no recipe is called '{recipe}' in this version of isogloss.")
