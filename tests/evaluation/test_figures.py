"""Figures are right, and their baselines stand beside them."""

from math import sqrt

import numpy as np
import pytest
from scipy.stats import norm

from isogloss.corpora import Clip
from isogloss.errors import StoreError
from isogloss.evaluation.figures import Figures, _d_prime, compute_figures
from isogloss.evaluation.predictions import Predictions
from isogloss.heads.backend import import_keras

ACCENTS = ("irish", "welsh")
NOT_SPEECH = 2


def predictions(
    truth: list[str], scores: list[list[float]], speakers: list[str], frames: int = 2
) -> Predictions:
    """Clips whose frames all answer as the clip does, but for a last one without speech."""
    rows, labels = [], []
    for accent, score in zip(truth, scores, strict=True):
        rows += [[*score, 0.0]] * (frames - 1) + [[0.0, 0.0, 1.0]]
        labels += [ACCENTS.index(accent)] * (frames - 1) + [NOT_SPEECH]
    return Predictions(
        ACCENTS,
        tuple(
            Clip(f"{i}.wav", accent, speaker)
            for i, (accent, speaker) in enumerate(zip(truth, speakers, strict=True))
        ),
        np.full(len(truth), frames),
        np.array(rows, dtype=np.float32),
        np.array(labels),
        np.array(scores, dtype=np.float32),
    )


IRISH, WELSH, NO_ANSWER = [0.9, 0.1], [0.2, 0.8], [np.nan, np.nan]


@pytest.fixture(scope="module")
def figures() -> Figures:
    # Irish: two of three clips right; Welsh: the only clip wrong.
    return compute_figures(
        predictions(
            ["irish", "irish", "irish", "welsh"],
            [IRISH, IRISH, WELSH, IRISH],
            ["a", "a", "b", "c"],
        ),
        seed=0,
    )


def test_clip_accuracy_is_the_share_that_is_right(figures: Figures) -> None:
    assert (figures.clip.n, figures.clip.accuracy) == (4, 0.5)


def test_majority_is_always_the_most_frequent_accent(figures: Figures) -> None:
    assert figures.clip.majority == 0.75


def test_macro_recall_weighs_every_accent_the_same(figures: Figures) -> None:
    assert figures.clip.recall == {"irish": pytest.approx(2 / 3), "welsh": 0.0}
    assert figures.clip.macro_recall == pytest.approx(1 / 3)


def test_confusion_has_the_truth_in_rows(figures: Figures) -> None:
    assert figures.clip.confusion.labels == ACCENTS
    assert figures.clip.confusion.matrix == ((2, 1), (1, 0))


def test_a_speaker_is_answered_by_the_mean_of_their_clips() -> None:
    measured = compute_figures(
        predictions(
            ["irish", "irish", "irish", "welsh"],
            [[0.45, 0.55], [0.45, 0.55], [0.95, 0.05], WELSH],
            ["a", "a", "a", "b"],
        ),
        seed=0,
    )
    assert (measured.speaker.n, measured.speaker.accuracy) == (2, 1.0)
    assert measured.clip.accuracy == 0.5


def test_frames_without_speech_are_a_class_of_frames(figures: Figures) -> None:
    assert figures.frame.n == 8
    assert figures.frame.recall["not_speech"] == 1.0
    assert figures.frame.accuracy == 0.75


def test_speech_frames_are_measured_on_their_own(figures: Figures) -> None:
    assert (figures.frame.speech.n, figures.frame.speech.accuracy) == (4, 0.5)


def test_auc_is_keras_own() -> None:
    generator = np.random.default_rng(0)
    raw = generator.dirichlet([1, 1, 1], size=400).astype(np.float32)
    labels = generator.integers(0, 3, size=400)
    given = Predictions(
        ACCENTS,
        tuple(Clip(f"{i}.wav", ACCENTS[i % 2], str(i)) for i in range(4)),
        np.full(4, 100),
        raw,
        labels,
        np.tile(np.array(IRISH, dtype=np.float32), (4, 1)),
    )
    metric = import_keras().metrics.AUC()
    metric.update_state(np.eye(3)[labels], raw)
    assert compute_figures(given, seed=0).frame.auc == pytest.approx(float(metric.result()))


def test_d_prime_of_the_published_auc_is_the_published_one() -> None:
    # 1.742 was computed from more digits of the AUC than the four that were published.
    assert _d_prime(0.8909) == pytest.approx(1.742, abs=1e-3)
    assert _d_prime(0.8909) == pytest.approx(sqrt(2) * norm.ppf(0.8909))


def test_d_prime_of_a_perfect_auc_is_none() -> None:
    assert _d_prime(1.0) is None


def test_a_clip_without_speech_is_counted_and_not_measured() -> None:
    measured = compute_figures(
        predictions(["irish", "welsh", "welsh"], [IRISH, WELSH, NO_ANSWER], ["a", "b", "c"]),
        seed=0,
    )
    assert (measured.clip.n, measured.clip.unanswered, measured.clip.accuracy) == (2, 1, 1.0)
    assert (measured.speaker.n, measured.speaker.unanswered) == (2, 1)


def test_no_speech_at_all_is_an_error() -> None:
    with pytest.raises(StoreError, match="no clip to measure on holds speech"):
        compute_figures(predictions(["irish"], [NO_ANSWER], ["a"], frames=1), seed=0)


def test_the_interval_is_over_speakers_not_clips() -> None:
    # Ten clips of each of eight speakers, a speaker's all right or all wrong: the interval is that
    # of eight draws, far wider than that of eighty.
    right = [IRISH] * 40 + [WELSH] * 40
    speakers = [f"speaker{i // 10}" for i in range(80)]
    measured = compute_figures(predictions(["irish"] * 80, right, speakers), seed=0)
    interval = measured.clip.accuracy_ci
    assert interval
    assert interval[0] <= 0.25
    assert interval[1] >= 0.75
    alone = compute_figures(
        predictions(["irish"] * 80, right, [f"speaker{i}" for i in range(80)]), seed=0
    ).clip.accuracy_ci
    assert alone
    assert alone[1] - alone[0] < 0.3


def test_one_speaker_has_no_interval() -> None:
    measured = compute_figures(predictions(["irish"] * 3, [IRISH] * 3, ["a"] * 3), seed=0)
    assert measured.clip.accuracy_ci is None
