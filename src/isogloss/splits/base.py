"""A split, and the law that all but one kind keep: no speaker is on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from isogloss.corpora.base import Clip
from isogloss.errors import SettingError

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Fold:
    """One round: what is tested, and what is trained on.

    Args:
        name: str. The fold's name, as the corpus has it, or its number, or the speaker tested.
        train: [num_train] int64. Places of the clips to train on.
        test: [num_test] int64. Places of the clips to test on.
    """

    name: str
    train: Places
    test: Places

    @staticmethod
    def testing(name: str, tested: NDArray[np.bool_]) -> "Fold":
        """Returns the fold that tests the clips that are true, and trains on all others."""
        return Fold(name, np.flatnonzero(~tested), np.flatnonzero(tested))


@dataclass(frozen=True)
class Split:
    """Folds, and how they were made.

    Args:
        description: str. In words, who is on which side; reports show it.
        folds: tuple of Fold.
        leaks: bool. Whether speakers may be on both sides. Only the original's split by file is
            meant to; any other that does is refused by `check`.
    """

    description: str
    folds: tuple[Fold, ...]
    leaks: bool = False

    def taught_with(self, augmentation: str | None) -> "Split":
        """Returns the split, saying which altered copies are trained on with the clips, if any."""
        if augmentation is None:
            return self
        more = f"trained with altered copies ({augmentation})"
        return replace(self, description=f"{self.description}; {more}")

    def check(self, clips: Sequence[Clip]) -> "Split":
        """Returns the split, if it may be used on these clips.

        Raises:
            SettingError: A fold trains or tests on nothing, two folds test the same clip, or a
                speaker is on both sides of a split that is not meant to leak.
        """
        tested: set[int] = set()
        for fold in self.folds:
            for side, places in (("train", fold.train), ("test", fold.test)):
                if not len(places):
                    raise SettingError(f"fold {fold.name}: there is no clip to {side} on.")
            again = tested.intersection(fold.test.tolist())
            if again:
                raise SettingError(
                    f"fold {fold.name}: tests {clips[min(again)].path}, which another fold tests, "
                    "too: it would count twice. Test each clip in one fold."
                )
            tested.update(fold.test.tolist())
            shared = {clips[i].speaker for i in fold.train} & {clips[i].speaker for i in fold.test}
            if shared and not self.leaks:
                raise SettingError(
                    f"fold {fold.name}: speakers on both sides: {len(shared)}, such as "
                    f"{min(shared)}. A figure from it would measure voices, not accents. Split by "
                    "speaker; 'files' is the original's split, which leaks and says so."
                )
        return self
