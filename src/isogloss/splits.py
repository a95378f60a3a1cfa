"""Who trains and who is tested: splits of a corpus's clips.

Every function gives places of clips, and takes the clips in the corpus's own order.
"""

import warnings
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

    A corpus's own folds are used where every clip names one; otherwise speakers are dealt into
    `folds` folds with the accents as even as they can be.

    Returns:
        The folds, and in words how they were made.

    Raises:
        SettingError: There are fewer speakers than folds, or the corpus's own folds put a speaker
            into two.
    """
    if clips and all(clip.fold is not None for clip in clips):
        return _own_folds(clips), "speaker-disjoint, the corpus's own folds"
    accents = {clip.speaker: clip.accent for clip in clips}
    speakers = sorted(accents)
    if not 2 <= folds <= len(speakers):
        raise SettingError(
            f"{folds} folds of {len(speakers)} speakers: there must be at least 2 folds and at "
            "most as many as speakers."
        )
    from sklearn.model_selection import StratifiedKFold

    # One row a speaker: an accent of three speakers then is in three folds, never in fewer.
    dealt = StratifiedKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        rounds = list(dealt.split(speakers, [accents[speaker] for speaker in speakers]))
    speaker_of = np.array([clip.speaker for clip in clips])
    made = []
    for number, (_, held_out) in enumerate(rounds):
        tested = np.isin(speaker_of, [speakers[i] for i in held_out])
        made.append(Fold(str(number), np.flatnonzero(~tested), np.flatnonzero(tested)))
    return made, f"speaker-disjoint, stratified by accent, seed {seed}"


def _own_folds(clips: Sequence[Clip]) -> list[Fold]:
    of_speaker: dict[str, str | None] = {}
    for clip in clips:
        if of_speaker.setdefault(clip.speaker, clip.fold) != clip.fold:
            raise SettingError(
                f"speaker {clip.speaker} is in the folds {of_speaker[clip.speaker]} and "
                f"{clip.fold}: a figure from these folds would measure the voice, not the accent."
            )
    folds = np.array([clip.fold for clip in clips])
    if len(set(folds)) < 2:
        raise SettingError(f"the corpus names one fold only ({folds[0]}): there must be two.")
    return [
        Fold(str(name), np.flatnonzero(folds != name), np.flatnonzero(folds == name))
        for name in sorted(set(folds))
    ]
