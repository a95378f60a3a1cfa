"""What a head answers on clips whose accents are known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.corpora.base import Clip
from isogloss.errors import SettingError
from isogloss.heads import Head
from isogloss.labels import NOT_SPEECH
from isogloss.table import FrameTable


@dataclass(frozen=True)
class Predictions:
    """Answers beside the truth, frame by frame and clip by clip.

    Args:
        accents: tuple of str. Columns of `clip_scores`.
        clips: tuple of Clip. The clips.
        counts: [num_clips] int64. Frames of each clip.
        frame_probabilities: [num_frames, num_accents + 1] float32. The last column is
            "not_speech".
        frame_labels: [num_frames] int64. The true column.
        clip_scores: [num_clips, num_accents] float32. NaN where a clip holds no speech: it has no
            answer.
    """

    accents: tuple[str, ...]
    clips: tuple[Clip, ...]
    counts: NDArray[np.int64]
    frame_probabilities: NDArray[np.float32]
    frame_labels: NDArray[np.int64]
    clip_scores: NDArray[np.float32]

    @property
    def any_speech(self) -> bool:
        """Whether a clip holds speech: without, there is nothing to measure."""
        return not bool(np.isnan(self.clip_scores).all())

    @staticmethod
    def join(pieces: Iterable["Predictions"]) -> "Predictions":
        """Returns at least one `Predictions` of the same accents as one."""
        pieces = list(pieces)
        return Predictions(
            pieces[0].accents,
            tuple(clip for piece in pieces for clip in piece.clips),
            np.concatenate([piece.counts for piece in pieces]),
            np.concatenate([piece.frame_probabilities for piece in pieces]),
            np.concatenate([piece.frame_labels for piece in pieces]),
            np.concatenate([piece.clip_scores for piece in pieces]),
        )


def predict_table(head: Head, table: FrameTable, accents: Sequence[str]) -> Predictions:
    """Runs a head over stored frames.

    Args:
        head: Head. An accent that it was not taught has probability zero.
        table: FrameTable. The clips.
        accents: sequence of str. The accents to answer among: those of the head and the clips.

    Raises:
        SettingError: The head gives no finite probabilities.
    """
    labels = (*accents, NOT_SPEECH)
    columns = [labels.index(label) for label in head.labels]
    accent_columns = [labels.index(accent) for accent in head.accents]
    frame_probabilities = np.zeros((len(table.embeddings), len(labels)), dtype=np.float32)
    clip_scores = np.full((len(table.clips), len(accents)), np.nan, dtype=np.float32)
    start = 0
    for place, frames in enumerate(table.split()):
        scorer = head.scorer()
        stop = start + len(frames)
        frame_probabilities[start:stop, columns] = scorer.push(frames)
        if frames.speech.any():
            clip_scores[place] = 0
            clip_scores[place, accent_columns] = scorer.result()
        start = stop
    if not np.isfinite(frame_probabilities).all():
        raise SettingError("the head gives no numbers: its training diverged. Lower learning_rate.")
    return Predictions(
        tuple(accents),
        table.clips,
        table.counts,
        frame_probabilities,
        table.frame_labels(labels),
        clip_scores,
    )
