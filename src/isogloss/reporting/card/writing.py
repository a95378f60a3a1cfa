"""Puts the card of a trained preset together."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from isogloss.files import write_atomically
from isogloss.presets import CARD_FILE, KERAS_FILE
from isogloss.reporting.card.calibration import calibration
from isogloss.reporting.card.drawing import draw_plots
from isogloss.reporting.card.figures import held_out, summary, validation
from isogloss.reporting.card.markdown import join
from isogloss.reporting.card.metadata import evaluation_results, metadata
from isogloss.reporting.card.model import model
from isogloss.reporting.card.optimiser import read_optimiser
from isogloss.reporting.card.training import data, provenance, training
from isogloss.reporting.card.use import Voice, limits, title, usage
from isogloss.reporting.layers import Layer, read_layers
from isogloss.run import TrainingRun


def write_card(folder: Path, run: TrainingRun) -> None:
    """Writes the card and its plots into a preset's folder, whose head is there.

    Args:
        folder: Path. The preset's.
        run: TrainingRun. What the training gave.

    Raises:
        PresetError: The head is missing or damaged.
        MissingExtraError: matplotlib or huggingface_hub is not installed.
    """
    network = folder / KERAS_FILE
    layers: tuple[Layer, ...] = ()
    optimiser: Mapping[str, str] = {}
    if network.exists():
        layers, optimiser = read_layers(network), read_optimiser(network)
    draw_plots(folder, run, layers)
    card = describe_run(run, layers, optimiser)
    write_atomically(folder / CARD_FILE, card.encode())


def describe_run(
    run: TrainingRun, layers: Sequence[Layer] = (), optimiser: Mapping[str, str] | None = None
) -> str:
    """Returns the card of a trained preset as Markdown.

    Args:
        run: TrainingRun. What the training gave.
        layers: sequence of Layer. Of its network; empty where it is no chain of layers.
        optimiser: mapping of str or None. What is known of the optimiser, by name.
    """
    config, crossval = run.config, run.crossval
    speakers = crossval.figures.speakers if crossval else ()
    results = [
        *(evaluation_results(crossval, "cross-validation") if crossval else ()),
        *(evaluation_results(run.evaluation, "validation") if run.kept_clips else ()),
    ]
    parts = (
        metadata(config, results),
        title(config),
        summary(run),
        usage(config),
        limits(config, [Voice(one.accent, one.sex) for one in speakers]),
        held_out(run),
        calibration(run),
        validation(run) if run.kept_clips else "",
        model(config, layers),
        data(config, speakers),
        training(config, run.epochs, optimiser),
        provenance(config),
    )
    return f"{join(*parts)}\n"
