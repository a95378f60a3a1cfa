"""The model card of a preset: written from the run, never by hand."""

from collections.abc import Sequence
from pathlib import Path

from isogloss.evaluation.figures import FrameFigures, LevelFigures
from isogloss.evaluation.plots import plot_confusion, plot_learning_curves
from isogloss.evaluation.report import Evaluation
from isogloss.heads import Epoch
from isogloss.labels import NOT_SPEECH, display_name
from isogloss.presets import PresetConfig

CARD_FILE = "README.md"
CURVES_FILE = "learning_curves.svg"
FRAME_CONFUSION_FILE = "confusion_frames.svg"
CLIP_CONFUSION_FILE = "confusion_clips.svg"


def write_card(
    folder: Path, config: PresetConfig, evaluation: Evaluation, epochs: Sequence[Epoch]
) -> None:
    """Writes `README.md` and its plots into a preset's folder.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    figures = evaluation.figures
    speech = "synthetic speech" if evaluation.synthetic else evaluation.corpus
    plot_learning_curves(epochs, speech, folder / CURVES_FILE)
    for confusion, level, file in (
        (figures.frame.confusion, "Frames", FRAME_CONFUSION_FILE),
        (figures.clip.confusion, "Clips", CLIP_CONFUSION_FILE),
    ):
        plot_confusion(confusion, f"{level}, {speech}", folder / file)
    sections = [
        _metadata(config),
        _description(config),
        _training(config),
        _results(evaluation),
        _epochs(epochs),
    ]
    (folder / CARD_FILE).write_text("\n\n".join(sections) + "\n", encoding="utf-8")


def _metadata(config: PresetConfig) -> str:
    tags = ["accent-recognition", "audio-classification", "isogloss"]
    if config.trained_on.synthetic:
        tags.append("synthetic-speech")
    return "\n".join(
        [
            "---",
            "library_name: keras",
            "language: en",
            "pipeline_tag: audio-classification",
            "tags:",
            *(f"- {tag}" for tag in tags),
            "---",
        ]
    )


def _description(config: PresetConfig) -> str:
    accents = [display_name(label) for label in config.labels if label != NOT_SPEECH]
    trained_on = config.trained_on
    warning = (
        "\n\n**Trained on synthetic speech.** It shows that the pipeline works; it has never heard "
        "a person and says nothing of value about one."
        if trained_on.synthetic
        else ""
    )
    return (
        f"# Accent classifier: {', '.join(accents)}{warning}\n\n"
        f"Tells the accent of English speech. The encoder `{config.encoder}` turns 16 kHz speech "
        f"into frame embeddings; a head trained by the recipe `{config.recipe}` names the accent "
        "of each frame, and the mean over the frames is the answer.\n\n"
        "```python\nfrom isogloss import AccentClassifier\n\n"
        'classifier = AccentClassifier.from_preset("path/to/this/folder")\n'
        'print(classifier.predict("recording.wav").accent)\n```'
    )


def _training(config: PresetConfig) -> str:
    trained_on = config.trained_on
    rows = {
        "corpus": trained_on.corpus + (" (synthetic speech)" if trained_on.synthetic else ""),
        "clips": f"{trained_on.clips:,}",
        "speakers": f"{len(trained_on.speakers):,}",
        "split": trained_on.split,
        **{name: str(value) for name, value in config.settings.items()},
        "seed": str(trained_on.seed),
        "isogloss": config.isogloss,
    }
    lines = [f"| {name} | {value} |" for name, value in rows.items()]
    return "\n".join(["## Training", "", "| | |", "|---|---|", *lines])


def _results(evaluation: Evaluation) -> str:
    figures = evaluation.figures
    frame: FrameFigures = figures.frame
    leak = (
        f"**These figures leak**: {evaluation.speakers_heard} of the {evaluation.speakers} "
        "speakers measured were also trained on, so they measure voices as well as accents. "
        "`isogloss crossval` gives the figure for speakers never heard.\n\n"
        if evaluation.leaks
        else ""
    )
    synthetic = "Measured on synthetic speech. " if evaluation.synthetic else ""
    levels = [
        ("frames", frame),
        ("frames with speech", frame.speech),
        ("clips", figures.clip),
        ("speakers", figures.speaker),
    ]
    d_prime = "" if frame.d_prime is None else f", d′ {frame.d_prime:.3f}"
    return "\n".join(
        [
            "## Validation",
            "",
            f"{synthetic}{evaluation.split.capitalize()}.",
            "",
            f"{leak}| | n | accuracy | 95 % interval | always the most frequent | macro recall |",
            "|---|---|---|---|---|---|",
            *(_level_row(name, level) for name, level in levels),
            "",
            f"Frame AUC {frame.auc:.4f}{d_prime}. Intervals by bootstrap over speakers.",
            "",
            f"![Confusion matrix of frames]({FRAME_CONFUSION_FILE})",
            "",
            f"![Confusion matrix of clips]({CLIP_CONFUSION_FILE})",
        ]
    )


def _level_row(name: str, level: LevelFigures) -> str:
    interval = "–"
    if level.accuracy_ci:
        interval = f"{level.accuracy_ci[0]:.3f} – {level.accuracy_ci[1]:.3f}"
    return (
        f"| {name} | {level.n:,} | {level.accuracy:.3f} | {interval} | {level.majority:.3f} | "
        f"{level.macro_recall:.3f} |"
    )


def _epochs(epochs: Sequence[Epoch]) -> str:
    head = "| epoch | loss | accuracy | AUC | validation loss | accuracy | AUC |"
    rows = [
        f"| {e.epoch} | {e.loss:.4f} | {e.accuracy:.4f} | {e.auc:.4f} | {e.val_loss:.4f} | "
        f"{e.val_accuracy:.4f} | {e.val_auc:.4f} |"
        for e in epochs
    ]
    table = [head, "|---|---|---|---|---|---|---|", *rows]
    return "\n".join(
        [
            "## Training table",
            "",
            "The training loss is weighted by class, the validation loss is not.",
            "",
            f"![Learning curves]({CURVES_FILE})",
            "",
            *table,
        ]
    )
