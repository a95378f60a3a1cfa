"""Pictures of a training and of its figures: SVG, readable in print and by the colour-blind."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from isogloss.errors import MissingExtraError
from isogloss.evaluation.figures import Confusion
from isogloss.heads import Epoch
from isogloss.labels import display_name

# Okabe and Ito's blue and vermilion: apart for every kind of colour vision.
_TRAIN, _VALIDATION = "#0072B2", "#D55E00"
_STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "svg.hashsalt": "isogloss",  # element ids that do not change from run to run
}


def plot_learning_curves(epochs: Sequence[Epoch], speech: str, path: Path) -> None:
    """Draws loss, accuracy and AUC by epoch, of training and of validation.

    Args:
        epochs: sequence of Epoch. The training table.
        speech: str. Whose speech it was; an axis says so.
        path: Path. The picture.
    """
    numbers = [epoch.epoch for epoch in epochs]
    with _figure(3, (10, 3), path) as axes:
        for axis, name in zip(axes, ("loss", "accuracy", "auc"), strict=True):
            for prefix, label, colour, dashes in (
                ("", "training", _TRAIN, "-"),
                ("val_", "validation", _VALIDATION, "--"),
            ):
                values = [getattr(epoch, prefix + name) for epoch in epochs]
                axis.plot(numbers, values, dashes, color=colour, label=label)
            axis.set_title("AUC" if name == "auc" else name.capitalize())
            axis.set_xlabel(f"epoch ({speech})")
            axis.set_ylim(bottom=0)
        axes[1].set_ylim(0, 1)
        axes[2].set_ylim(0, 1)
        axes[0].legend(frameon=False)


def plot_confusion(confusion: Confusion, title: str, path: Path) -> None:
    """Draws a confusion matrix: shares of each true label by shade, and counts."""
    counts = np.array(confusion.matrix)
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    names = [display_name(label) for label in confusion.labels]
    size = 2.2 + 0.75 * len(names)
    with _figure(1, (size, size * 0.85), path) as (axis,):
        axis.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for (row, column), share in np.ndenumerate(shares):
            text = f"{share:.0%}\n{counts[row, column]:,}"
            colour = "white" if share > 0.55 else "black"
            axis.text(column, row, text, ha="center", va="center", color=colour, fontsize=8)
        axis.set_xticks(range(len(names)), names, rotation=35, ha="right")
        axis.set_yticks(range(len(names)), names)
        axis.set_xlabel("answered")
        axis.set_ylabel("true")
        axis.set_title(title)


@contextmanager
def _figure(columns: int, size: tuple[float, float], path: Path) -> Iterator[Any]:
    """Gives the axes of a figure, which is saved when the block ends; no window, no pyplot."""
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("train", "Drawing plots") from error
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        yield figure.subplots(1, columns, squeeze=False)[0]
        figure.savefig(path, metadata={"Date": None})
