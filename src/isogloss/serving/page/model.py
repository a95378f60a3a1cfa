"""What the page knows of its model."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from isogloss.labels import display_name
from isogloss.presets import load_preset
from isogloss.serving.page.card import read_card

if TYPE_CHECKING:
    from isogloss.classifier import AccentClassifier
    from isogloss.serving.settings import ServiceSettings

_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#8A8F99")
"""Okabe and Ito's: the colour-blind tell them apart. More accents begin again."""

_COVERAGE = 0.9


@dataclass(frozen=True)
class AccentOnPage:
    """An accent, its colour, and the letters that stand where the colour alone would not do."""

    label: str
    name: str
    letters: str
    colour: str


@dataclass(frozen=True)
class ModelOnPage:
    """What the page knows of its model.

    Args:
        accents: tuple of AccentOnPage. In the model's order.
        texts: tuple of str. What is to be read; empty of a model that answers for any speech.
        coverage: float or None. How often the sets of accents hold the true one; None: no sets.
        synthetic: bool. Whether it has heard synthetic speech only.
        seconds: float. Longest recording.
        megabytes: float. Largest file.
        examples: tuple of str. Accents that there is a synthesised recording of.
        card: str. Its model card, as Markdown.
    """

    accents: tuple[AccentOnPage, ...]
    texts: tuple[str, ...]
    coverage: float | None
    synthetic: bool
    seconds: float
    megabytes: float
    examples: tuple[str, ...]
    card: str

    def to_dict(self) -> dict[str, object]:
        """Returns what the scripts are told, as JSON takes it."""
        values = asdict(self)
        del values["card"]
        return values


def describe_model(
    classifier: "AccentClassifier", settings: "ServiceSettings", examples: tuple[str, ...]
) -> ModelOnPage:
    """Returns what the page knows of a service's model.

    Args:
        classifier: AccentClassifier. The service's.
        settings: ServiceSettings. Where it came from, and the limits.
        examples: tuple of str. Accents that there is a synthesised recording of.

    Raises:
        PresetError: The model's folder has gone.
    """
    names = [display_name(label) for label in classifier.accents]
    return ModelOnPage(
        accents=tuple(
            AccentOnPage(label, name, letters, _COLOURS[place % len(_COLOURS)])
            for place, (label, name, letters) in enumerate(
                zip(classifier.accents, names, _letters(names), strict=True)
            )
        ),
        texts=classifier.texts,
        coverage=_COVERAGE if classifier.config.calibration else None,
        synthetic=classifier.config.trained_on.synthetic,
        seconds=settings.limits.recording_seconds,
        megabytes=settings.limits.upload_bytes / 2**20,
        examples=examples,
        card=read_card(load_preset(settings.model).path),
    )


def _letters(names: list[str]) -> list[str]:
    """Returns the fewest first letters, at least two, that tell all names apart."""
    longest = max(map(len, names))
    for length in range(2, longest):
        cut = [name[:length] for name in names]
        if len(set(cut)) == len(cut):
            return cut
    return names
