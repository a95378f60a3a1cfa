"""One recording on its way through encoder and head, block by block."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isogloss.answers import FrameScores
from isogloss.audio import SAMPLE_RATE, Waveform
from isogloss.encoders import Encoder, Frames
from isogloss.heads import Head, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Heard:
    """What was heard of a whole recording.

    Args:
        frames: FrameScores. What the head says of each frame.
        seconds: float. Length of the recording.
        verdict: Verdict. What the head says of the recording.
    """

    frames: FrameScores
    seconds: float
    verdict: Verdict


class Hearing:
    """What is heard of one recording.

    Args:
        head: Head. Embeddings to probabilities.
        encoder: Encoder. The one whose embeddings the head takes.
    """

    def __init__(self, head: Head, encoder: Encoder) -> None:
        self._head = head
        self._encoder = encoder
        self._stream = encoder.stream()
        self._scorer = head.scorer()
        self._samples = 0
        self._times: list[NDArray[np.float64]] = [np.empty(0)]
        self._speech: list[NDArray[np.bool_]] = [np.empty(0, np.bool_)]

    def push(self, waveform: Waveform) -> None:
        """Takes the next samples, 16 kHz mono `[any number]`."""
        self._samples += len(waveform)
        self._score(self._stream.push(waveform))

    def finish(self) -> Heard:
        """Returns all that was heard, now that the recording has ended."""
        self._score(self._stream.finish())
        verdict = self._scorer.result()
        frames = FrameScores(
            self._head.labels,
            np.concatenate(self._times),
            self._encoder.frame_seconds,
            np.concatenate(self._speech),
            verdict.frames,
        )
        return Heard(frames, self._samples / SAMPLE_RATE, verdict)

    def _score(self, frames: Frames) -> None:
        if len(frames):
            self._times.append(frames.times)
            self._speech.append(frames.speech)
            self._scorer.push(frames)


def covered_seconds(frames: FrameScores, seconds: float) -> float:
    """Returns how much of a recording lies in frames that hold speech; frames overlap."""
    starts = np.minimum(frames.starts[frames.speech], seconds)
    ends = np.minimum(starts + frames.seconds, seconds)
    overlap = np.maximum(0, ends[:-1] - starts[1:])
    return float((ends - starts).sum() - overlap.sum())
