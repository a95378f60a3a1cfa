"""A trained model as a folder; labels travel with the weights, and nothing is pickled.

config.json    format version, encoder id, labels in order, recipe and its settings,
               calibration, what it was trained on
split.json     the clips that were kept from training, to validate
head.onnx      the head, for `predict`
head.keras     the head, to train on
metrics.json   figures on the clips kept from training, and the training table
README.md      the model card, with its plots beside it
"""

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.errors import PresetError, SettingError
from isogloss.files import PARTIAL_SUFFIX
from isogloss.heads import Epoch, Head, TrainedHead, load_head

if TYPE_CHECKING:
    from isogloss.evaluation.report import Evaluation

FORMAT_VERSION = 1
CONFIG_FILE = "config.json"
SPLIT_FILE = "split.json"
ONNX_FILE = "head.onnx"
KERAS_FILE = "head.keras"
METRICS_FILE = "metrics.json"


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
    """

    corpus: str
    synthetic: bool
    fingerprint: str
    clips: int
    speakers: tuple[str, ...]
    split: str
    seed: int


@dataclass(frozen=True)
class PresetConfig:
    """Content of `config.json`.

    Args:
        encoder: str. Id of the encoder whose embeddings the head takes.
        labels: tuple of str. Columns of the head's output, in order.
        recipe: str. Name of the recipe that trained the head.
        settings: dict. The recipe's hyper-parameters.
        trained_on: TrainedOn. What it heard.
        calibration: None. Scores are the head's own.
        isogloss: str. Version that wrote the preset.
        format_version: int. Version of this layout.
    """

    encoder: str
    labels: tuple[str, ...]
    recipe: str
    settings: dict[str, Any]
    trained_on: TrainedOn
    isogloss: str
    calibration: None = None
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


@dataclass(frozen=True)
class Preset:
    """A preset in memory.

    Args:
        path: Path. The folder it came from.
        config: PresetConfig. What it is.
        head: Head. Ready to answer.
    """

    path: Path
    config: PresetConfig
    head: Head

    @cached_property
    def split(self) -> Split:
        """Which clips of its corpus it has heard; read when it is asked for.

        Raises:
            PresetError: The file is missing or damaged.
        """
        path = self.path / SPLIT_FILE
        try:
            values = _read_json(path)
            return Split(values["description"], tuple(values["validation"]), tuple(values["heard"]))
        except (KeyError, TypeError) as error:
            raise PresetError(f"{path}: cannot be understood ({error}).") from error


def load_preset(path: str | Path) -> Preset:
    """Reads a preset's folder.

    Raises:
        PresetError: No such folder, a file is missing or damaged, or the format is another.
    """
    folder = Path(path)
    if not (folder / CONFIG_FILE).is_file():
        raise PresetError(f"{path}: is no preset (it has no {CONFIG_FILE}).")
    values = _read_json(folder / CONFIG_FILE)
    if values.get("format_version") != FORMAT_VERSION:
        raise PresetError(
            f"{path}: is a preset of format {values.get('format_version')}; this isogloss reads "
            f"format {FORMAT_VERSION}."
        )
    try:
        trained_on = dict(values.pop("trained_on"))
        trained_on["speakers"] = tuple(trained_on["speakers"])
        labels = tuple(values.pop("labels"))
        config = PresetConfig(labels=labels, trained_on=TrainedOn(**trained_on), **values)
    except (KeyError, TypeError, ValueError) as error:
        raise PresetError(f"{folder / CONFIG_FILE}: cannot be understood ({error}).") from error
    return Preset(folder, config, _read_head(folder / ONNX_FILE, config))


class PresetWriter:
    """Puts a preset together beside its place, and moves it there when all is written.

    Used as a context manager. Left by an exception, or killed, it leaves nothing at the path; a
    checkpoint stays beside it, in `<path>.*.partial`.

    Args:
        path: Path. The preset's folder; it must not exist, or be empty.

    Raises:
        PresetError: There is something at the path.
    """

    def __init__(self, path: Path) -> None:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise PresetError(f"{path}: is there already. Give a new folder, or delete that one.")
        self._path = path.resolve()

    def __enter__(self) -> "PresetWriter":
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own: what is there already may be the user's, or another run's.
        made = tempfile.mkdtemp(PARTIAL_SUFFIX, f"{self._path.name}.", self._path.parent)
        self.folder = Path(made)
        self.checkpoint = self.folder / "checkpoint.keras"
        """Where a recipe keeps its best model so far."""
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if error is not None:
            if not self.checkpoint.exists():
                shutil.rmtree(self.folder)
            return
        self.checkpoint.unlink(missing_ok=True)
        self.folder.chmod(0o755)  # as mkdir makes it; the temporary one is for its owner alone
        if self._path.exists():
            self._path.rmdir()
        self.folder.replace(self._path)

    def write_head(self, config: PresetConfig, trained: TrainedHead) -> None:
        """Writes the head and what it is."""
        _write_json(self.folder / CONFIG_FILE, asdict(config))
        (self.folder / ONNX_FILE).write_bytes(trained.onnx)
        trained.model.save(self.folder / KERAS_FILE)

    def write_split(self, split: Split) -> None:
        """Writes which clips were trained on and which were kept from it."""
        _write_json(self.folder / SPLIT_FILE, asdict(split))

    def write_metrics(self, evaluation: "Evaluation", epochs: Sequence[Epoch]) -> None:
        """Writes the figures and the training table."""
        table = [asdict(epoch) for epoch in epochs]
        _write_json(self.folder / METRICS_FILE, {**evaluation.to_dict(), "epochs": table})


def _read_head(path: Path, config: PresetConfig) -> Head:
    try:
        return load_head(config.recipe, path.read_bytes(), config.labels)
    except SettingError as error:
        raise PresetError(f"{path.parent}: {error}") from error
    except OSError as error:
        raise PresetError(f"{path}: cannot be read ({error.strerror}).") from error
    except Exception as error:
        # ONNX Runtime's errors share no public base class.
        if type(error).__module__.startswith("onnxruntime"):
            raise PresetError(f"{path}: is no head ({error}).") from error
        raise


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PresetError(f"{path}: cannot be read ({error}).") from error
    if not isinstance(values, dict):
        raise PresetError(f"{path}: cannot be understood (it is no JSON object).")
    return values


def _write_json(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
