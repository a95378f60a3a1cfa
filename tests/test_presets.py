"""A preset is a folder that holds all it needs, whole or not at all."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from isogloss import AccentClassifier
from isogloss.corpora import open_corpus
from isogloss.embedding import embed_corpus
from isogloss.encoders import Encoder
from isogloss.errors import PresetError, SettingError
from isogloss.heads import recipe_class
from isogloss.heads.backend import import_keras
from isogloss.heads.frame_head import FrameHead
from isogloss.presets import load_preset
from isogloss.store import Store
from isogloss.table import FrameTable
from isogloss.training import evaluate_preset, train_preset

RECIPE = recipe_class("original").from_settings(["epochs=1"])


@pytest.fixture
def copy(preset: Path, tmp_path: Path) -> Path:
    """A preset that a test may damage."""
    return Path(shutil.copytree(preset, tmp_path / "preset"))


def edit_config(path: Path, **changes: object) -> None:
    file = path / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_it_holds_the_files_of_the_contract(preset: Path) -> None:
    assert {
        "config.json",
        "head.keras",
        "head.onnx",
        "metrics.json",
        "README.md",
    } <= {path.name for path in preset.iterdir()}


def test_nothing_of_the_training_is_left_beside_it(preset: Path) -> None:
    assert [path.name for path in preset.parent.iterdir()] == [preset.name]
    assert not (preset / "checkpoint.keras").exists()


def test_keras_and_onnx_heads_answer_alike(preset: Path, synthetic_store: Store) -> None:
    embeddings = FrameTable.load(synthetic_store).embeddings.astype(np.float32)
    config = load_preset(preset).config
    head = FrameHead((preset / "head.onnx").read_bytes(), config.labels)
    model = import_keras().models.load_model(preset / "head.keras")
    expected = model.predict(embeddings, verbose=0)
    np.testing.assert_allclose(head.probabilities(embeddings), expected, atol=1e-5)


def test_labels_travel_with_the_weights(copy: Path) -> None:
    renamed = ["cork", "leeds", "york", "ayr", "kent", "bala", "not_speech"]
    edit_config(copy, labels=renamed)
    assert AccentClassifier.from_preset(copy).accents == tuple(renamed[:-1])


def test_the_card_has_metadata_the_split_and_the_baseline(preset: Path) -> None:
    card = (preset / "README.md").read_text()
    assert card.startswith("---\nlibrary_name: keras\n")
    assert "**Trained on synthetic speech.**" in card
    assert "These figures leak" in card
    assert "always the most frequent" in card
    for picture in ("learning_curves.svg", "confusion_frames.svg", "confusion_clips.svg"):
        assert f"]({picture})" in card
        assert (preset / picture).read_text().startswith("<?xml")


def test_metrics_are_the_evaluation_and_the_training_table(preset: Path) -> None:
    metrics = json.loads((preset / "metrics.json").read_text())
    assert [row["epoch"] for row in metrics["epochs"]] == [1, 2, 3]
    assert metrics["clip"]["n"] > 0


def test_validation_clips_were_not_trained_on(preset: Path, synthetic_store: Store) -> None:
    loaded = load_preset(preset)
    everything = {row.clip.path for row in synthetic_store}
    assert set(loaded.split.validation) < everything
    assert loaded.config.trained_on.clips == len(everything) - len(loaded.split.validation)


def test_training_that_fails_leaves_nothing_at_the_path(
    synthetic_store: Store, tmp_path: Path
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_preset(synthetic_store, tmp_path / "preset", RECIPE, seed=1, report=stop)
    assert not (tmp_path / "preset").exists()


def test_what_a_cut_off_training_left_is_no_part_of_the_next(
    synthetic_store: Store, tmp_path: Path
) -> None:
    (tmp_path / "preset.partial").mkdir()
    (tmp_path / "preset.partial" / "leftover").touch()
    train_preset(synthetic_store, tmp_path / "preset", RECIPE, seed=1)
    assert not (tmp_path / "preset" / "leftover").exists()
    assert (tmp_path / "preset.partial" / "leftover").exists()


def test_a_folder_with_something_in_it_is_not_overwritten(
    synthetic_store: Store, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(PresetError, match="is there already"):
        train_preset(synthetic_store, tmp_path, RECIPE, seed=1)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_head_that_is_no_onnx_is_refused(copy: Path) -> None:
    (copy / "head.onnx").write_bytes(b"nonsense")
    with pytest.raises(PresetError, match=r"head\.onnx: is no head"):
        load_preset(copy)


def test_labels_that_do_not_fit_the_head_are_refused(copy: Path) -> None:
    edit_config(copy, labels=["irish", "welsh", "not_speech"])
    with pytest.raises(PresetError, match="3 labels"):
        load_preset(copy)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format_version": 99}, "format 99"),
        ({"surprise": 1}, "cannot be understood"),
        ({"recipe": "sorcery"}, "no recipe is called 'sorcery'"),
    ],
)
def test_a_config_of_another_kind_is_refused(
    copy: Path, changes: dict[str, object], message: str
) -> None:
    edit_config(copy, **changes)
    with pytest.raises(PresetError, match=message):
        load_preset(copy)


def test_a_missing_encoder_is_named(copy: Path) -> None:
    edit_config(copy, encoder="whisper-0123")
    with pytest.raises(PresetError, match="no encoder is called 'whisper-0123'"):
        AccentClassifier.from_preset(copy)


def test_a_preset_is_measured_on_clips_it_did_not_hear(
    preset: Path, synthetic_store: Store
) -> None:
    loaded = load_preset(preset)
    evaluation = evaluate_preset(loaded, synthetic_store)
    clip = evaluation.figures.clip
    assert clip.n + clip.unanswered == len(loaded.split.validation)
    assert evaluation.leaks


def test_a_clip_that_it_heard_is_known_under_another_name_and_label(
    preset: Path, synthetic_store: Store, encoder: Encoder, tmp_path: Path
) -> None:
    corpus = open_corpus(Path(synthetic_store.manifest.root))
    renamed = tuple(replace(clip, speaker=f"another {clip.speaker}") for clip in corpus.clips)
    embed_corpus(replace(corpus, clips=renamed), tmp_path / "store", encoder)
    loaded = load_preset(preset)
    evaluation = evaluate_preset(loaded, Store(tmp_path / "store"))
    assert evaluation.figures.clip.n == len(loaded.split.validation)
    assert evaluation.leaks


def test_an_accent_that_the_preset_does_not_know_is_named(
    preset: Path, synthetic_store: Store, encoder: Encoder, tmp_path: Path
) -> None:
    corpus = open_corpus(Path(synthetic_store.manifest.root))
    kept = load_preset(preset).split.validation
    clips = tuple(
        replace(clip, accent="cornish", speaker="someone") if clip.path == kept[0] else clip
        for clip in corpus.clips
    )
    embed_corpus(replace(corpus, clips=clips), tmp_path / "store", encoder)
    with pytest.raises(SettingError, match="cornish"):
        evaluate_preset(load_preset(preset), Store(tmp_path / "store"))


def test_a_split_that_is_damaged_is_named(copy: Path, synthetic_store: Store) -> None:
    (copy / "split.json").write_text("{}")
    with pytest.raises(PresetError, match=r"split\.json: cannot be understood"):
        evaluate_preset(load_preset(copy), synthetic_store)
