"""The preset that is in the package answers readers of its paragraph, and nobody else."""

import json
import re
from importlib import resources
from pathlib import Path

import pytest
from tests.conftest import Isogloss

from isogloss import AccentClassifier
from isogloss.answers import Status
from isogloss.presets import load_preset
from isogloss.shipped import SHIPPED

FOLDER = Path(str(resources.files("isogloss.presets") / "assets" / SHIPPED))


@pytest.fixture(scope="module")
def stella() -> AccentClassifier:
    return AccentClassifier.from_preset(SHIPPED)


@pytest.fixture(scope="module")
def readings(shared: Path) -> Path:
    return shared / "speech" / "passage-british"


def test_it_is_small_and_says_what_it_is() -> None:
    assert sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()) < 3_000_000
    config = load_preset(SHIPPED).config
    assert config.recipe == "passage"
    assert config.calibration is not None
    assert config.trained_on.licence == "CC BY-NC-SA"
    assert len(config.trained_on.speakers) == 57
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "57 speakers" in card
    assert "CC BY-NC-SA" in card


def test_no_path_of_a_machine_is_in_it() -> None:
    for file in FOLDER.rglob("*.*"):
        if file.suffix in (".json", ".md"):
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"/(home|tmp|work|root)/", text)


def test_it_answers_a_reading_and_says_which_words_told(
    stella: AccentClassifier, readings: Path
) -> None:
    answer = stella.predict(readings / "scottish" / "english225.narrow.flac")
    assert answer.status is Status.OK
    assert sum(score.score for score in answer.scores) == pytest.approx(1)
    assert answer.evidence is not None
    words = [said.text for said in answer.evidence]
    assert words[:3] == ["please", "call", "stella"]
    assert len(words) == 69
    starts = [said.start for said in answer.evidence]
    assert starts == sorted(starts)
    assert starts[0] >= 0
    assert answer.evidence[-1].end <= answer.seconds


def test_readers_of_other_accents_are_readers_all_the_same(
    stella: AccentClassifier, shared: Path
) -> None:
    """Whose recordings no threshold was learned on."""
    recordings = sorted((shared / "speech" / "passage").rglob("*.flac"))[::20]
    answers = list(stella.predict_many(recordings))
    assert len(answers) == 10
    assert sum(answer.status is Status.OK for answer in answers) >= 9


def test_other_text_is_told_what_to_read(isogloss: Isogloss, vctk: Path, speech_file: Path) -> None:
    clips = sorted(vctk.rglob("*.wav"))[::30]
    run = isogloss("predict", *clips, speech_file, "--format", "jsonl")
    assert run.returncode == 0
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(answers) == len(clips) + 1
    for answer in answers:
        assert answer["status"] == "other_text"
        assert answer["accent"] is None
        assert answer["scores"] == []
        assert "not this text" in answer["error"]
        assert "Please call Stella" in answer["error"]
    assert "Please call Stella" in run.stderr


def test_a_folder_of_that_name_goes_first(
    preset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / SHIPPED).symlink_to(preset)
    monkeypatch.chdir(tmp_path)
    assert load_preset(SHIPPED).config.recipe == "original"
