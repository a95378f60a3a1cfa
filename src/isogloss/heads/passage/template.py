"""The mean reading of a text, found by aligning readings to it over and over."""

from collections.abc import Sequence

import numpy as np

from isogloss.heads.passage.warping import FloatArray, match, warp

_IMPOSTORS = 20  # readings that are turned into ones of another text


def learn_template(readings: Sequence[FloatArray], stride: int, rounds: int) -> FloatArray:
    """Returns the mean reading `[T, D]`.

    Args:
        readings: sequence of [N, D] float32. Each less its mean.
        stride: int. It starts from each so many frames of the reading of median length.
        rounds: int. How often readings are aligned to it and averaged.
    """
    by_length = sorted(readings, key=len)
    template = by_length[len(by_length) // 2][::stride]
    for _ in range(rounds):
        aligned = [warp(frames, template).average(frames) for frames in readings]
        template = np.mean(aligned, axis=0, dtype=np.float32)
    return template


def learn_threshold(
    readings: Sequence[FloatArray], likenesses: Sequence[float], template: FloatArray
) -> float:
    """Returns the likeness from which on a recording is taken for a reading of the text.

    Readings whose second half comes first are of the same voices, rooms and lengths, and of another
    text. The threshold lies between the best of those and the worst of the readings, nearer to the
    readings, for half a reading is to be told from a whole one, too.

    Args:
        readings: sequence of [N, D] float32. Each less its mean.
        likenesses: sequence of float. Of each reading.
        template: [T, D] float32.
    """
    impostors = []
    for frames in readings[:_IMPOSTORS]:
        other = np.roll(frames, len(frames) // 2, axis=0)
        impostors.append(match(other, template, warp(other, template)))
    # The worst of many readings may be no reading: the worst but one in a hundred is asked.
    worst, best = np.percentile(likenesses, 1), max(impostors)
    return float(worst - max(0, worst - best) / 3)
