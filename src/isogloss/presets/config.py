"""What a preset is, and what it heard: `config.json` and `split.json`."""

from dataclasses import dataclass
from typing import Any

from isogloss.calibration import Calibration
from isogloss.provenance import Provenance

FORMAT_VERSION = 1
DEFAULT_MIN_SPEECH_SECONDS = 0.96
"""A frame of YAMNet: less speech fills none."""


@dataclass(frozen=True)
class TrainedOn:
    """What a preset heard.

    Args:
        corpus: str. Name of the corpus.
        synthetic: bool. Whether its speech was synthesised.
        fingerprint: str. The corpus's fingerprint.
        clips: int. Clips trained on.
        speakers: tuple of str. Speakers trained on.
        split: str. In words, who was kept from training.
        seed: int. What split and training were drawn from.
        licence: str or None. The corpus's, where it says so, such as "cc-by-sa-4.0".
        augmentation: str or None. How the copies were altered that it heard beside the clips.
    """

    corpus: str
    synthetic: bool
    fingerprint: str
    clips: int
    speakers: tuple[str, ...]
    split: str
    seed: int
    licence: str | None = None
    augmentation: str | None = None


@dataclass(frozen=True)
class PresetConfig:
    """Content of `config.json`.

    Args:
        encoder: str. Id of the encoder whose embeddings the head takes.
        labels: tuple of str. Columns of the head's output, in order.
        recipe: str. Name of the recipe that trained the head.
        settings: dict. The recipe's hyper-parameters.
        trained_on: TrainedOn. What it heard.
        isogloss: str. Version that wrote the preset.
        calibration: Calibration or None. What makes the head's scores mean what they say; None
            where no folds of speakers were there to learn it from.
        min_speech_seconds: float. A recording with less speech has no answer.
        made_by: Provenance or None. What made it, where that is known.
        format_version: int. Version of this layout.
    """

    encoder: str
    labels: tuple[str, ...]
    recipe: str
    settings: dict[str, Any]
    trained_on: TrainedOn
    isogloss: str
    calibration: Calibration | None = None
    min_speech_seconds: float = DEFAULT_MIN_SPEECH_SECONDS
    made_by: Provenance | None = None
    format_version: int = FORMAT_VERSION


@dataclass(frozen=True)
class Split:
    """Content of `split.json`: which clips of its corpus a preset has heard.

    Args:
        description: str. In words, how they were chosen.
        validation: tuple of str. Paths of the clips that were kept from training.
        heard: tuple of str. Digests of the clips trained on, which know a clip again elsewhere.
    """

    description: str
    validation: tuple[str, ...]
    heard: tuple[str, ...]
