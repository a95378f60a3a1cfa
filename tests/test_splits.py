"""Who trains and who is tested."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isogloss.corpora import Clip
from isogloss.corpora.slr83 import read_index
from isogloss.errors import SettingError
from isogloss.splits import split_files, split_speakers


def clips_of(speakers: dict[str, str], each: int = 2) -> list[Clip]:
    """Clips of speakers with their accents, speaker after speaker."""
    return [
        Clip(f"{speaker}/{i}.wav", accent, speaker)
        for speaker, accent in speakers.items()
        for i in range(each)
    ]


def slr83_speakers() -> dict[str, str]:
    counts = {
        "irish": 3,
        "midlands": 5,
        "northern": 19,
        "scottish": 17,
        "southern": 57,
        "welsh": 19,
    }
    return {f"{accent}{i}": accent for accent, count in counts.items() for i in range(count)}


@st.composite
def corpora(draw: st.DrawFn) -> list[Clip]:
    """Clips in any order, of 2 to 30 speakers of up to five accents, with 1 to 3 clips each."""
    accents = draw(st.lists(st.sampled_from("abcde"), min_size=2, max_size=30))
    clips = [
        Clip(f"{speaker}/{i}.wav", accent, f"s{speaker}")
        for speaker, accent in enumerate(accents)
        for i in range(draw(st.integers(1, 3)))
    ]
    return draw(st.permutations(clips))


def test_the_split_by_file_falls_on_the_rows_of_the_original(shared: Path) -> None:
    index = shared / "corpora" / "slr83" / "line_index_all.csv"
    frame = pd.DataFrame(read_index(index), columns=["file", "text"])
    shuffled = frame.sample(frac=1, random_state=1337)
    train, validation = split_files(len(frame), 0.1, 1337)
    assert (len(train), len(validation)) == (16_089, 1_788)
    assert frame.file[np.concatenate((train, validation))].tolist() == shuffled.file.tolist()


def test_another_seed_gives_another_split_by_file() -> None:
    assert not np.array_equal(split_files(100, 0.1, 1)[1], split_files(100, 0.1, 2)[1])


@given(corpora(), st.data())
def test_no_speaker_is_on_both_sides_and_each_clip_is_tested_once(
    clips: list[Clip], data: st.DataObject
) -> None:
    speakers = {clip.speaker for clip in clips}
    folds, _ = split_speakers(clips, data.draw(st.integers(2, len(speakers))), seed=1)
    for fold in folds:
        trained = {clips[i].speaker for i in fold.train}
        tested = {clips[i].speaker for i in fold.test}
        assert tested
        assert not trained & tested
        assert sorted([*fold.train, *fold.test]) == list(range(len(clips)))
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(clips)))


@given(corpora(), st.data())
def test_folds_differ_by_one_speaker_at_most_in_each_accent_and_in_all(
    clips: list[Clip], data: st.DataObject
) -> None:
    accents = {clip.speaker: clip.accent for clip in clips}
    folds, _ = split_speakers(clips, data.draw(st.integers(2, len(accents))), seed=1)
    tested = [{clips[i].speaker for i in fold.test} for fold in folds]
    sizes = [len(speakers) for speakers in tested]
    assert max(sizes) - min(sizes) <= 1
    for accent in set(accents.values()):
        counts = [sum(accents[name] == accent for name in speakers) for speakers in tested]
        assert max(counts) - min(counts) <= 1


def test_three_speakers_of_an_accent_are_in_three_folds() -> None:
    clips = clips_of(slr83_speakers())
    folds, _ = split_speakers(clips, 5, seed=1337)
    with_irish = [fold for fold in folds if any(clips[i].accent == "irish" for i in fold.test)]
    assert len(with_irish) == 3


@given(corpora(), st.integers(0, 2**32 - 1))
def test_the_same_seed_gives_the_same_folds_in_whatever_order_clips_come(
    clips: list[Clip], seed: int
) -> None:
    folds, _ = split_speakers(clips, 2, seed)
    again, _ = split_speakers(clips[::-1], 2, seed)
    for one, other in zip(folds, again, strict=True):
        assert {clips[i] for i in one.test} == {clips[::-1][i] for i in other.test}


def test_another_seed_gives_other_folds() -> None:
    clips = clips_of(slr83_speakers())
    one, other = (split_speakers(clips, 5, seed)[0][0].test for seed in (1, 2))
    assert set(one) != set(other)


def test_fewer_speakers_of_every_accent_than_folds_can_be_split() -> None:
    clips = clips_of({f"{accent}{i}": accent for accent in "abcdef" for i in range(4)})
    folds, _ = split_speakers(clips, 5, seed=1)
    assert Counter(len(fold.test) // 2 for fold in folds) == {5: 4, 4: 1}


@pytest.mark.parametrize("folds", [0, 1, 4])
def test_folds_that_cannot_be_filled_are_refused(folds: int) -> None:
    with pytest.raises(SettingError, match=f"{folds} folds of 3 speakers"):
        split_speakers(clips_of({"a": "x", "b": "x", "c": "y"}), folds, seed=1)


def test_a_corpus_own_folds_are_used() -> None:
    clips = [
        Clip(f"{speaker}{i}.wav", "irish", speaker, fold=fold)
        for speaker, fold in (("a", "1"), ("b", "2"), ("c", "1"))
        for i in range(2)
    ]
    folds, how = split_speakers(clips, 5, seed=1)
    assert [(fold.name, fold.test.tolist(), fold.train.tolist()) for fold in folds] == [
        ("1", [0, 1, 4, 5], [2, 3]),
        ("2", [2, 3], [0, 1, 4, 5]),
    ]
    assert "own folds" in how


def test_own_folds_that_share_a_speaker_are_refused() -> None:
    clips = [Clip("1.wav", "irish", "anna", fold="1"), Clip("2.wav", "irish", "anna", fold="2")]
    with pytest.raises(SettingError, match="anna is in the folds 1 and 2"):
        split_speakers(clips, 2, seed=1)


def test_own_folds_of_some_clips_only_are_refused() -> None:
    clips = [Clip("1.wav", "irish", "a", fold="1"), Clip("2.wav", "irish", "b")]
    with pytest.raises(SettingError, match=r"2\.wav names no fold"):
        split_speakers(clips, 2, seed=1)


def test_one_own_fold_is_refused() -> None:
    clips = [Clip("1.wav", "irish", "a", fold="x"), Clip("2.wav", "irish", "b", fold="x")]
    with pytest.raises(SettingError, match="one fold only"):
        split_speakers(clips, 2, seed=1)
