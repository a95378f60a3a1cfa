"""Recordings are found whatever their endings, and nothing that was asked for is passed over."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from isogloss.listing import AUDIO_SUFFIXES, find_recordings, walk_recordings

Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Makes a folder of empty files, named by their paths in it."""

    def make(*names: str) -> Path:
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        return tmp_path

    return make


def listed(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in walk_recordings(root)]


@pytest.mark.parametrize("suffix", sorted(AUDIO_SUFFIXES))
def test_an_ending_counts_without_regard_to_case(suffix: str, folder: Folder) -> None:
    names = [f"lower{suffix}", f"upper{suffix.upper()}"]
    assert listed(folder(*names)) == names


def test_other_files_and_hidden_ones_are_left_out(folder: Folder) -> None:
    root = folder("a.wav", "notes.txt", "clips.csv", "wav", "._a.wav", ".cache/b.wav")
    assert listed(root) == ["a.wav"]


def test_order_is_by_name_a_folders_own_files_first(folder: Folder) -> None:
    root = folder("b/2.wav", "b/1.wav", "z.wav", "a/3.wav", "a/c/4.wav", "y.wav")
    assert listed(root) == ["y.wav", "z.wav", "a/3.wav", "a/c/4.wav", "b/1.wav", "b/2.wav"]


def test_a_folder_named_as_a_recording_is_a_folder(folder: Folder) -> None:
    assert listed(folder("take.wav/1.wav")) == ["take.wav/1.wav"]


def test_linked_folders_are_followed(folder: Folder) -> None:
    root = folder("elsewhere/1.wav", "corpus/own.wav") / "corpus"
    (root / "linked").symlink_to("../elsewhere")
    assert listed(root) == ["own.wav", "linked/1.wav"]


def test_links_that_lead_back_end(folder: Folder) -> None:
    root = folder("a/1.wav")
    (root / "a" / "back").symlink_to(root)
    assert listed(root) == ["a/1.wav"]


def test_a_link_that_leads_nowhere_is_heard_of(folder: Folder) -> None:
    root = folder("a.wav")
    (root / "moved.wav").symlink_to("no.wav")
    assert listed(root) == ["a.wav", "moved.wav"]


def test_a_pipe_is_not_waited_for(folder: Folder) -> None:
    root = folder("a.wav")
    os.mkfifo(root / "pipe.wav")
    assert listed(root) == ["a.wav"]


def test_a_folder_that_cannot_be_listed_is_heard_of(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folder("a.wav", "locked/b.wav", "open/c.wav")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if path.name == "locked":
            raise PermissionError
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert listed(root) == ["a.wav", "locked", "open/c.wav"]


def test_what_is_named_is_found_whatever_its_ending_and_even_if_missing(folder: Folder) -> None:
    root = folder("take.dat", "more/a.wav")
    named = [root / "take.dat", root / "missing.wav", root / "more"]
    assert list(find_recordings(named)) == [*named[:2], root / "more" / "a.wav"]


def test_a_path_that_cannot_exist_is_found_all_the_same(tmp_path: Path) -> None:
    named = [Path("zero\0byte.wav"), tmp_path / ("long" * 200)]
    assert list(find_recordings(named)) == named


def test_paths_are_taken_as_they_are_needed(folder: Folder) -> None:
    root = folder("a.wav")

    def paths() -> Iterator[Path]:
        yield root
        pytest.fail("the second path was asked for before the first was listed")

    assert next(find_recordings(paths())) == root / "a.wav"
