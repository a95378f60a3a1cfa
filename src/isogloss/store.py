"""Embeddings on disk: a folder of Parquet parts and one manifest.

    manifest.json       format version, encoder id, dtype, and the corpus: name, root, fingerprint,
                        number of clips, whether it is synthetic
    part-00000.parquet  a row a clip, in the corpus's order; a part holds the next clips of the
                        corpus after the part before it, and appears whole or not at all
    failures.jsonl      a line for each clip that could not be read, with why

A clip that failed is no row: the part that covers it keeps the failure in its Parquet metadata,
and `failures.jsonl` is written anew from there. So the parts alone say how far the work has come,
and nothing can disagree with them.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from isogloss.corpora.base import Clip
from isogloss.encoders.base import Frames
from isogloss.errors import StoreError
from isogloss.files import write_atomically

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT_VERSION = 1
MANIFEST_FILE = "manifest.json"
FAILURES_FILE = "failures.jsonl"
_FAILURES_KEY = b"isogloss.failures"
# A part ends after so many clips or frames, whichever comes first: what a kill can cost, and
# what a writer holds in memory (64 MB of YAMNet's in half precision: four and a half hours).
_PART_CLIPS = 256
_PART_FRAMES = 32_768

EmbeddingType = Literal["float16", "float32"]


@dataclass(frozen=True)
class Manifest:
    """What a store holds: everything that must agree before anything is added to it."""

    encoder: str
    dimension: int
    hop_seconds: float
    dtype: EmbeddingType
    corpus: str
    root: str
    synthetic: bool
    fingerprint: str
    clips: int
    format_version: int = FORMAT_VERSION


@dataclass(frozen=True)
class Failure:
    """A clip that could not be read.

    Args:
        clip: int. Its place in the corpus.
        path: str. Relative to the corpus.
        error: str. What was wrong, and with what.
    """

    clip: int
    path: str
    error: str


@dataclass(frozen=True)
class EmbeddedClip:
    """A clip and its frames.

    Args:
        index: int. The clip's place in the corpus.
        clip: Clip. Its path and labels.
        seconds: float. Length of the recording.
        frames: Frames. Embeddings `[num_frames, dimension]` in the store's dtype.
    """

    index: int
    clip: Clip
    seconds: float
    frames: Frames


class Store:
    """A store that exists.

    Args:
        path: Path. The folder.

    Raises:
        StoreError: The folder is no store, or one of another format version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = _read_manifest(path)

    @cached_property
    def parts(self) -> tuple[Path, ...]:
        """The parts that are complete, in order."""
        paths = tuple(sorted(self.path.glob("part-*.parquet")))
        for number, path in enumerate(paths):
            if path.name != _part_name(number):
                raise StoreError(
                    f"{self.path}: {_part_name(number)} is missing. Delete the parts after it and "
                    "run embed again: it goes on from there."
                )
        return paths

    def failures(self) -> list[Failure]:
        """Returns the clips that could not be read."""
        return [failure for part in self.parts for failure in _read_failures(part)]

    def __len__(self) -> int:
        """Number of clips with embeddings."""
        from pyarrow import parquet

        return sum(parquet.read_metadata(part).num_rows for part in self.parts)

    @property
    def covered(self) -> int:
        """Number of clips that are done, failures among them: the first so many of the corpus."""
        return len(self) + len(self.failures())

    def __iter__(self) -> Iterator[EmbeddedClip]:
        """Yields the clips, one part in memory at a time."""
        from pyarrow import parquet

        for part in self.parts:
            try:
                table = parquet.read_table(part)
            except (OSError, ValueError) as error:
                raise StoreError(
                    f"{part}: is damaged ({error}). Delete it and the parts after it and run embed "
                    "again: it goes on from there."
                ) from error
            for batch in table.to_batches():
                yield from _read_batch(batch, self.manifest)


