"""A corpus from a folder: `clips.csv`, OpenSLR 83 as extracted, or `ACCENT/SPEAKER/clip`."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from isogloss.corpora import slr83
from isogloss.corpora.base import Clip, Corpus
from isogloss.errors import CorpusError
from isogloss.labels import NOT_SPEECH, normalise
from isogloss.listing import walk_recordings

CLIPS_FILE = "clips.csv"
CORPUS_FILE = "corpus.json"
_REQUIRED = ("path", "accent", "speaker")


def open_corpus(root: Path) -> Corpus:
    """Reads what a corpus holds, without opening a recording.

    Args:
        root: Path. A folder with `clips.csv` (columns `path,accent,speaker` and optionally
            `sex,text,fold` and any others), with OpenSLR 83's archives extracted, or with
            `ACCENT/SPEAKER/` folders. The first of these that is there is taken.

    Raises:
        CorpusError: No such folder, no clips in it, or a row that cannot be understood.
    """
    if not root.is_dir():
        raise CorpusError(f"{root}: no such folder. Give the folder that holds the corpus.")
    if (root / CLIPS_FILE).is_file():
        clips = tuple(_read_clips_file(root / CLIPS_FILE))
    else:
        clips = slr83.find_clips(root) or tuple(_read_folders(root))
    if not clips:
        raise CorpusError(
            f"{root}: holds no clips. A corpus has a {CLIPS_FILE} (path,accent,speaker), "
            "OpenSLR 83's folders, or ACCENT/SPEAKER/ folders of recordings."
        )
    _check(root, clips)
    name, synthetic = _read_description(root)
    return Corpus(root, name, clips, synthetic)


def _read_clips_file(path: Path) -> Iterator[Clip]:
    for place, row in _read_rows(path):
        for name in _REQUIRED:
            if not row[name]:
                raise CorpusError(f"{place}: {name} is empty.")
        yield Clip(
            path=_relative(row["path"], place),
            accent=normalise(row["accent"]),
            speaker=row["speaker"],
            sex=row.get("sex", "").lower() or None,
            text=row.get("text") or None,
            fold=row.get("fold") or None,
        )


def _read_rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yields where a row stands, for messages, and its fields by column, without outer spaces."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        # Strict: a quote that is never closed would swallow the rest of the file unnoticed.
        rows = csv.reader(file, strict=True)
        try:
            names = [name.strip().lower() for name in next(rows, [])]
            missing = [name for name in _REQUIRED if name not in names]
            if missing:
                raise CorpusError(
                    f"{path}: has no column {', '.join(missing)}. Its first line must name "
                    f"{','.join(_REQUIRED)} and may name sex,text,fold."
                )
            for row in rows:
                fields = [field.strip() for field in row]
                place = f"{path}, line {rows.line_num}"
                if not any(fields):
                    continue
                if len(fields) != len(names):
                    raise CorpusError(
                        f"{place}: has {len(fields)} fields, the first line {len(names)}. A field "
                        "with a comma in it must stand in quotes."
                    )
                yield place, dict(zip(names, fields, strict=True))
        except UnicodeDecodeError as error:
            raise CorpusError(f"{path}: is not UTF-8 ({error}). Save it as UTF-8.") from error
        except csv.Error as error:
            raise CorpusError(f"{path}, line {rows.line_num}: {error}.") from error


def _relative(path: str, place: str) -> str:
    relative = PurePosixPath(path.replace("\\", "/"))
    if relative.is_absolute() or PureWindowsPath(path).drive or ".." in relative.parts:
        raise CorpusError(
            f"{place}: '{path}' leaves the corpus. Paths are relative to the folder of "
            f"{CLIPS_FILE}."
        )
    return str(relative)


def _read_folders(root: Path) -> Iterator[Clip]:
    for path in walk_recordings(root):
        parts = path.relative_to(root).parts
        if len(parts) < 3:
            raise CorpusError(
                f"{path}: who speaks it, in which accent? Without a {CLIPS_FILE}, recordings lie "
                "in ACCENT/SPEAKER/ folders."
            )
        # Two accents may both have a "speaker1".
        yield Clip("/".join(parts), normalise(parts[0]), f"{parts[0]}/{parts[1]}")


def _check(root: Path, clips: tuple[Clip, ...]) -> None:
    paths: set[str] = set()
    accents: dict[str, str] = {}
    for clip in clips:
        if not _is_file_name(clip.path):
            raise CorpusError(
                f"{root}: {clip.path!r} is no name that can be written down. Rename the file."
            )
        if clip.path in paths:
            raise CorpusError(f"{root}: lists {clip.path} twice.")
        paths.add(clip.path)
        if clip.accent == NOT_SPEECH:
            raise CorpusError(
                f"{root}: {clip.path} has the accent '{NOT_SPEECH}', which is isogloss's own label "
                "of frames without speech. Leave such clips out."
            )
        if accents.setdefault(clip.speaker, clip.accent) != clip.accent:
            raise CorpusError(
                f"{root}: speaker {clip.speaker} has two accents, {accents[clip.speaker]} and "
                f"{clip.accent} ({clip.path}). Give two people two names."
            )


def _is_file_name(path: str) -> bool:
    # A name that is not UTF-8 reaches Python as lone surrogates, which no text file can hold.
    return "\0" not in path and not any("\ud800" <= character <= "\udfff" for character in path)


def _read_description(root: Path) -> tuple[str, bool]:
    path = root / CORPUS_FILE
    if not path.is_file():
        return root.resolve().name, False
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
        return str(description["name"]), bool(description.get("synthetic", False))
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f'{path}: is no description of a corpus, which has a "name" ({error!r}). Correct it or '
            "move it away."
        ) from error
