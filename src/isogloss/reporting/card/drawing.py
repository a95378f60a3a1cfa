"""Draws the plots of a card."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isogloss.reporting import plots
from isogloss.reporting.card.calibration import RELIABILITY_PLOT
from isogloss.reporting.card.figures import (
    CLIPS_CONFUSION_PLOT,
    FRAMES_CONFUSION_PLOT,
    HELD_OUT_CONFUSION_PLOT,
    HELD_OUT_GROUPS_PLOT,
    HELD_OUT_RECALL_PLOT,
    HELD_OUT_SPEAKERS_PLOT,
)
from isogloss.reporting.card.model import NETWORK_PLOT
from isogloss.reporting.card.training import CURVES_PLOT
from isogloss.reporting.layers import Layer
from isogloss.run import TrainingRun

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_plots(folder: Path, run: TrainingRun, layers: Sequence[Layer]) -> None:
    """Writes the plots of a card.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    for name, figure in _figures(run, layers):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        plots.save_figure(figure, path)


def _figures(run: TrainingRun, layers: Sequence[Layer]) -> Iterator[tuple[str, "Figure"]]:
    """Yields each plot that the card shows, by its path."""
    speech = "synthetic speech" if run.evaluation.synthetic else run.evaluation.corpus
    if run.kept_clips:
        kept = run.evaluation.figures
        yield FRAMES_CONFUSION_PLOT, plots.plot_confusion(kept.frame.confusion, f"Frames, {speech}")
        yield CLIPS_CONFUSION_PLOT, plots.plot_confusion(kept.clip.confusion, f"Clips, {speech}")
    if layers:
        yield NETWORK_PLOT, plots.plot_network(layers, "From the embedding to the accents")
    if run.epochs:
        yield CURVES_PLOT, plots.plot_learning_curves(run.epochs, f"Frames, {speech}")
    if run.crossval:
        yield from _held_out(run, f"speakers never heard, {speech}")


def _held_out(run: TrainingRun, whose: str) -> Iterator[tuple[str, "Figure"]]:
    if not run.crossval:
        return
    figures = run.crossval.figures
    clip, calibration = figures.clip, run.calibration_figures
    yield HELD_OUT_CONFUSION_PLOT, plots.plot_confusion(clip.confusion, f"Clips of {whose}")
    yield HELD_OUT_RECALL_PLOT, plots.plot_recall(clip, f"Clips of {whose}")
    yield HELD_OUT_GROUPS_PLOT, plots.plot_groups(figures.groups, f"Clips of {whose}")
    yield HELD_OUT_SPEAKERS_PLOT, plots.plot_speakers(figures.speakers, f"Clips of {whose}")
    if calibration:
        yield (
            RELIABILITY_PLOT,
            plots.plot_reliability(
                clip.reliability,
                f"Clips of {whose}",
                calibrated=calibration.reliability_after,
            ),
        )
