"""The training table, a row an epoch, above a progress bar."""

from collections.abc import Iterator
from contextlib import contextmanager

from isogloss.cli.progress import progress_bar
from isogloss.heads import Epoch, EpochReporter

_COLUMNS = ("epoch", "loss", "accuracy", "AUC", "val loss", "val acc.", "val AUC")


@contextmanager
def epoch_table() -> Iterator[EpochReporter]:
    """Gives what prints each epoch, on stderr, while the block runs."""
    with progress_bar("train") as bar:

        def report(epoch: Epoch, epochs: int) -> None:
            if epoch.epoch == 1:
                bar.print(" ".join(f"{name:>8}" for name in _COLUMNS))
            values = (
                epoch.loss,
                epoch.accuracy,
                epoch.auc,
                epoch.val_loss,
                epoch.val_accuracy,
                epoch.val_auc,
            )
            bar.print(f"{epoch.epoch:>8} " + " ".join(f"{value:8.4f}" for value in values))
            bar.update(epoch.epoch, epochs)

        yield report
