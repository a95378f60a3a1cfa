"""The recipe that trains YAMNet itself: its last blocks, together with the original's network.

In two steps, as Keras's own guide to fine-tuning has it: first the network on YAMNet as it is, then
both, slowly, so that what YAMNet knows is bent and not broken.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from isogloss.encoders.tuned_yamnet import graft, graft_on_trunk
from isogloss.encoders.yamnet_keras import TRUNK_LAYER, TRUNK_SHAPE, build_layers, trained_arrays
from isogloss.encoders.yamnet_trunk import YamnetTrunkEncoder
from isogloss.errors import SettingError
from isogloss.heads.backend import import_keras
from isogloss.heads.base import Epoch, EpochReporter, Recipe, TrainedEncoder, TrainedHead
from isogloss.heads.onnx_export import export_dense
from isogloss.heads.original import build_network
from isogloss.heads.readers import balance
from isogloss.labels import NOT_SPEECH
from isogloss.splits import split_speakers
from isogloss.table import FrameTable

_LAST_BLOCKS = 14 - TRUNK_LAYER


@dataclass(frozen=True)
class TunedRecipe(Recipe):
    """YAMNet's last blocks and the original's network, trained on a store of `yamnet-trunk`.

    Every label weighs the same, "not_speech" among them, and so does every speaker of one. One
    fold of the speakers validates, and chooses the epoch.

    Args:
        blocks: int. How many of YAMNet's blocks are trained, 1 or 2. Defaults to 1.
        head_epochs: int. Epochs at most of the network alone. Defaults to 20.
        epochs: int. Epochs at most of network and blocks. Defaults to 10.
        batch_size: int. Frames a step. Defaults to 64.
        learning_rate: float. Adam's, for the network alone. Defaults to 1e-3.
        tuning_rate: float. Adam's, for network and blocks. Defaults to 1e-4.
        folds: int. One speaker of so many validates. Defaults to 5.
        patience: int. Epochs without a better validation AUC before a step ends. Defaults to 3.
    """

    name: ClassVar[str] = "tuned"

    blocks: int = 1
    head_epochs: int = 20
    epochs: int = 10
    batch_size: int = 64
    learning_rate: float = 1e-3
    tuning_rate: float = 1e-4
    folds: int = 5
    patience: int = 3

    def __post_init__(self) -> None:
        if self.blocks not in range(1, _LAST_BLOCKS + 1):
            raise SettingError(f"blocks {self.blocks}: there can be 1 to {_LAST_BLOCKS}.")
        if min(self.head_epochs, self.epochs, self.batch_size, self.patience) < 1:
            raise SettingError("head_epochs, epochs, batch_size and patience must be at least 1.")
        if not min(self.learning_rate, self.tuning_rate) > 0 or self.folds < 2:
            raise SettingError("learning_rate and tuning_rate must be above 0, folds at least 2.")

    def fit(
        self,
        table: FrameTable,
        *,
        seed: int,
        report: EpochReporter | None = None,
        checkpoint: Path | None = None,
    ) -> TrainedHead:
        """Trains blocks and network; see `Recipe.fit`.

        Raises:
            SettingError: The store is not of `yamnet-trunk`, has one accent, or too few speakers.
            MissingExtraError: Keras or onnx is not installed.
        """
        if table.embeddings.shape[1] != YamnetTrunkEncoder.dimension:
            raise SettingError(
                "the recipe 'tuned' trains on what goes into YAMNet's last blocks: embed the "
                "corpus with --encoder yamnet-trunk."
            )
        labels = (*table.accents, NOT_SPEECH)
        if len(labels) < 3:
            raise SettingError("the recipe 'tuned' needs clips of two accents.")
        fold = split_speakers(table.clips, self.folds, seed).folds[0]
        keras = import_keras()
        layers = build_layers(keras, TRUNK_LAYER + 1)
        dense = build_network(1024, len(labels), seed)
        model = keras.Sequential(
            [
                keras.Input((YamnetTrunkEncoder.dimension,), name="trunk"),
                keras.layers.Reshape(TRUNK_SHAPE),
                keras.layers.Permute((2, 3, 1)),
                *layers,
                dense,
            ],
            name="tuned_yamnet",
        )
        taught = _examples(table.select(fold.train), labels)
        kept = _examples(table.select(fold.test), labels)[:2]
        rows: list[Epoch] = []

        def on_epoch_end(_: int, logs: dict[str, float]) -> None:
            figures = {name: float(value) for name, value in logs.items()}
            rows.append(Epoch(len(rows) + 1, **figures))
            if report:
                report(rows[-1], self.head_epochs + self.epochs)

        # A block is two convolutions; the last layer pools.
        tuned = layers[-1 - 2 * self.blocks : -1]
        steps = ((self.head_epochs, self.learning_rate), (self.epochs, self.tuning_rate))
        for epochs, rate in steps:
            _train(model, taught, kept, epochs, rate, self, checkpoint, on_epoch_end)
            for layer in tuned:
                layer.trainable = True
        arrays, head = trained_arrays(layers, TRUNK_LAYER + 1), export_dense(dense)
        encoder_id, encoder = graft(arrays)
        return TrainedHead(
            labels,
            graft_on_trunk(arrays, head),
            model,
            tuple(rows),
            f"by speaker, one of {self.folds} validates and chooses the epoch, seed {seed}",
            tuple(int(place) for place in fold.test),
            self,
            encoder=TrainedEncoder(encoder_id, encoder, head),
        )


def _train(
    model: Any,
    taught: tuple[Any, Any, Any],
    kept: tuple[Any, Any],
    epochs: int,
    rate: float,
    recipe: TunedRecipe,
    checkpoint: Path | None,
    on_epoch_end: Any,
) -> None:
    """Trains what may be trained, and leaves the model as it was at its best epoch."""
    keras = import_keras()
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="categorical_crossentropy",
        metrics=["accuracy", keras.metrics.AUC(name="auc")],
    )
    best = {"monitor": "val_auc", "mode": "max"}
    callbacks = [
        keras.callbacks.EarlyStopping(patience=recipe.patience, restore_best_weights=True, **best),
        keras.callbacks.LambdaCallback(on_epoch_end=on_epoch_end),
    ]
    if checkpoint:
        callbacks.append(keras.callbacks.ModelCheckpoint(checkpoint, save_best_only=True, **best))
    frames, targets, weights = taught
    model.fit(
        frames,
        targets,
        sample_weight=weights,
        batch_size=recipe.batch_size,
        epochs=epochs,
        validation_data=kept,
        shuffle=False,  # the order is drawn once, from the seed
        callbacks=callbacks,
        verbose=0,
    )


def _examples(table: FrameTable, labels: tuple[str, ...]) -> tuple[Any, Any, Any]:
    """Returns frames, one-hot labels and weights, shuffled in the same way each time."""
    places = table.frame_labels(labels)
    _, speakers = np.unique(table.speakers, return_inverse=True)
    weights = balance(places, np.repeat(speakers, table.counts)).astype(np.float32)
    order = np.random.default_rng(len(places)).permutation(len(places))
    one_hot = np.eye(len(labels), dtype=np.float32)[places]
    return table.embeddings[order], one_hot[order], weights[order]
