"""Figures from predictions, the baseline beside each."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import StoreError
from isogloss.evaluation.predictions import Predictions
from isogloss.heads.backend import import_keras
from isogloss.labels import NOT_SPEECH

_RESAMPLES = 2_000


@dataclass(frozen=True)
class Confusion:
    """How often each true label (row) was answered with each label (column)."""

    labels: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class LevelFigures:
    """Figures of one level: of frames, of clips or of speakers.

    Args:
        n: int. How many were answered.
        unanswered: int. How many hold no speech and have no answer; in no other figure.
        accuracy: float. Share that is right.
        accuracy_ci: (float, float) or None. 95 % interval, by bootstrap over speakers; None of
            fewer than two speakers, or where all are alike.
        majority: float. Accuracy of always giving the most frequent label.
        macro_recall: float. Mean over the true labels of the share that is right; chance is one
            by their number.
        recall: dict. The share that is right of each true label that occurs.
        confusion: Confusion. Counts.
    """

    n: int
    unanswered: int
    accuracy: float
    accuracy_ci: tuple[float, float] | None
    majority: float
    macro_recall: float
    recall: dict[str, float]
    confusion: Confusion


@dataclass(frozen=True)
class FrameFigures(LevelFigures):
    """Figures of frames, "not_speech" among the labels.

    Args:
        auc: float. Keras's default AUC, flattened over the classes, as the original reports it.
        d_prime: float or None. sqrt(2) times the normal quantile of the AUC; None of an AUC of 0
            or 1.
        speech: LevelFigures. The same figures on the frames that hold speech.
    """

    auc: float
    d_prime: float | None
    speech: LevelFigures


@dataclass(frozen=True)
class Figures:
    """All figures of one evaluation."""

    frame: FrameFigures
    clip: LevelFigures
    speaker: LevelFigures


def compute_figures(predictions: Predictions, seed: int) -> Figures:
    """Computes the figures of frames, of clips and of speakers.

    A speaker's answer is the mean of the scores of their clips.

    Args:
        predictions: Predictions. Answers beside the truth.
        seed: int. Fixes the bootstrap.

    Raises:
        StoreError: No clip holds speech.
        MissingExtraError: scikit-learn, SciPy or Keras is not installed.
    """
    accents = predictions.accents
    labels = (*accents, NOT_SPEECH)
    clip_speakers = np.array([clip.speaker for clip in predictions.clips])
    clip_labels = np.array([accents.index(clip.accent) for clip in predictions.clips])
    frame_speakers = np.repeat(clip_speakers, predictions.counts)

    given, truth = predictions.frame_probabilities, predictions.frame_labels
    auc = _keras_auc(given, truth)
    frame = _level(given, truth, frame_speakers, labels, seed)
    speech = truth != labels.index(NOT_SPEECH)
    spoken = _level(given[speech], truth[speech], frame_speakers[speech], labels, seed)
    clip = _level(predictions.clip_scores, clip_labels, clip_speakers, accents, seed)

    speakers, first, members = np.unique(clip_speakers, return_index=True, return_inverse=True)
    answered = ~np.isnan(predictions.clip_scores).any(axis=1)
    sums = np.zeros((len(speakers), len(accents)))
    np.add.at(sums, members[answered], predictions.clip_scores[answered])
    heard = np.bincount(members[answered], minlength=len(speakers))
    sums[heard == 0] = np.nan
    speaker = _level(sums, clip_labels[first], speakers, accents, seed)
    return Figures(
        FrameFigures(**vars(frame), auc=auc, d_prime=_d_prime(auc), speech=spoken), clip, speaker
    )


def _level(
    scores: NDArray[np.floating],
    truth: NDArray[np.int64],
    speakers: NDArray[np.str_],
    labels: tuple[str, ...],
    seed: int,
) -> LevelFigures:
    from sklearn.metrics import confusion_matrix

    answered = ~np.isnan(scores).any(axis=1)
    scores, truth, speakers = scores[answered], truth[answered], speakers[answered]
    if not len(truth):
        raise StoreError("no clip to measure on holds speech: there is nothing to evaluate.")
    matrix = confusion_matrix(truth, scores.argmax(axis=1), labels=range(len(labels)))
    counts = matrix.sum(axis=1)
    recall = {label: float(matrix[i, i] / counts[i]) for i, label in enumerate(labels) if counts[i]}
    return LevelFigures(
        n=len(truth),
        unanswered=int((~answered).sum()),
        accuracy=float(matrix.trace() / len(truth)),
        accuracy_ci=_accuracy_interval(scores.argmax(axis=1) == truth, speakers, seed),
        majority=float(counts.max() / len(truth)),
        macro_recall=float(np.mean(list(recall.values()))),
        recall=recall,
        confusion=Confusion(labels, tuple(tuple(int(n) for n in row) for row in matrix)),
    )


def _accuracy_interval(
    right: NDArray[np.bool_], speakers: NDArray[np.str_], seed: int
) -> tuple[float, float] | None:
    """95 % interval of an accuracy, by percentile bootstrap over speakers.

    Speakers are what was sampled: frames and clips of one voice are right or wrong together, so
    drawing them one by one would give an interval far too narrow.
    """
    from scipy.stats import bootstrap

    names, members = np.unique(speakers, return_inverse=True)
    if len(names) < 2:
        return None
    drawn = bootstrap(
        (np.bincount(members, right), np.bincount(members)),
        lambda right, n, axis: right.sum(axis=axis) / n.sum(axis=axis),
        n_resamples=_RESAMPLES,
        paired=True,
        vectorized=True,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    low, high = map(float, drawn.confidence_interval)
    # Where all speakers are alike, drawing them again says nothing of how sure the figure is.
    return (low, high) if low < high else None


def _keras_auc(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    metric = import_keras().metrics.AUC()
    metric.update_state(np.eye(probabilities.shape[1], dtype=np.float32)[labels], probabilities)
    return float(metric.result())


def _d_prime(auc: float) -> float | None:
    from scipy.stats import norm

    return sqrt(2) * float(norm.ppf(auc)) if 0 < auc < 1 else None
