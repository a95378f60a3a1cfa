"""`isogloss predict`: the accent of recordings."""

import os
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import typer

from isogloss.cli.options import Format, ModelOption, WorkersOption
from isogloss.shipped import SHIPPED


def predict(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Recordings, or folders of them.")
    ],
    model: ModelOption = SHIPPED,
    format: Annotated[  # noqa: A002 - the option's name
        Format, typer.Option(help="How answers are written.")
    ] = Format.TABLE,
    coverage: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Add the set of accents that holds the true one so often, such as 0.9.",
        ),
    ] = None,
    frames: Annotated[
        bool, typer.Option("--frames", help="Add each frame's answer (jsonl and parquet).")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write here instead of to stdout.")
    ] = None,
    workers: WorkersOption = None,
) -> None:
    """Tells the accent of each recording.

    Without `--model`, the answer is for readings of one paragraph, "Please call Stella": a
    recording of anything else is told what to read.

    Any audio or video file; a folder stands for the recordings below it. A recording that cannot
    be read is answered as `failed`, with the reason, and the exit status is 1.

    With `--coverage 0.9`, each answer has a set of accents, which for nine clips of ten of speakers
    never heard holds the true one: the less the model can tell, the larger it is.

    Examples: `isogloss predict reading.wav`, `isogloss predict interview.mp3 --model model/`,
    `isogloss predict archive/ --model model/ --format jsonl --output answers.jsonl`,
    `isogloss predict interview.mp3 --model model/ --coverage 0.9`
    """
    from isogloss.answers import Answer, Status
    from isogloss.classifier import AccentClassifier
    from isogloss.cli.output import open_writer
    from isogloss.engines.local import default_workers
    from isogloss.errors import IsoglossError
    from isogloss.listing import find_recordings

    found = find_recordings(paths)
    first = list(islice(found, 2))
    if not first or not any(map(os.path.exists, paths)):
        raise IsoglossError(f"no recording found: {', '.join(map(str, paths))}.")
    # One recording takes all processors; of several, each takes one.
    workers = 1 if len(first) == 1 else workers or default_workers()
    classifier = AccentClassifier.from_preset(model, threads=None if workers == 1 else 1)
    if classifier.config.trained_on.synthetic:
        typer.echo(
            "Note: this model was trained on synthetic speech. It has never heard a person.",
            err=True,
        )
    answers = classifier.predict_many(chain(first, found), workers=workers, coverage=coverage)
    calibration = classifier.config.calibration
    if coverage and calibration and not calibration.promises(coverage):
        typer.echo(
            f"Note: the {calibration.speakers} speakers that this model was calibrated on can "
            f"promise {calibration.highest_coverage:.1%} at most: every set holds all accents.",
            err=True,
        )
    failed: list[Answer] = []
    other_texts: list[Answer] = []
    count = 0
    with open_writer(format, output, classifier.accents, frames, coverage) as writer:
        for answer in answers:
            writer.write(answer)
            count += 1
            if answer.status is Status.FAILED:
                failed.append(answer)
            elif answer.status is Status.OTHER_TEXT:
                other_texts.append(answer)
    if other_texts:
        typer.echo(
            f"Note: {len(other_texts)} of {count} recordings: {other_texts[0].error}", err=True
        )
    if failed:
        typer.echo(f"{len(failed)} of {count} recordings failed:", err=True)
        for answer in failed:
            typer.echo(f"  {answer.error}", err=True)
        raise typer.Exit(1)
