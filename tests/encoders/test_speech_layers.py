"""The layers of the speech embedding stand side by side, with the times of one clock."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isogloss.audio import SAMPLE_RATE, Waveform
from isogloss.encoders import Encoder, create_encoder

FRAME_SAMPLES = 12_400
HOP_SAMPLES = 640


@pytest.fixture(scope="module")
def speech_layers() -> Encoder:
    return create_encoder("speech-layers")


@pytest.fixture(scope="module")
def noise() -> Waveform:
    generator = np.random.default_rng(0)
    return generator.normal(0, 0.1, 5 * SAMPLE_RATE).astype(np.float32)


def test_every_second_frame_ends_in_the_speech_embedding(
    noise: Waveform, speech_layers: Encoder
) -> None:
    whole = speech_layers.encode([noise])
    expected = create_encoder("speech-embedding").encode([noise])
    count = min(len(expected), (len(whole) + 1) // 2)
    assert count > 50
    np.testing.assert_allclose(
        whole.embeddings[: 2 * count : 2, :96], expected.embeddings[:count], rtol=0, atol=5e-4
    )
    np.testing.assert_allclose(whole.times[: 2 * count : 2], expected.times[:count])


def test_all_layers_of_a_frame_are_of_its_own_samples(
    noise: Waveform, speech_layers: Encoder
) -> None:
    whole = speech_layers.encode([noise])
    for frame in (0, 1, 30, 77):
        start = frame * HOP_SAMPLES
        alone = speech_layers.encode([noise[start : start + FRAME_SAMPLES]])
        assert alone.embeddings.shape == (1, speech_layers.dimension)
        np.testing.assert_allclose(alone.embeddings[0], whole.embeddings[frame], rtol=0, atol=5e-4)


def test_inner_layers_are_those_of_the_middle_of_the_frame(speech_layers: Encoder) -> None:
    """A click is heard first by the last layer, whose window is longest, and is left last by it."""
    waveform = np.zeros(4 * SAMPLE_RATE, dtype=np.float32)
    quiet = speech_layers.encode([waveform]).embeddings
    waveform[2 * SAMPLE_RATE] = 1
    changed = np.abs(speech_layers.encode([waveform]).embeddings - quiet) > 1e-4
    heard = [
        np.flatnonzero(changed[:, columns].any(axis=1))
        for columns in (slice(0, 96), slice(96, 192), slice(192, 384))
    ]
    last, upper, middle = ((frames[0], frames[-1]) for frames in heard)
    for outer, inner in ((last, upper), (upper, middle)):
        assert outer[0] < inner[0]
        assert inner[1] < outer[1]
        assert abs((inner[0] - outer[0]) - (outer[1] - inner[1])) <= 1


@given(sizes=st.lists(st.integers(40, 90_000), min_size=1, max_size=4))
@settings(deadline=None, max_examples=10)
def test_blocks_of_any_size_give_the_frames_of_the_whole(
    sizes: list[int], noise: Waveform, speech_layers: Encoder
) -> None:
    cuts = np.cumsum(sizes)[np.cumsum(sizes) < len(noise)]
    pieces = speech_layers.encode(np.split(noise, cuts))
    whole = speech_layers.encode([noise])
    np.testing.assert_allclose(pieces.embeddings, whole.embeddings, rtol=0, atol=5e-4)
    np.testing.assert_array_equal(pieces.times, whole.times)
