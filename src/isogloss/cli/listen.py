"""`isogloss listen`: the accent of who is speaking."""

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from isogloss.cli.options import Format, ModelOption
from isogloss.shipped import SHIPPED

_STDIN = "-"
_RAW_RATE = 16_000


class ListenFormat(StrEnum):
    """How what is heard is told."""

    TABLE = "table"
    JSONL = "jsonl"


class Encoding(StrEnum):
    """Raw samples, little-endian."""

    S16LE = "s16le"
    F32LE = "f32le"


def listen(
    source: Annotated[
        str | None,
        typer.Argument(
            help="Microphone, by its number or a part of its name, or - for stdin. "
            "[default: the system's microphone]"
        ),
    ] = None,
    model: ModelOption = SHIPPED,
    format: Annotated[  # noqa: A002 - the option's name
        ListenFormat, typer.Option(help="table: a live view and the last answer; jsonl: all.")
    ] = ListenFormat.TABLE,
    coverage: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Add the set of accents that holds the true one so often, such as 0.9.",
        ),
    ] = None,
    rate: Annotated[
        int | None,
        typer.Option(
            min=1_000, metavar="HZ", help=f"Of raw samples [default: {_RAW_RATE}], or to record at."
        ),
    ] = None,
    channels: Annotated[int, typer.Option(min=1, max=64, help="Of raw samples, or to record.")] = 1,
    encoding: Annotated[Encoding, typer.Option(help="Of raw samples.")] = Encoding.S16LE,
) -> None:
    """Tells the accent while somebody speaks, and for good when they have spoken.

    Without `--model`, the answer is for readings of one paragraph, "Please call Stella", which is
    shown.

    Shows an answer each 0.48 s of sound: what `isogloss predict` would say of the sound so far.
    Ctrl-C, or the end of stdin, gives the last one as a table. With `--format jsonl`, each answer
    is a line that has its `time` in seconds, and the last one is `final`.

    On stdin come raw samples, as the options say, or WAV, as its header says.

    Examples: `isogloss listen`, `isogloss listen --model model/ --format jsonl`,
    `arecord -f S16_LE -r 16000 | isogloss listen -`,
    `ffmpeg -i call.webm -f wav - | isogloss listen - --model model/`
    """
    from threading import Event

    from isogloss.capture import RawFormat, interrupts_set, open_microphone, open_pipe
    from isogloss.classifier import AccentClassifier
    from isogloss.cli.live_view import live_view
    from isogloss.cli.output import open_writer
    from isogloss.errors import AudioError
    from isogloss.listening import Update
    from isogloss.listening import listen as hear

    classifier = AccentClassifier.from_preset(model)
    if source == _STDIN:
        raw = RawFormat(rate or _RAW_RATE, channels, encoding.value)
        capture = open_pipe(sys.stdin.buffer, "standard input", raw)
    else:
        capture = open_microphone(source, rate, channels)
    if classifier.config.trained_on.synthetic:
        typer.echo(
            "Note: this model was trained on synthetic speech. It has never heard a person.",
            err=True,
        )
    stream = classifier.stream(capture.rate, capture.channels, name=capture.name)
    stopped, last = Event(), None
    text = classifier.texts[0] if classifier.texts else None

    def tell(update: Update) -> None:
        values = update.answer.to_dict() | {"time": round(update.time, 3), "final": update.final}
        print_line = json.dumps(values, ensure_ascii=False, allow_nan=False)
        sys.stdout.write(f"{print_line}\n")
        sys.stdout.flush()

    with interrupts_set(stopped):
        updates = hear(stream, capture.blocks(stopped), coverage=coverage)
        if format is ListenFormat.JSONL:
            for last in updates:
                if last.time:
                    tell(last)
        else:
            with live_view(capture.name, classifier.accents, text) as view:
                for last in updates:
                    if view:
                        view.show(last)
    for note in capture.notes:
        typer.echo(f"Note: {note}", err=True)
    if last is None or not last.time:
        raise AudioError(f"{capture.name}: holds no audio (0 samples).")
    if format is ListenFormat.TABLE:
        with open_writer(Format.TABLE, None, classifier.accents, False, coverage) as writer:
            writer.write(last.answer)
        if last.answer.error:
            typer.echo(f"Note: {last.answer.error}", err=True)
