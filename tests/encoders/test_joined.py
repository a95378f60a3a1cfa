"""Encoders side by side hear what each hears, at the same time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isogloss.audio import Waveform
from isogloss.encoders import create_encoder, frame_seconds
from isogloss.encoders.joined import JoinedEncoder
from isogloss.errors import SettingError

NAME = "yamnet+speech-embedding"


@pytest.fixture(scope="module")
def joined() -> JoinedEncoder:
    encoder = create_encoder(NAME)
    assert isinstance(encoder, JoinedEncoder)
    return encoder


def test_each_frame_is_yamnets_and_the_mean_of_what_lies_within(
    joined: JoinedEncoder, speech: Waveform
) -> None:
    coarse, fine = (part.encode([speech]) for part in joined.parts)
    frames = joined.encode([speech])
    np.testing.assert_array_equal(frames.times, coarse.times)
    np.testing.assert_array_equal(frames.speech, coarse.speech)
    np.testing.assert_allclose(frames.embeddings[:, :1024], coarse.embeddings, atol=1e-5)
    middles = fine.times + joined.parts[1].frame_seconds / 2
    for start, row in zip(frames.times[:-1], frames.embeddings[:-1], strict=True):
        within = (middles >= start) & (middles < start + 0.96)
        assert within.sum() >= 6  # the first frame begins before any middle
        np.testing.assert_allclose(row[1024:], fine.embeddings[within].mean(axis=0), atol=1e-3)


@settings(max_examples=10, deadline=None)
@given(cuts=st.lists(st.integers(0, 60_000), max_size=6))
def test_blocks_change_nothing(joined: JoinedEncoder, speech: Waveform, cuts: list[int]) -> None:
    whole = joined.encode([speech])
    pieces = np.split(speech, sorted(min(cut, len(speech)) for cut in cuts))
    again = joined.encode(pieces)
    np.testing.assert_array_equal(again.times, whole.times)
    np.testing.assert_allclose(again.embeddings, whole.embeddings, atol=1e-3)


def test_a_long_recording_keeps_little(joined: JoinedEncoder, speech: Waveform) -> None:
    stream = joined.stream()
    for _ in range(20):
        stream.push(speech)
    kept = stream._waiting  # type: ignore[attr-defined]
    assert max(map(len, kept)) < 40


def test_the_clock_is_the_slowest_ones_in_whatever_order() -> None:
    other = create_encoder("speech-layers+yamnet")
    assert (other.hop_seconds, other.frame_seconds, other.dimension) == (0.48, 0.96, 1408)
    assert frame_seconds(other.id) == frame_seconds(NAME) == 0.96
    assert create_encoder(other.id).id == other.id


def test_an_unknown_part_is_named() -> None:
    with pytest.raises(SettingError, match="no encoder is called 'speech-sorcery'"):
        create_encoder("yamnet+speech-sorcery")
