"""YAMNet: Google's audio-event network, the encoder of the original system.

The front end is NumPy, the network ONNX Runtime, the weights are in the package. Exact to the
reference implementation (tensorflow/models, research/audioset/yamnet) up to float32 rounding.
"""

from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from isogloss.audio import SAMPLE_RATE, Waveform
from isogloss.encoders.base import Encoder, Frames, FrameStream
from isogloss.encoders.padding import PaddedStream
from isogloss.onnx_session import open_session

_WINDOW = 400  # samples of an STFT frame: 25 ms
_STEP = 160  # samples between STFT frames: 10 ms
_FFT = 512
_BANDS = 64
_LOG_OFFSET = np.float32(0.001)
_PATCH = 96  # STFT frames of a patch: 0.96 s
_PATCH_HOP = 48

_PATCH_SAMPLES = _WINDOW + (_PATCH - 1) * _STEP  # 15,600
_HOP_SAMPLES = _PATCH_HOP * _STEP  # 7,680
# Patches that go through the network at once: the fastest batch, and few enough for the caches.
_BATCH = 16

SPEECH_CLASS = 0
"""Index of "Speech" among the 521 AudioSet classes."""


class YamnetEncoder(Encoder):
    """YAMNet's 1,024-d embedding of every 0.96 s, each 0.48 s.

    A frame is speech where "Speech" is the highest of the 521 scores: the original's own rule.

    Args:
        threads: int or None. Threads within one network call; None leaves it to ONNX Runtime.
            One suits several recordings in parallel: streams of one encoder may run in
            different threads.
    """

    id = "yamnet-b10246d9"
    dimension = 1024
    frame_seconds = _PATCH * _STEP / SAMPLE_RATE
    hop_seconds = _HOP_SAMPLES / SAMPLE_RATE

    def __init__(self, threads: int | None = None) -> None:
        self._session = open_session(self._read(), threads)

    def _read(self) -> bytes | str:
        """Returns the network as an ONNX model, or where it lies."""
        asset = resources.files("isogloss.encoders") / "assets" / "yamnet.onnx"
        # By its path: ONNX Runtime reads the file faster than it copies bytes.
        return str(asset) if isinstance(asset, Path) else asset.read_bytes()

    def stream(self) -> FrameStream:
        return _YamnetStream(self)

    def network(
        self, patches: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Runs the network.

        Args:
            patches: [N, 96, 64] float32. Log-mel patches.

        Returns:
            Embeddings [N, 1024] and AudioSet scores [N, 521] in [0, 1], float32.
        """
        embeddings, scores = self._session.run(("embeddings", "scores"), {"patches": patches})
        return embeddings, scores


class _YamnetStream(PaddedStream):
    """Keeps the samples and log-mel rows that the next frame still needs: about 1 s."""

    def __init__(self, encoder: YamnetEncoder) -> None:
        super().__init__(
            encoder, frame_samples=_PATCH_SAMPLES, hop_samples=_HOP_SAMPLES, batch=_BATCH
        )
        self._network = encoder.network
        self._dimension = encoder.dimension
        self._samples: Waveform = np.empty(0, dtype=np.float32)
        self._rows: NDArray[np.float32] = np.empty((0, _BANDS), dtype=np.float32)

    def _advance(self, waveform: Waveform) -> Frames:
        samples = np.concatenate((self._samples, waveform))
        count = max(0, (len(samples) - _WINDOW) // _STEP + 1)
        self._samples = samples[count * _STEP :]
        if count:
            used = samples[: (count - 1) * _STEP + _WINDOW]
            self._rows = np.concatenate((self._rows, log_mel(used)))
        patches = max(0, (len(self._rows) - _PATCH) // _PATCH_HOP + 1)
        return self._embed(patches) if patches else Frames.none(self._dimension)

    def _embed(self, count: int) -> Frames:
        windows = sliding_window_view(self._rows, _PATCH, axis=0)[::_PATCH_HOP]
        patches = np.ascontiguousarray(windows.transpose(0, 2, 1))
        self._rows = self._rows[count * _PATCH_HOP :]
        embeddings, scores = self._network(patches)
        return self._frames(embeddings, scores.argmax(axis=1) == SPEECH_CLASS)


def log_mel(waveform: Waveform) -> NDArray[np.float32]:
    """Computes YAMNet's spectrogram: ln(mel-weighted magnitude + 0.001).

    Args:
        waveform: [num_samples] float32, 16 kHz, at least 400 samples.

    Returns:
        [1 + (num_samples - 400) // 160, 64] float32, a row each 10 ms.
    """
    window, mel_weights = front_end_constants()
    spectra = np.fft.rfft(sliding_window_view(waveform, _WINDOW)[::_STEP] * window, _FFT)
    rows: NDArray[np.float32] = np.log(np.abs(spectra) @ mel_weights + _LOG_OFFSET)
    return rows


@cache
def front_end_constants() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns the periodic Hann window [400] and the mel weights [257, 64]."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
    lowest, highest = _mel(np.array([125.0, 7500.0]))
    edges = np.linspace(lowest, highest, _BANDS + 2)
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    bins = _mel(np.arange(_FFT // 2 + 1) * SAMPLE_RATE / _FFT)[:, None]
    rising = (bins - lower) / (centre - lower)
    falling = (upper - bins) / (upper - centre)
    weights = np.maximum(0, np.minimum(rising, falling))
    return window.astype(np.float32), weights.astype(np.float32)


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """HTK's mel scale."""
    return 1127 * np.log1p(hertz / 700)
