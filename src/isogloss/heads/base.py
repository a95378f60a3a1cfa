"""What a head gives and takes, and what a recipe trains."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from isogloss.encoders.base import Frames
from isogloss.errors import SettingError

if TYPE_CHECKING:
    from isogloss.table import FrameTable


class Scorer(Protocol):
    """One recording on its way through a head."""

    def push(self, frames: Frames) -> NDArray[np.float32]:
        """Takes the next frames; returns their probabilities `[num_frames, num_labels]`."""

    def result(self) -> NDArray[np.float32]:
        """Returns the probability of each accent `[num_accents]` from all frames so far.

        Sums to one. Asked for only where a frame held speech.
        """


class Head(Protocol):
    """Embeddings to probabilities.

    Attributes:
        labels: tuple of str. What the columns of frame probabilities mean.
        accents: tuple of str. `labels` without "not_speech": what the result's columns mean.
    """

    labels: tuple[str, ...]
    accents: tuple[str, ...]

    def scorer(self) -> Scorer:
        """Returns a new scorer, for one recording."""


@dataclass(frozen=True)
class Epoch:
    """One row of the training table; `auc` is Keras's, flattened over the classes."""

    epoch: int
    loss: float
    accuracy: float
    auc: float
    val_loss: float
    val_accuracy: float
    val_auc: float


EpochReporter = Callable[[Epoch, int], None]
"""Called after each epoch with its row and the number of epochs at most."""


@runtime_checkable
class SavableModel(Protocol):
    """A framework's own model, kept for training on."""

    def save(self, path: Path) -> None:
        """Writes the model; the file's ending names the format."""


@dataclass(frozen=True)
class TrainedHead:
    """What a recipe gives.

    Args:
        labels: tuple of str. What the columns of the output mean.
        onnx: bytes. The head as an ONNX model, `embeddings [N, dimension]` to
            `probabilities [N, num_labels]`.
        model: SavableModel. The head in the framework that trained it.
        epochs: tuple of Epoch. The training table.
        split: str. In words, who was on which side.
        validation: tuple of int. Places of the clips that were not trained on.
    """

    labels: tuple[str, ...]
    onnx: bytes
    model: SavableModel
    epochs: tuple[Epoch, ...]
    split: str
    validation: tuple[int, ...]


@dataclass(frozen=True)
class Recipe(ABC):
    """How a head is trained: a dataclass whose fields are the hyper-parameters."""

    name: ClassVar[str]

    @classmethod
    def from_settings(cls, settings: Sequence[str]) -> Self:
        """Returns the recipe with some hyper-parameters changed.

        Args:
            settings: sequence of str. Each `name=value`, as `--set` takes them.

        Raises:
            SettingError: No hyper-parameter has the name, or the value is not of its type.
        """
        defaults = cls()
        known: dict[str, type] = {
            field.name: type(getattr(defaults, field.name)) for field in fields(cls)
        }
        values: dict[str, Any] = {}
        for setting in settings:
            name, equals, value = setting.partition("=")
            if not equals or name not in known:
                raise SettingError(
                    f"'{setting}' sets nothing: the recipe '{cls.name}' takes NAME=VALUE with "
                    f"{', '.join(known)}."
                )
            try:
                values[name] = known[name](value)
            except ValueError:
                raise SettingError(
                    f"{name}: '{value}' is no {known[name].__name__} value."
                ) from None
        return cls(**values)

    @abstractmethod
    def fit(
        self,
        table: "FrameTable",
        *,
        seed: int,
        report: EpochReporter | None = None,
        checkpoint: Path | None = None,
    ) -> TrainedHead:
        """Trains a head.

        Args:
            table: FrameTable. The clips to train on, those of the recipe's own validation among
                them.
            seed: int. Fixes the split, the initial weights and the dropout.
            report: callable or None. Called after each epoch.
            checkpoint: Path or None. Where the best model so far is kept while training.
        """
