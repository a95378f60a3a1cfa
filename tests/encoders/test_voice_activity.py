"""Voice activity is the published detector's, and makes frames speech by half of their length."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from isogloss.audio import SAMPLE_RATE, Waveform
from isogloss.encoders.frame_speech import FrameSpeech
from isogloss.encoders.voice_activity import CHUNK, VoiceActivity, VoiceActivityStream

PUBLISHED = Path(__file__).with_name("published.npz")


@pytest.fixture(scope="session")
def detector() -> VoiceActivity:
    return VoiceActivity()


@pytest.fixture(scope="session")
def waveform() -> Waveform:
    """Two seconds of synthetic speech."""
    with np.load(PUBLISHED) as published:
        waveform: Waveform = published["waveform"] / np.float32(32768)
    return waveform


def test_probabilities_are_the_published_models(
    detector: VoiceActivity, waveform: Waveform
) -> None:
    with np.load(PUBLISHED) as published:
        expected = published["probabilities"]
    np.testing.assert_allclose(detector.stream().push(waveform), expected, rtol=0, atol=1e-5)


@given(sizes=st.lists(st.integers(0, 9_000), min_size=1, max_size=5))
@example(sizes=[CHUNK])
@example(sizes=[1, CHUNK - 1])
@settings(deadline=None, max_examples=20)
def test_blocks_of_any_size_give_the_probabilities_of_the_whole(
    sizes: list[int], detector: VoiceActivity, waveform: Waveform
) -> None:
    stream = detector.stream()
    pieces = np.split(waveform, np.minimum(np.cumsum(sizes), len(waveform)))
    probabilities = np.concatenate([stream.push(piece) for piece in pieces])
    whole = detector.stream().push(waveform)
    np.testing.assert_allclose(probabilities, whole, rtol=0, atol=1e-5)


def test_a_chunk_is_told_as_soon_as_its_samples_are_there(
    detector: VoiceActivity, waveform: Waveform
) -> None:
    stream = detector.stream()
    assert len(stream.push(waveform[: CHUNK - 1])) == 0
    assert len(stream.push(waveform[CHUNK - 1 : CHUNK])) == 1
    assert len(stream.push(waveform[CHUNK : 4 * CHUNK])) == 3


class _Scripted(VoiceActivity):
    """Says of each chunk what its first sample is."""

    def __init__(self) -> None:
        """Loads nothing."""

    def stream(self) -> VoiceActivityStream:
        return _ScriptedStream(self)


class _ScriptedStream(VoiceActivityStream):
    def __init__(self, detector: VoiceActivity) -> None:
        super().__init__(detector)
        self._samples = np.empty(0, dtype=np.float32)

    def push(self, waveform: Waveform) -> NDArray[np.float32]:
        samples = np.concatenate((self._samples, waveform))
        count = len(samples) // CHUNK
        self._samples = samples[count * CHUNK :]
        return samples[: count * CHUNK : CHUNK]


@given(
    spoken=st.lists(st.booleans(), min_size=1, max_size=80),
    frame_samples=st.integers(2 * CHUNK, 20 * CHUNK),
    hop_samples=st.integers(100, 2 * CHUNK),
    ragged=st.integers(0, CHUNK - 1),
    block=st.integers(1, 40_000),
)
@example(spoken=[False] * 4 + [True], frame_samples=1024, hop_samples=769, ragged=0, block=1)
@settings(deadline=None, max_examples=100)
def test_a_frame_is_speech_where_half_of_its_chunks_are(
    spoken: list[bool], frame_samples: int, hop_samples: int, ragged: int, block: int
) -> None:
    length = len(spoken) * CHUNK - ragged
    frames = 1 + max(0, -(-(length - frame_samples) // hop_samples))
    padded = (frames - 1) * hop_samples + frame_samples
    # Beyond the recording all would be speech, if it were asked for.
    waveform = np.ones(max(padded, len(spoken) * CHUNK), dtype=np.float32)
    waveform[: len(spoken) * CHUNK] = np.repeat(spoken, CHUNK)

    speech = FrameSpeech(_Scripted(), frame_samples=frame_samples, hop_samples=hop_samples)
    flags: list[bool] = []
    pushed = 0
    for start in range(0, padded, block):
        piece = waveform[start : min(start + block, padded)]
        speech.push(piece)
        pushed += len(piece)
        complete = 1 + (pushed - frame_samples) // hop_samples if pushed >= frame_samples else 0
        flags += speech.take(complete - len(flags), min(length, pushed)).tolist()

    expected = []
    for start in range(0, frames * hop_samples, hop_samples):
        inside = [
            is_speech
            for chunk, is_speech in enumerate(spoken)
            if start <= chunk * CHUNK and (chunk + 1) * CHUNK <= start + frame_samples
        ]
        expected.append(2 * sum(inside) >= len(inside))
    assert flags == expected


def test_speech_under_noise_is_speech_and_noise_is_not(
    detector: VoiceActivity, waveform: Waveform
) -> None:
    noise = np.random.default_rng(0).normal(0, 1, 2 * SAMPLE_RATE).astype(np.float32)
    noise *= np.sqrt(np.mean(waveform**2)) / 10 ** (5 / 20)  # 5 dB below the speech
    probabilities = detector.stream().push(np.concatenate((noise, waveform + noise)))
    assert (probabilities[: 2 * SAMPLE_RATE // CHUNK] < 0.5).all()
    assert (probabilities[2 * SAMPLE_RATE // CHUNK :] > 0.5).mean() > 0.7
