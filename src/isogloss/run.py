"""What a training gave: all that a preset's card and report tell of."""

from dataclasses import asdict, dataclass
from typing import Any

from isogloss.evaluation.calibration_figures import CalibrationFigures
from isogloss.evaluation.report import Evaluation
from isogloss.heads import Candidate, Epoch
from isogloss.presets import PresetConfig


@dataclass(frozen=True)
class TrainingRun:
    """What a training gave.

    Args:
        config: PresetConfig. What the preset is.
        evaluation: Evaluation. The preset on the clips kept from its training; where none was,
            `crossval`, or without that the preset on the clips that it heard.
        crossval: Evaluation or None. The recipe on speakers never heard, in folds, by the heads'
            own scores: the figures to believe. None where there were no folds.
        calibration_figures: CalibrationFigures or None. What the calibration is worth; None where
            there is none.
        epochs: tuple of Epoch. The training table of the preset.
        not_calibrated: str or None. Why there is no calibration.
        search: tuple of Candidate. What was tried to find the recipe; empty where it was named.
    """

    config: PresetConfig
    evaluation: Evaluation
    crossval: Evaluation | None
    calibration_figures: CalibrationFigures | None
    epochs: tuple[Epoch, ...]
    not_calibrated: str | None = None
    search: tuple[Candidate, ...] = ()

    @property
    def kept_clips(self) -> bool:
        """Whether `evaluation` has figures of its own, which are not those of `crossval`."""
        return self.evaluation is not self.crossval

    def to_dict(self) -> dict[str, Any]:
        """Returns the content of `metrics.json`."""
        figures = self.calibration_figures
        return {
            **self.evaluation.to_dict(),
            "crossval": self.crossval.to_dict() if self.crossval else None,
            "calibration": asdict(figures) if figures else None,
            "not_calibrated": self.not_calibrated,
            "epochs": [asdict(epoch) for epoch in self.epochs],
            "search": [asdict(candidate) for candidate in self.search],
        }
