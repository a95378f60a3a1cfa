"""Three layers of Google's speech embedding side by side, on a clock twice as fast.

The last layer tells words apart. The two below it still hear how a word's sounds were said, which
is what readers of one text differ in.
"""

import numpy as np
from numpy.typing import NDArray

from isogloss.audio import SAMPLE_RATE
from isogloss.encoders.base import Encoder, FrameStream
from isogloss.encoders.speech_network import (
    FRAME_SAMPLES,
    WINDOW_SAMPLES,
    Layers,
    SpeechNetwork,
    SpeechNetworkStream,
)
from isogloss.encoders.voice_activity import VoiceActivity

# Windows of an inner layer before the one at the middle of a recording's first frame.
_UPPER_BEFORE, _MIDDLE_BEFORE = 2, 4


class SpeechLayersEncoder(Encoder):
    """Layers of Google's speech embedding, 384-d, of every 0.775 s, each 0.04 s.

    An embedding holds the network's last layer (96), the pool below it (96) and the pool below
    that (192), each for the window at the frame's middle. A frame is speech as in
    `SpeechEmbeddingEncoder`.

    Args:
        threads: int or None. Threads within one network call; None leaves it to ONNX Runtime.
    """

    id = "speech-layers-33ac1a51"
    dimension = 384
    frame_seconds = FRAME_SAMPLES / SAMPLE_RATE
    hop_seconds = WINDOW_SAMPLES / SAMPLE_RATE

    def __init__(self, threads: int | None = None) -> None:
        self.network = SpeechNetwork(threads)
        self.voice_activity = VoiceActivity()

    def stream(self) -> FrameStream:
        return SpeechNetworkStream(self, self.network, _SideBySide(), self.voice_activity)


class _SideBySide:
    """Puts the windows of three layers that have one middle side by side."""

    def __init__(self) -> None:
        self._upper = _Queue(_UPPER_BEFORE)
        self._middle = _Queue(_MIDDLE_BEFORE)

    def __call__(self, layers: Layers) -> NDArray[np.float32]:
        count = len(layers.embeddings)
        upper = self._upper.take(layers.upper, count)
        middle = self._middle.take(layers.middle, count)
        return np.concatenate((layers.embeddings, upper, middle), axis=1)


class _Queue:
    """Windows of an inner layer that wait for the frames at whose middle they are.

    Args:
        skipped: int. Windows at a recording's start that are at no frame's middle.
    """

    def __init__(self, skipped: int) -> None:
        self._skipped = skipped
        self._waiting: NDArray[np.float32] | None = None

    def take(self, windows: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        """Takes the next windows [any number, D]; returns the first [count, D] that wait."""
        if self._waiting is None:
            queue = windows[self._skipped :]
        else:
            queue = np.concatenate((self._waiting, windows))
        self._waiting = queue[count:]
        return queue[:count]
