"""`isogloss listen`: the accent of who is speaking."""

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from isogloss.cli.options import Format, ModelOption
from isogloss.shipped import SHIPPED

if TYPE_CHECKING:
    from isogloss.answers import Answer
    from isogloss.capture import Capture
    from isogloss.listening import Update

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

    from isogloss.capture import interrupts_set
    from isogloss.classifier import AccentClassifier
    from isogloss.cli.live_view import live_view
    from isogloss.errors import AudioError
    from isogloss.listening import listen as hear

    classifier = AccentClassifier.from_preset(model)
    capture = _open(source, rate, channels, encoding)
    if classifier.config.trained_on.synthetic:
        _note("this model was trained on synthetic speech. It has never heard a person.")
    stream = classifier.stream(capture.rate, capture.channels, name=capture.name)
    stopped, last = Event(), None
    with interrupts_set(stopped):
        updates = hear(stream, capture.blocks(stopped), coverage=coverage)
        if format is ListenFormat.JSONL:
            for last in updates:
                _write_line(last)
        else:
            text = classifier.texts[0] if classifier.texts else None
            with live_view(capture.name, classifier.accents, text) as show:
                for last in updates:
                    show(last)
    for note in capture.notes:
        _note(note)
    if not stream.seconds or last is None:
        raise AudioError(f"{capture.name}: holds no audio (0 samples).")
    if format is ListenFormat.TABLE:
        _write_table(last.answer, classifier.accents, coverage)


def _open(source: str | None, rate: int | None, channels: int, encoding: Encoding) -> "Capture":
    from isogloss.capture import RawFormat, open_microphone, open_pipe

    if source != _STDIN:
        return open_microphone(source, rate, channels)
    raw = RawFormat(rate or _RAW_RATE, channels, encoding.value)
    return open_pipe(sys.stdin.buffer, "standard input", raw)


def _write_line(update: "Update") -> None:
    if update.time:
        values = update.answer.to_dict() | {"time": round(update.time, 3), "final": update.final}
        sys.stdout.write(f"{json.dumps(values, ensure_ascii=False, allow_nan=False)}\n")
        sys.stdout.flush()


def _write_table(answer: "Answer", accents: tuple[str, ...], coverage: float | None) -> None:
    from isogloss.cli.output import open_writer

    with open_writer(Format.TABLE, None, accents, False, coverage, {}) as writer:
        writer.write(answer.to_dict())
    if answer.error:
        _note(answer.error)


def _note(words: str) -> None:
    typer.echo(f"Note: {words}", err=True)
