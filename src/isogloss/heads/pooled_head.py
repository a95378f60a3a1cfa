"""A head that hears a clip as a whole: statistics of its speech frames, and a linear score."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.encoders.base import Frames
from isogloss.errors import SettingError
from isogloss.heads.base import Verdict, clip_verdict
from isogloss.heads.constants import unpack_constants
from isogloss.labels import NOT_SPEECH

_ARRAYS = ("centre", "scale", "weights", "bias")


class PooledHead:
    """Mean and standard deviation of the speech frames, scaled; linear; softmax.

    Args:
        onnx: bytes. A model of constants: centre and scale [2 D], weights [num_accents, 2 D] and
            bias [num_accents], all float32.
        labels: tuple of str. The accents, and "not_speech" as the last.

    Raises:
        SettingError: The model holds something else, or is of other labels.
    """

    def __init__(self, onnx: bytes, labels: tuple[str, ...]) -> None:
        arrays, _ = unpack_constants(onnx)
        if set(arrays) != set(_ARRAYS) or len(arrays["bias"]) != len(labels) - 1:
            raise SettingError(f"the head is no linear one of {len(labels) - 1} accents.")
        self.labels = labels
        self.accents = tuple(label for label in labels if label != NOT_SPEECH)
        self._arrays = arrays

    def probabilities(self, pooled: NDArray[np.float32]) -> NDArray[np.float32]:
        """Returns the probability of each accent `[N, num_accents]` for pooled clips `[N, 2 D]`."""
        centre, scale, weights, bias = (self._arrays[name] for name in _ARRAYS)
        scores = (pooled - centre) / scale @ weights.T + bias
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)

    def scorer(self) -> "PooledScorer":
        """Returns a new scorer, for one recording."""
        return PooledScorer(self)


class PooledScorer:
    """Sums and squares of the speech frames: a recording of any length takes no more memory."""

    def __init__(self, head: PooledHead) -> None:
        self._head = head
        self._speech: list[NDArray[np.bool_]] = [np.empty(0, np.bool_)]
        self._moments = Moments()

    def push(self, frames: Frames) -> None:
        self._speech.append(frames.speech)
        self._moments.add(frames.embeddings[frames.speech])

    def result(self) -> Verdict:
        speech = np.concatenate(self._speech)
        if not self._moments.count:
            return clip_verdict(self._head.labels, speech, None)
        scores = self._head.probabilities(self._moments.pooled()[np.newaxis])[0]
        return clip_verdict(self._head.labels, speech, scores)


class Moments:
    """Mean and standard deviation of frames that come piece by piece."""

    def __init__(self) -> None:
        self.count = 0
        self._mean: Any = 0.0
        self._squares: Any = 0.0

    def add(self, frames: NDArray[np.floating[Any]]) -> None:
        """Takes the next frames, `[any number, D]`."""
        if not len(frames):
            return
        # As Chan, Golub and LeVeque join two samples: no difference of large numbers.
        own = frames.astype(np.float64)
        mean = own.mean(axis=0)
        apart, count = mean - self._mean, self.count + len(own)
        between = apart**2 * (self.count * len(own) / count)
        self._squares = self._squares + ((own - mean) ** 2).sum(axis=0) + between
        self._mean = self._mean + apart * (len(own) / count)
        self.count = count

    def pooled(self) -> NDArray[np.float32]:
        """Returns mean and standard deviation of at least one frame, `[2 D]`."""
        deviation = np.sqrt(self._squares / self.count)
        return np.concatenate([self._mean, deviation]).astype(np.float32)


def pool(frames: Frames) -> NDArray[np.float32]:
    """Returns mean and standard deviation of the speech frames of a clip, at least one: `[2 D]`."""
    moments = Moments()
    moments.add(frames.embeddings[frames.speech])
    return moments.pooled()
