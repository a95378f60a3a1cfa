"""Trains a preset and prints what came of it."""

from pathlib import Path

import typer

from isogloss.cli.command import command_line
from isogloss.cli.epochs import training_progress
from isogloss.cli.figures import print_evaluation
from isogloss.cli.progress import stderr
from isogloss.evaluation.calibration_words import describe_coverage, describe_temperature
from isogloss.heads import Recipe
from isogloss.presets import CHECKPOINT_FILE, DEFAULT_MIN_SPEECH_SECONDS, find_leftovers
from isogloss.run import TrainingRun
from isogloss.store import Store
from isogloss.training import DEFAULT_FOLDS, train_preset


def train_with_progress(
    store: Store,
    preset: Path,
    recipe: Recipe,
    *,
    seed: int,
    altered: Store | None = None,
    folds: int = DEFAULT_FOLDS,
    min_speech_seconds: float = DEFAULT_MIN_SPEECH_SECONDS,
) -> TrainingRun:
    """Trains a preset by the command line that runs; progress is on stderr."""
    for leftover in find_leftovers(preset):
        stderr.print(
            f"Note: {leftover} is of a training that was cut off, or still runs. If it came so "
            f"far, its best model is there in {CHECKPOINT_FILE}. Delete it when you are done "
            "with it.",
            markup=False,
        )
    with training_progress() as progress:
        return train_preset(
            store,
            preset,
            recipe,
            seed=seed,
            altered=altered,
            folds=folds,
            min_speech_seconds=min_speech_seconds,
            command=command_line(),
            report=progress.report_epoch,
            report_fold=progress.report_fold,
        )


def print_run(run: TrainingRun) -> None:
    """Prints the figures of a training on stdout, and which of them to believe."""
    if run.epochs:
        best = max(run.epochs, key=lambda epoch: epoch.val_auc)
        typer.echo(
            f"\nEpoch {best.epoch} of {len(run.epochs)} is kept: its validation AUC is the highest."
        )
    if run.kept_clips:
        _head(f"The model, on {run.evaluation.split.partition(';')[0]}:")
        print_evaluation(run.evaluation)
    if run.crossval is None:
        _head(f"No folds of speakers, and not calibrated: {run.not_calibrated}.")
        return
    _head("The recipe, on speakers never heard. These are the figures to believe:")
    print_evaluation(run.crossval)
    calibration, figures = run.config.calibration, run.calibration_figures
    if calibration and figures:
        _head("Calibration, measured on speakers that it was not learned from:")
        typer.echo(describe_temperature(calibration, figures))
        for coverage in figures.coverage:
            typer.echo(describe_coverage(coverage, calibration))


def _head(line: str) -> None:
    typer.secho(f"\n{line}", bold=True)
