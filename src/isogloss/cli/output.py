"""Writes answers: a table for people, JSON lines, CSV or Parquet for programs.

A file is written beside its place and moved there when it is complete; cut off, JSON lines and CSV
keep in `FILE.partial` what was answered.
"""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from isogloss.answers import Answer, Status
from isogloss.cli.options import Format
from isogloss.errors import SettingError
from isogloss.files import PARTIAL_SUFFIX
from isogloss.labels import display_name


class AnswerWriter(Protocol):
    """Takes answers one by one."""

    def write(self, answer: Answer) -> None:
        """Writes an answer, or keeps it until all are there."""

    def close(self) -> None:
        """Writes what was kept."""


@contextmanager
def open_writer(
    format: Format,  # noqa: A002 - the option's name
    path: Path | None,
    accents: tuple[str, ...],
    frames: bool,
    coverage: float | None,
) -> Iterator[AnswerWriter]:
    """Gives what writes answers, to a file or to stdout.

    Args:
        format: Format. How answers are written.
        path: Path or None. The file; None is stdout.
        accents: tuple of str. The accents that answers choose from.
        frames: bool. Whether each frame's answer is written, too.
        coverage: float or None. What the answers' prediction sets were asked to hold; None where
            there are no sets.

    Raises:
        SettingError: The format cannot do what is asked.
    """
    if frames and format in (Format.TABLE, Format.CSV):
        raise SettingError(f"--frames needs --format jsonl or parquet: a {format} has no place.")
    if format is Format.PARQUET and not path:
        raise SettingError("--format parquet needs --output FILE.")
    if not path:
        writer = _create(format, sys.stdout, accents, frames, coverage)
        yield writer
        writer.close()
        return
    if path.is_dir():
        raise SettingError(f"{path}: is a folder. Give a file to --output.")
    # A link stays one: the file that it names is written. So does a pipe or a device.
    path = path.resolve()
    in_place = path.exists() and not path.is_file()
    written = path if in_place else path.with_name(f"{path.name}{PARTIAL_SUFFIX}")
    if format is Format.PARQUET:
        with written.open("wb") as binary:
            writer = _ParquetWriter(binary, frames, sets=coverage is not None)
            yield writer
            writer.close()
    else:
        with written.open("w", encoding="utf-8", newline="") as text:
            writer = _create(format, text, accents, frames, coverage)
            yield writer
            writer.close()
    if not in_place:
        written.replace(path)


def _create(
    format: Format,  # noqa: A002 - the option's name
    file: IO[str],
    accents: tuple[str, ...],
    frames: bool,
    coverage: float | None,
) -> AnswerWriter:
    if format is Format.JSONL:
        return _JsonLinesWriter(file, frames)
    if format is Format.CSV:
        return _CsvWriter(file, accents, sets=coverage is not None)
    return _TableWriter(file, accents, coverage)


class _JsonLinesWriter:
    def __init__(self, file: IO[str], frames: bool) -> None:
        self._file = file
        self._frames = frames

    def write(self, answer: Answer) -> None:
        line = json.dumps(answer.to_dict(self._frames), ensure_ascii=False, allow_nan=False)
        self._file.write(f"{line}\n")
        self._file.flush()

    def close(self) -> None:
        pass


class _CsvWriter:
    """A line an answer, a column an accent's score; labels of a set with bars between them."""

    def __init__(self, file: IO[str], accents: tuple[str, ...], *, sets: bool) -> None:
        columns = ["path", "status", "accent", "seconds", "speech_seconds", "error"]
        columns += [*(["prediction_set"] if sets else []), *accents]
        self._file = file
        self._rows = csv.DictWriter(file, columns)
        self._rows.writeheader()

    def write(self, answer: Answer) -> None:
        row = answer.to_dict()
        del row["scores"]
        row.pop("evidence", None)
        if answer.prediction_set is not None:
            row["prediction_set"] = "|".join(answer.prediction_set)
        self._rows.writerow(row | {score.label: score.score for score in answer.scores})
        self._file.flush()

    def close(self) -> None:
        pass


class _TableWriter:
    """Aligned lines that come as the answers do; the path is last, so it is never cut.

    After the best accent come those that follow it or, where sets are asked for, the set.
    """

    _SHOWN = 3
    _WIDEST_SET = 60

    def __init__(self, file: IO[str], accents: tuple[str, ...], coverage: float | None) -> None:
        self._file = file
        self._accents = len(accents)
        names = [display_name(accent) for accent in accents]
        self._widest = max(map(len, [*names, *Status]))
        runners_up = min(len(accents), self._SHOWN) - 1
        self._others = runners_up * (self._widest + len(" 99 %, ")) - len(", ")
        if coverage is not None:
            all_but_one = sorted(names, key=len)[1:]
            self._others = min(len(" or ".join(all_but_one)), self._WIDEST_SET)
        after = "then" if coverage is None else f"set at {coverage:.0%}"
        self._write_row("accent", "", after, "speech of", "recording")

    def write(self, answer: Answer) -> None:
        best, *others = [
            (display_name(score.label), f"{score.score:.0%}")
            for score in answer.scores[: self._SHOWN]
        ] or [(answer.status.value, "")]
        after = ", ".join(f"{name} {share}" for name, share in others)
        if answer.prediction_set is not None:
            after = self._name_set(answer.prediction_set)
        self._write_row(
            *best,
            after,
            f"{answer.speech_seconds:.1f} of {answer.seconds:.1f} s",
            answer.path,
        )

    def _name_set(self, labels: tuple[str, ...]) -> str:
        if len(labels) == self._accents:
            return "any accent"
        return " or ".join(map(display_name, labels))

    def _write_row(self, accent: str, share: str, others: str, speech: str, path: str) -> None:
        self._file.write(
            f"{accent:<{self._widest}} {share:>4}  {others:<{self._others}} {speech:>17}  {path}\n"
        )
        self._file.flush()

    def close(self) -> None:
        pass


class _ParquetWriter:
    """The JSON lines' fields as columns, in row groups."""

    _ROW_GROUP = 4_096

    def __init__(self, file: IO[bytes], frames: bool, *, sets: bool) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        scores = pa.list_(pa.struct([("label", pa.string()), ("score", pa.float64())]))
        fields: list[tuple[str, Any]] = [
            ("path", pa.string()),
            ("status", pa.string()),
            ("accent", pa.string()),
            ("scores", scores),
            ("seconds", pa.float64()),
            ("speech_seconds", pa.float64()),
            ("error", pa.string()),
        ]
        if sets:
            fields.append(("prediction_set", pa.list_(pa.string())))
        if frames:
            frame = [
                ("start", pa.float64()),
                ("end", pa.float64()),
                ("speech", pa.bool_()),
                ("scores", scores),
            ]
            fields.append(("frames", pa.list_(pa.struct(frame))))
        self._frames = frames
        self._schema = pa.schema(fields)
        self._writer = parquet.ParquetWriter(file, self._schema)
        self._rows: list[dict[str, Any]] = []

    def write(self, answer: Answer) -> None:
        self._rows.append(answer.to_dict(self._frames))
        if len(self._rows) >= self._ROW_GROUP:
            self._write_rows()

    def close(self) -> None:
        if self._rows:
            self._write_rows()
        self._writer.close()

    def _write_rows(self) -> None:
        import pyarrow as pa

        self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        self._rows = []
