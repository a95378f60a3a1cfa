"""The network of Google's speech embedding, run along a recording piece by piece.

After Lin, Kilgour, Roblek and Sharifi, "Training keyword spotters with limited and synthesized
speech data" (2020). ONNX Runtime runs it, spectrogram and all; the weights are in the package.
Exact to the models that openWakeWord 0.4.0 publishes up to float32 rounding, but for two things:

- There, a recording's quietest bands are raised to 80 dB below its loudest, wherever that is. Here
  they are raised to a level that is the same for all, so that a stream can give its frames at once.
- There, a frame starts 3.5 ms before the first sample that counts; here, with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from isogloss.audio import SAMPLE_RATE, Waveform
from isogloss.encoders.base import Encoder, Frames
from isogloss.encoders.frame_speech import FrameSpeech
from isogloss.encoders.padding import PaddedStream
from isogloss.encoders.voice_activity import VoiceActivity
from isogloss.onnx_session import open_session

FRAME_SAMPLES = 12_400  # 76 rows of the spectrogram: windows of 25 ms, one each 10 ms
WINDOW_SAMPLES = 640  # 4 rows: from the start of one of the network's windows to the next one's
_SAMPLES_AGAIN = 240  # of the last row's window, those that are in the next row's, too
# Samples that go through the network at once: the fastest batch, and few enough for the caches.
_BATCH_SAMPLES = 128 * WINDOW_SAMPLES

Past = tuple[NDArray[np.float32], ...]
"""What the network remembers: the last rows that each layer over several rows was given."""


@dataclass(frozen=True)
class Layers:
    """What the network gives for consecutive windows of 0.775 s, one each 0.04 s.

    Args:
        embeddings: [N, 96] float32. The last layer.
        upper: [N, 96] float32; at the start of a recording [N + 4, 96]. The pool below, for the
            windows of 0.535 s that the embedding's window holds.
        middle: [N, 192] float32; at the start of a recording [N + 9, 192]. The pool below that,
            for windows of 0.415 s.
    """

    embeddings: NDArray[np.float32]
    upper: NDArray[np.float32]
    middle: NDArray[np.float32]


class SpeechNetwork:
    """Google's speech embedding with two of its inner layers.

    Args:
        threads: int or None. Threads within one network call; None leaves it to ONNX Runtime.
    """

    def __init__(self, threads: int | None = None) -> None:
        asset = resources.files("isogloss.encoders") / "assets" / "speech_embedding.onnx"
        with resources.as_file(asset) as path:
            self._session = open_session(path, threads)
        pasts = {value.name: value.shape for value in self._session.get_inputs()[1:]}
        self._past_names = tuple(pasts)
        self._no_past = tuple(
            np.empty((1, channels, 0, bands), dtype=np.float32)
            for _, channels, _, bands in pasts.values()
        )
        self._outputs = tuple(value.name for value in self._session.get_outputs())

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copies of streams share the weights."""
        return self

    def run(self, samples: Waveform, past: Past | None) -> tuple[Layers, Past]:
        """Runs the network on the next samples of a recording.

        Args:
            samples: [240 + 640 N] float32. The first 240 are the last of the call before. At the
                start of a recording [12,400 + 640 (N - 1)].
            past: tuple of [1, channels, rows, bands] float32, or None. What the call before gave to
                remember; None at the start of a recording.

        Returns:
            `Layers` of N windows, and what to remember.
        """
        values = past or self._no_past
        given = {"samples": samples, **dict(zip(self._past_names, values, strict=True))}
        results = dict(zip(self._outputs, self._session.run(None, given), strict=True))
        layers = Layers(*(results.pop(name) for name in ("embeddings", "upper", "middle")))
        return layers, tuple(results.values())


class SpeechNetworkStream(PaddedStream):
    """Keeps what the next window still needs: a row's samples, the network's past, and chunks.

    Args:
        encoder: Encoder. Whose frames these are; its hop is a whole number of the network's.
        network: SpeechNetwork. What gives the layers.
        arrange: function. Takes the `Layers` of the next windows; returns embeddings
            [frames, dimension] float32.
        detector: VoiceActivity. What tells which frames are speech.
    """

    def __init__(
        self,
        encoder: Encoder,
        network: SpeechNetwork,
        arrange: Callable[[Layers], NDArray[np.float32]],
        detector: VoiceActivity,
    ) -> None:
        self._hop = round(encoder.hop_seconds * SAMPLE_RATE)
        super().__init__(
            encoder,
            frame_samples=FRAME_SAMPLES,
            hop_samples=self._hop,
            batch=_BATCH_SAMPLES // self._hop,
        )
        self._network = network
        self._arrange = arrange
        self._samples: Waveform = np.empty(0, dtype=np.float32)
        self._past: Past | None = None
        self._speech = FrameSpeech(detector, frame_samples=FRAME_SAMPLES, hop_samples=self._hop)

    def _advance(self, waveform: Waveform) -> Frames:
        self._speech.push(waveform)
        samples = self._samples = np.concatenate((self._samples, waveform))
        first = FRAME_SAMPLES if self._past is None else _SAMPLES_AGAIN + self._hop
        more = (len(samples) - first) // self._hop
        if more < 0:
            return Frames.none(self._encoder.dimension)
        used = first + more * self._hop
        layers, self._past = self._network.run(samples[:used], self._past)
        self._samples = samples[used - _SAMPLES_AGAIN :]
        embeddings = self._arrange(layers)
        return self._frames(embeddings, self._speech.take(len(embeddings), self._length))
