"""What is known of one text: how it is read, and how each accent reads it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.heads.passage.warping import FloatArray, Warp, match, warp

_LONGEST, _SHORTEST = 4, 0.3  # times the template's length: outside, nobody reads this text


@dataclass(frozen=True)
class Word:
    """A word of the text, and the template's frames from its start to its end."""

    text: str
    first: int
    last: int


@dataclass(frozen=True)
class Reading:
    """A recording beside a text.

    Args:
        likeness: float. Of reading and template along the path, in [-1, 1].
        path: Warp or None. From the one to the other; None where the lengths rule it out.
        contributions: [T, num_accents] float32. What each template frame says for each accent.
        scores: [num_accents] float32. Logarithms of the accents' odds, up to a constant.
    """

    likeness: float
    path: Warp | None
    contributions: FloatArray
    scores: FloatArray


@dataclass(frozen=True)
class TextModel:
    """One text, its template, and a linear head on what is aligned to it.

    Args:
        text: str. What is read.
        stride: int. Frames of a reading to one of the template, at an average speed.
        middle: float. Seconds from a frame's start to its middle.
        deviation: [D] float32. What frames are divided by.
        template: [T, D] float32. The mean reading, of frames whose mean is zero.
        weights: [num_accents, T, D] float32. The head's, for the difference from the template.
        bias: [num_accents] float32. The head's.
        threshold: float. A recording that is less like the template is of another text.
        words: tuple of Word. Where the template's words are; empty if nobody has said.
    """

    text: str
    stride: int
    middle: float
    deviation: FloatArray
    template: FloatArray
    weights: FloatArray
    bias: FloatArray
    threshold: float
    words: tuple[Word, ...]

    def read(self, frames: NDArray[np.floating[Any]]) -> Reading:
        """Aligns the frames `[N, D]` of a recording, from its first speech to its last."""
        accents = len(self.bias)
        ratio = len(frames) / (len(self.template) * self.stride)
        if not _SHORTEST <= ratio <= _LONGEST:
            nothing = np.zeros((len(self.template), accents), np.float32)
            return Reading(-1.0, None, nothing, np.zeros(accents, np.float32))
        normal = normalise(frames, self.deviation)
        path = warp(normal, self.template)
        apart = path.average(normal) - self.template
        contributions = np.einsum("ctd,td->tc", self.weights, apart)
        scores = contributions.sum(axis=0) + self.bias
        return Reading(match(normal, self.template, path), path, contributions, scores)

    @property
    def longest(self) -> int:
        """Frames beyond which a recording is of no reading of this text."""
        return _LONGEST * len(self.template) * self.stride

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Returns the arrays; the two large ones are float16, for half the size."""
        return {
            "deviation": self.deviation,
            "template": self.template.astype(np.float16),
            "weights": self.weights.astype(np.float16),
            "bias": self.bias,
        }

    def to_dict(self) -> dict[str, Any]:
        """Returns what is no array, as JSON takes it."""
        return {
            "text": self.text,
            "stride": self.stride,
            "middle": self.middle,
            "threshold": self.threshold,
            "words": [[word.text, word.first, word.last] for word in self.words],
        }

    @staticmethod
    def from_parts(values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> "TextModel":
        """Returns what `to_dict` and `to_arrays` gave."""
        return TextModel(
            values["text"],
            values["stride"],
            values["middle"],
            threshold=values["threshold"],
            words=tuple(Word(*word) for word in values["words"]),
            **{name: array.astype(np.float32) for name, array in arrays.items()},
        )


def normalise(frames: NDArray[np.floating[Any]], deviation: FloatArray) -> FloatArray:
    """Returns frames `[N, D]` float32 less their mean, the speaker's own, by the deviation."""
    own = frames.astype(np.float32)
    return np.asarray((own - own.mean(axis=0)) / deviation, dtype=np.float32)


def plain_text(text: str) -> str:
    """Returns a text's words alone, in lower case: what two copies of one text agree in."""
    return " ".join(
        re.findall(
            r"[^\W_]+(?:'[^\W_]+)*", text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        )
    )