class StoreWriter:
    """Adds clips to a store, in the corpus's order.

    Used as a context manager; only a part that is full, or the last, is there when it is left.
    Leaving by an exception keeps the parts that are complete.

    Args:
        path: Path. The folder; made if it is not there.
        manifest: Manifest. What the store holds, or shall hold.

    Raises:
        StoreError: The folder holds other things, or embeddings of another encoder or corpus.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._path = path
        self._manifest = manifest
        self._schema = _schema(manifest)
        if (path / MANIFEST_FILE).exists():
            _check_agreement(path, _read_manifest(path), manifest)
        else:
            if path.exists() and (not path.is_dir() or any(path.iterdir())):
                raise StoreError(f"{path}: is no store and not empty. Give a new folder.")
            path.mkdir(parents=True, exist_ok=True)
            text = json.dumps(asdict(manifest), indent=2, ensure_ascii=False) + "\n"
            write_atomically(path / MANIFEST_FILE, text.encode())
        store = Store(path)
        self.covered = store.covered
        """Number of clips of the corpus that are done: the next to add has this index."""
        self.failures = store.failures()
        self._parts = len(store.parts)
        self._rows: list[EmbeddedClip] = []
        self._failed: list[Failure] = []

    def __enter__(self) -> "StoreWriter":
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if error is None:
            if self._rows or self._failed:
                self._write_part()
            self._write_failures()

    def add(self, result: EmbeddedClip | Failure) -> None:
        """Adds the next clip of the corpus, or the reason why it has no embeddings."""
        if isinstance(result, Failure):
            self._failed.append(result)
        else:
            self._rows.append(result)
        self.covered += 1
        frames = sum(len(row.frames) for row in self._rows)
        if len(self._rows) + len(self._failed) >= _PART_CLIPS or frames >= _PART_FRAMES:
            self._write_part()

    def _write_part(self) -> None:
        from pyarrow import parquet

        metadata = {_FAILURES_KEY: json.dumps([asdict(failure) for failure in self._failed])}
        path = self._path / _part_name(self._parts)
        partial = path.with_suffix(".partial")
        table = _to_table(self._rows, self._schema).replace_schema_metadata(metadata)
        # Embeddings do not repeat: a dictionary would only cost time.
        parquet.write_table(table, partial, compression="zstd", use_dictionary=["accent"])
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(path)
        self._parts += 1
        self.failures += self._failed
        if self._failed:
            self._write_failures()
        self._rows, self._failed = [], []

    def _write_failures(self) -> None:
        lines = (json.dumps(asdict(failure), ensure_ascii=False) for failure in self.failures)
        text = "".join(f"{line}\n" for line in lines)
        write_atomically(self._path / FAILURES_FILE, text.encode())


def retry_failures(path: Path) -> None:
    """Takes back the first part that holds a failure and all after it, so that embed does them
    again.

    Raises:
        StoreError: The folder is no store.
    """
    store = Store(path)
    first = next((n for n, part in enumerate(store.parts) if _read_failures(part)), None)
    if first is not None:
        # The last first: interrupted, what is left has no gap.
        for part in reversed(store.parts[first:]):
            part.unlink()


def _part_name(number: int) -> str:
    return f"part-{number:05d}.parquet"


def _read_manifest(path: Path) -> Manifest:
    try:
        values = json.loads((path / MANIFEST_FILE).read_text(encoding="utf-8"))
        manifest = Manifest(**values)
    except FileNotFoundError:
        raise StoreError(f"{path}: is no store (it has no {MANIFEST_FILE}).") from None
    except (ValueError, TypeError) as error:
        raise StoreError(f"{path / MANIFEST_FILE}: cannot be understood ({error}).") from error
    if manifest.format_version != FORMAT_VERSION:
        raise StoreError(
            f"{path}: is a store of format {manifest.format_version}; this isogloss reads format "
            f"{FORMAT_VERSION}. Embed the corpus again."
        )
    return manifest


def _check_agreement(path: Path, found: Manifest, wanted: Manifest) -> None:
    for name, value in asdict(wanted).items():
        # Where the corpus lies, and what its folder is called, may change.
        if name not in ("root", "corpus") and getattr(found, name) != value:
            raise StoreError(
                f"{path}: was made with {name} {getattr(found, name)}, not {value}. Embeddings of "
                "two kinds are never mixed: give a new folder."
            )


def _read_failures(part: Path) -> list[Failure]:
    from pyarrow import parquet

    try:
        metadata = parquet.read_metadata(part).metadata or {}
        return [Failure(**values) for values in json.loads(metadata.get(_FAILURES_KEY, b"[]"))]
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(
            f"{part}: is damaged ({error}). Delete it and the parts after it and run embed again."
        ) from error


def _schema(manifest: Manifest) -> "pa.Schema":
    import pyarrow as pa

    value = pa.float16() if manifest.dtype == "float16" else pa.float32()
    return pa.schema(
        [
            ("clip", pa.int64()),
            ("path", pa.string()),
            ("accent", pa.string()),
            ("speaker", pa.string()),
            ("sex", pa.string()),
            ("text", pa.string()),
            ("fold", pa.string()),
            ("seconds", pa.float64()),
            ("speech", pa.list_(pa.bool_())),
            ("embeddings", pa.list_(pa.list_(value, manifest.dimension))),
        ]
    )


def _to_table(rows: list[EmbeddedClip], schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    columns: dict[str, Any] = {
        "clip": [row.index for row in rows],
        "seconds": [row.seconds for row in rows],
    }
    for name in ("path", "accent", "speaker", "sex", "text", "fold"):
        columns[name] = [getattr(row.clip, name) for row in rows]
    offsets = np.cumsum([0, *(len(row.frames) for row in rows)], dtype=np.int32)
    vector = schema.field("embeddings").type.value_type
    values = np.concatenate(
        [np.empty((0, vector.list_size)), *(row.frames.embeddings for row in rows)],
        dtype=vector.value_type.to_pandas_dtype(),
    )
    speech = np.concatenate([np.empty(0, np.bool_), *(row.frames.speech for row in rows)])
    columns["speech"] = pa.ListArray.from_arrays(offsets, pa.array(speech))
    columns["embeddings"] = pa.ListArray.from_arrays(
        offsets, pa.FixedSizeListArray.from_arrays(values.ravel(), vector.list_size)
    )
    return pa.table([columns[field.name] for field in schema], schema=schema)


def _read_batch(batch: "pa.RecordBatch", manifest: Manifest) -> Iterator[EmbeddedClip]:
    embeddings = _rows_of(batch.column("embeddings"), manifest.dimension)
    speech = batch.column("speech")
    spoken = speech.flatten().to_numpy(zero_copy_only=False).astype(np.bool_)
    offsets = speech.offsets.to_numpy() - speech.offsets[0].as_py()
    names = ("path", "accent", "speaker", "sex", "text", "fold")
    rows = batch.select(["clip", "seconds", *names]).to_pylist()
    for row, start, stop in zip(rows, offsets[:-1], offsets[1:], strict=True):
        times = np.arange(stop - start) * manifest.hop_seconds
        yield EmbeddedClip(
            row["clip"],
            Clip(**{name: row[name] for name in names}),
            row["seconds"],
            Frames(embeddings[start:stop], spoken[start:stop], times),
        )


def _rows_of(column: "pa.ListArray", dimension: int) -> NDArray[np.floating[Any]]:
    """Returns the embeddings of all clips of a column, `[num_frames, dimension]`, uncopied."""
    vectors = column.flatten()
    values: NDArray[np.floating[Any]] = vectors.flatten().to_numpy()
    return values.reshape(-1, dimension)
