"""Who trains and who is tested: splits of a corpus's clips.

Every function gives places of clips, and takes the clips in the corpus's own order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.corpora.base import Clip
from isogloss.errors import SettingError

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Fold:
    """One round of cross-validation.

    Args:
        name: str. The fold's name, as the corpus has it, or its number.
        train: [num_train] int64. Places of the clips to train on.
        test: [num_test] int64. Places of the clips to test on.
    """

    name: str
    train: Places
    test: Places


def split_files(clips: int, validation: float, seed: int) -> tuple[Places, Places]:
    """Splits by file, as the original system did: speakers are on both sides, so it leaks.

    The rows are those of pandas' `DataFrame.sample(frac=1, random_state=seed)`, cut after the
    first `1 - validation`.

    Returns:
        Places of the training clips and of the validation clips, each in shuffled order.
    """
    # pandas draws from NumPy's legacy generator.
    order = np.random.RandomState(seed).permutation(clips)
    cut = int(clips * (1 - validation))
    return order[:cut], order[cut:]


def split_speakers(clips: Sequence[Clip], folds: int, seed: int) -> tuple[list[Fold], str]:
    """Splits for cross-validation with no speaker on both sides.

    A corpus's own folds are used where it names them. Otherwise speakers are dealt like cards,
    accent by accent: folds differ by one speaker at most, in each accent and in all.

    Returns:
        The folds, and in words how they were made.

    Raises:
        SettingError: There are fewer speakers than folds, or the corpus's own folds are named for
            some clips only, or put a speaker into two.
    """
    if any(clip.fold is not None for clip in clips):
        return _own_folds(clips), "speaker-disjoint, the corpus's own folds"
    accents = {clip.speaker: clip.accent for clip in clips}
    if not 2 <= folds <= len(accents):
        raise SettingError(
            f"{folds} folds of {len(accents)} speakers: there must be at least 2 folds and at "
            "most as many as speakers."
        )
    shuffled = np.random.default_rng(seed).permutation(sorted(accents)).tolist()
    dealt = {name: i % folds for i, name in enumerate(sorted(shuffled, key=accents.__getitem__))}
    fold_of = np.array([dealt[clip.speaker] for clip in clips])
    made = [
        Fold(str(fold), np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold))
        for fold in range(folds)
    ]
    return made, f"speaker-disjoint, dealt by accent, seed {seed}"


def _own_folds(clips: Sequence[Clip]) -> list[Fold]:
    of_speaker: dict[str, str] = {}
    for clip in clips:
        if clip.fold is None:
            raise SettingError(
                f"{clip.path} names no fold, other clips do. Name one for every clip, or for none."
            )
        if of_speaker.setdefault(clip.speaker, clip.fold) != clip.fold:
            raise SettingError(
                f"speaker {clip.speaker} is in the folds {of_speaker[clip.speaker]} and "
                f"{clip.fold}: a figure from these folds would measure the voice, not the accent."
            )
    names = sorted(set(of_speaker.values()))
    if len(names) < 2:
        raise SettingError(f"the corpus names one fold only ({names[0]}): there must be two.")
    fold_of = np.array([clip.fold for clip in clips])
    return [
        Fold(name, np.flatnonzero(fold_of != name), np.flatnonzero(fold_of == name))
        for name in names
    ]
