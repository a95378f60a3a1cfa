"""Dynamic time warping of a reading's frames to a template's."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Warp:
    """Which frame of a reading goes with which of a template, from first to last of both.

    Args:
        reading: [num_steps] int64. Frames of the reading; none is passed over.
        template: [num_steps] int64. The template's frame for each; none is passed over.
    """

    reading: NDArray[np.int64]
    template: NDArray[np.int64]

    def average(self, frames: FloatArray) -> FloatArray:
        """Returns the mean of a reading's frames `[N, D]` at each template frame, `[T, D]`."""
        # Both sides only rise, so what goes with one template frame lies together.
        starts = np.flatnonzero(np.diff(self.template, prepend=-1))
        counts = np.diff(np.append(starts, len(self.template)))
        sums: FloatArray = np.add.reduceat(frames[self.reading], starts, axis=0)
        return np.asarray(sums / counts[:, np.newaxis], dtype=np.float32)

    def spans(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Returns the first and the last frame of the reading at each template frame, `[T]`."""
        first = np.flatnonzero(np.diff(self.template, prepend=-1))
        last = np.append(first[1:], len(self.template)) - 1
        return self.reading[first], self.reading[last]


def warp(frames: FloatArray, template: FloatArray) -> Warp:
    """Returns the cheapest path by Euclidean distance, each step of which is 0 or 1 on each side.

    Args:
        frames: [N, D] float32. A reading, at least one frame.
        template: [T, D] float32. At least one frame.
    """
    from dtaidistance import dtw_ndim

    _, costs = dtw_ndim.warping_paths_fast(
        frames.astype(np.float64), template.astype(np.float64), inner_dist="euclidean"
    )
    # The costs have a border at 0, beyond which nothing lies.
    i, j = len(frames), len(template)
    steps = []
    while i > 0 and j > 0:
        steps.append((i - 1, j - 1))
        before = (costs[i - 1, j - 1], costs[i - 1, j], costs[i, j - 1])
        i, j = ((i - 1, j - 1), (i - 1, j), (i, j - 1))[int(np.argmin(before))]
    path = np.array(steps[::-1], dtype=np.int64)
    return Warp(path[:, 0], path[:, 1])


def match(frames: FloatArray, template: FloatArray, path: Warp) -> float:
    """Returns how alike a reading and a template are along a path, in [-1, 1]: their correlation.

    Args:
        frames: [N, D] float32. A reading; its mean is zero.
        template: [T, D] float32.
        path: Warp. From the one to the other.
    """
    ours, theirs = frames[path.reading], template[path.template]
    power = np.sqrt(float((ours**2).sum()) * float((theirs**2).sum()))
    return float((ours * theirs).sum()) / power if power else 0.0
