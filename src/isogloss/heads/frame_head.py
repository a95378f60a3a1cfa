"""A head that names the accent of each frame, on ONNX Runtime."""

import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray

from isogloss.encoders.base import Frames
from isogloss.errors import SettingError
from isogloss.heads.base import Verdict
from isogloss.labels import NOT_SPEECH
from isogloss.onnx_session import open_session


class FrameHead:
    """Frame by frame; the answer for a recording is the mean over its frames.

    Args:
        onnx: bytes. `embeddings [N, dimension]` to `probabilities [N, num_labels]`, float32.
        labels: tuple of str. What the columns mean; "not_speech" may be among them.

    Raises:
        SettingError: The model has more columns than labels, or fewer.
    """

    by_frame = True

    def __init__(self, onnx: bytes, labels: tuple[str, ...]) -> None:
        # Half a million multiplications a frame: a second thread costs more than it saves.
        self._session = open_session(onnx, threads=1)
        outputs = self._session.get_outputs()[0].shape[1]
        if outputs != len(labels):
            raise SettingError(
                f"the head gives {outputs} columns, and there are {len(labels)} labels."
            )
        self.labels = labels
        self.accents = tuple(label for label in labels if label != NOT_SPEECH)

    def probabilities(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """Returns the probability of each label for each frame.

        Args:
            embeddings: [num_frames, dimension] float16 or float32.

        Returns:
            [num_frames, num_labels] float32; rows sum to one.
        """
        given = {"embeddings": embeddings.astype(np.float32, copy=False)}
        probabilities: NDArray[np.float32] = self._session.run(("probabilities",), given)[0]
        return probabilities

    def scorer(self) -> "FrameMeanScorer":
        """Returns a new scorer, for one recording."""
        return FrameMeanScorer(self)


class FrameMeanScorer:
    """The mean of the frames' probabilities, "not_speech" left out and the rest renormalised.

    So a frame counts for as much as the head believes it to be speech.
    """

    def __init__(self, head: FrameHead) -> None:
        self._head = head
        self._sums = np.zeros(len(head.labels))
        self._any_speech = False

    def push(self, frames: Frames) -> NDArray[np.float32]:
        probabilities = self._head.probabilities(frames.embeddings)
        self._sums = self._sums + probabilities.sum(axis=0, dtype=np.float64)
        self._any_speech |= bool(frames.speech.any())
        return probabilities

    def result(self) -> Verdict:
        if not self._any_speech:
            return Verdict(None)
        accents = self._sums[[label != NOT_SPEECH for label in self._head.labels]]
        # A head that is certain of no speech in every frame leaves nothing to divide by.
        total = accents.sum()
        shares = accents / total if total else np.full(len(accents), 1 / len(accents))
        return Verdict(shares.astype(np.float32))

    def copy(self) -> Self:
        return copy.copy(self)
