"""Google's speech embedding: a small network trained to tell spoken words apart."""

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


class SpeechEmbeddingEncoder(Encoder):
    """Google's 96-d speech embedding of every 0.775 s, each 0.08 s; see `speech_network`.

    A frame is speech where at least half of it is, of what lies within the recording, as
    `VoiceActivity` tells for each 32 ms.

    Args:
        threads: int or None. Threads within one network call; None leaves it to ONNX Runtime.
            One suits several recordings in parallel: streams of one encoder may run in
            different threads.
    """

    # Of both assets' weights: which frames are speech is what a store holds, too.
    id = "speech-embedding-33ac1a51"
    dimension = 96
    frame_seconds = FRAME_SAMPLES / SAMPLE_RATE
    hop_seconds = 2 * WINDOW_SAMPLES / SAMPLE_RATE

    def __init__(self, threads: int | None = None) -> None:
        self.network = SpeechNetwork(threads)
        self.voice_activity = VoiceActivity()

    def stream(self) -> FrameStream:
        return SpeechNetworkStream(self, self.network, _EverySecond(), self.voice_activity)


class _EverySecond:
    """Takes the first of a recording's windows and every second one from there."""

    def __init__(self) -> None:
        self._next = 0

    def __call__(self, layers: Layers) -> NDArray[np.float32]:
        chosen = layers.embeddings[self._next :: 2]
        self._next = (self._next - len(layers.embeddings)) % 2
        return chosen
