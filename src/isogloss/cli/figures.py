"""Prints figures, with what one must know to believe them."""

import json
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from isogloss.evaluation.figures import Figures, LevelFigures
from isogloss.evaluation.report import Evaluation
from isogloss.files import write_atomically


def print_evaluation(evaluation: Evaluation) -> None:
    """Prints the figures of frames, clips and speakers on stdout."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(_table(evaluation.figures, _title(evaluation)))
    frame = evaluation.figures.frame
    d_prime = "" if frame.d_prime is None else f", d′ {frame.d_prime:.3f}"
    console.print(f"Frame AUC {frame.auc:.4f}{d_prime}. Split: {evaluation.split}.")
    console.print(describe_leak(evaluation))
    if evaluation.failed or evaluation.figures.clip.unanswered:
        console.print(
            f"In no figure: {evaluation.figures.clip.unanswered} clips without speech, "
            f"{evaluation.failed} that could not be read."
        )


def describe_leak(evaluation: Evaluation) -> str:
    """Says in a sentence whether the figures can be believed of speakers never heard."""
    if evaluation.leaks:
        return (
            f"These figures leak: {evaluation.speakers_heard} of the {evaluation.speakers} "
            "speakers were also trained on, so they measure voices as well as accents."
        )
    return f"None of the {evaluation.speakers} speakers was trained on."


def write_json(evaluation: Evaluation, path: Path | None) -> None:
    """Writes the figures as JSON where a path is given."""
    if path:
        text = json.dumps(evaluation.to_dict(), indent=2, ensure_ascii=False) + "\n"
        write_atomically(path, text.encode())


def _title(evaluation: Evaluation) -> str:
    synthetic = " (synthetic speech)" if evaluation.synthetic else ""
    return f"{evaluation.corpus}{synthetic}, recipe {evaluation.recipe}, {evaluation.encoder}"


def _table(figures: Figures, title: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for name in ("n", "accuracy", "95 % CI", "majority", "macro recall", "chance"):
        table.add_column(name, justify="right")
    levels: tuple[tuple[str, LevelFigures], ...] = (
        ("frames", figures.frame),
        ("  of speech", figures.frame.speech),
        ("clips", figures.clip),
        ("speakers", figures.speaker),
    )
    for name, level in levels:
        interval = "–" if not level.accuracy_ci else "{:.3f}–{:.3f}".format(*level.accuracy_ci)
        table.add_row(
            name,
            f"{level.n:,}",
            f"{level.accuracy:.3f}",
            interval,
            f"{level.majority:.3f}",
            f"{level.macro_recall:.3f}",
            f"{1 / len(level.recall):.3f}",
        )
    return table
