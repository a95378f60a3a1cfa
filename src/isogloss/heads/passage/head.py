"""A head that knows what is read, and refuses a recording of anything else."""

import copy
import json
from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from isogloss.encoders.base import Frames
from isogloss.errors import SettingError
from isogloss.heads.base import Evidence, Verdict, whole_frames
from isogloss.heads.constants import pack_constants, unpack_constants
from isogloss.heads.passage.text import Reading, TextModel
from isogloss.labels import NOT_SPEECH

_METADATA = "texts"
_ASKED = 160  # characters of a text that an answer names


class PassageHead:
    """Aligns a recording to each of its texts; the one that it is most like answers.

    Args:
        texts: sequence of TextModel. The texts; at least one.
        labels: tuple of str. The accents, and "not_speech".
    """

    by_frame = False

    def __init__(self, texts: Sequence[TextModel], labels: tuple[str, ...]) -> None:
        self.texts = tuple(texts)
        self.labels = labels
        self.accents = tuple(label for label in labels if label != NOT_SPEECH)

    def to_onnx(self) -> bytes:
        """Returns the head as an ONNX model of constants."""
        arrays = {
            f"{place}/{name}": array
            for place, text in enumerate(self.texts)
            for name, array in text.to_arrays().items()
        }
        described = json.dumps([text.to_dict() for text in self.texts], ensure_ascii=False)
        return pack_constants(arrays, {_METADATA: described})

    @staticmethod
    def from_onnx(onnx: bytes, labels: tuple[str, ...]) -> "PassageHead":
        """Reads what `to_onnx` gave.

        Raises:
            SettingError: It is no such model, or of other labels.
        """
        arrays, metadata = unpack_constants(onnx)
        try:
            texts = [
                TextModel.from_parts(
                    values,
                    {
                        name: arrays[f"{place}/{name}"]
                        for name in ("deviation", "template", "weights", "bias")
                    },
                )
                for place, values in enumerate(json.loads(metadata[_METADATA]))
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise SettingError(f"the head holds no texts that can be read ({error}).") from error
        head = PassageHead(texts, labels)
        if not texts or any(len(text.bias) != len(head.accents) for text in texts):
            raise SettingError(f"the head's texts are not of {len(head.accents)} accents.")
        return head

    def scorer(self) -> "PassageScorer":
        """Returns a new scorer, for one recording."""
        return PassageScorer(self)


class PassageScorer:
    """Keeps frames from the first speech on, for as long as they may be a reading of a text."""

    def __init__(self, head: PassageHead) -> None:
        self._head = head
        self._longest = max(text.longest for text in head.texts)
        self._pieces: list[Frames] = []
        self._kept = 0
        # From the first frame that holds speech: to the last that came, and to the last of speech.
        self._length = 0
        self._spoken = 0

    def push(self, frames: Frames) -> NDArray[np.float32]:
        probabilities = whole_frames(len(self._head.accents), frames.speech, None)
        spoken = np.flatnonzero(frames.speech)
        if len(spoken):
            first = 0 if self._length else int(spoken[0])
            frames = frames.after(first)
            self._spoken = self._length + int(spoken[-1]) + 1 - first
        if self._spoken:
            self._length += len(frames)
            # Pauses within a reading may be long: twice its length is kept, to find its end.
            if self._kept <= 2 * self._longest:
                self._pieces.append(frames)
                self._kept += len(frames)
        return probabilities

    def copy(self) -> Self:
        twin = copy.copy(self)
        twin._pieces = list(self._pieces)
        return twin

    def result(self) -> Verdict:
        if not self._spoken:
            return Verdict(None)
        if self._spoken > self._kept:
            return self._refuse("it is far longer than a reading")
        frames = Frames.join(self._pieces)
        inside = frames.embeddings[: self._spoken]
        readings = [text.read(inside) for text in self._head.texts]
        best = max(range(len(readings)), key=lambda place: readings[place].likeness)
        text, reading = self._head.texts[best], readings[best]
        if reading.path is None:
            longer = len(inside) > text.stride * len(text.template)
            return self._refuse(f"it is far {'longer' if longer else 'shorter'}")
        if reading.likeness < text.threshold:
            likeness = f"likeness {reading.likeness:.2f}, of {text.threshold:.2f} that it takes"
            return self._refuse(likeness)
        odds = np.exp(reading.scores - reading.scores.max())
        times = frames.times[: self._spoken] + text.middle
        evidence = _name_evidence(text, reading, times, self._head.accents)
        return Verdict((odds / odds.sum()).astype(np.float32), evidence=evidence)

    def _refuse(self, why: str) -> Verdict:
        texts = [text.text for text in self._head.texts]
        asked = texts[0] if len(texts[0]) <= _ASKED else f"{texts[0][:_ASKED].rsplit(' ', 1)[0]} …"
        others = f" (or one of {len(texts) - 1} others)" if len(texts) > 1 else ""
        refusal = f"not this text ({why}). This model answers for readings of: “{asked}”{others}"
        return Verdict(None, refusal)


def _name_evidence(
    text: TextModel, reading: Reading, times: NDArray[np.float64], accents: tuple[str, ...]
) -> tuple[Evidence, ...]:
    """Returns what each word says, if it is known where the words are."""
    if reading.path is None or not text.words:
        return ()
    starts, ends = reading.path.spans()
    apart = reading.contributions - reading.contributions.mean(axis=1, keepdims=True)
    said = []
    for word in text.words:
        weights = apart[word.first : word.last + 1].sum(axis=0)
        best = int(weights.argmax())
        said.append(
            Evidence(
                word.text,
                float(times[starts[word.first]]),
                float(times[ends[word.last]]),
                accents[best],
                float(weights[best]),
            )
        )
    return tuple(said)
