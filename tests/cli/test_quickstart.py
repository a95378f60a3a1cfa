"""`isogloss quickstart` is what a newcomer runs first: whole, offline, in four minutes."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from isogloss import AccentClassifier
from isogloss.corpora import open_corpus
from isogloss.presets import load_preset

Isogloss = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quickstart") / "out"


@pytest.fixture(scope="module")
def first_run(isogloss: Isogloss, out: Path) -> tuple[CompletedProcess[str], float]:
    started = time.monotonic()
    run = isogloss("quickstart", "--out", out)
    return run, time.monotonic() - started


def test_it_takes_at_most_four_minutes(
    first_run: tuple[CompletedProcess[str], float],
) -> None:
    run, seconds = first_run
    assert run.returncode == 0, run.stderr
    assert seconds < 240


def test_the_shared_speakers_figure_is_above_the_honest_one(
    first_run: tuple[CompletedProcess[str], float],
) -> None:
    run, _ = first_run
    shared, apart = (
        int(share)
        for share in re.findall(r"Clips right, speakers (?:shared|apart): +(\d+)%", run.stdout)
    )
    assert shared >= apart + 10


def test_it_says_that_the_speech_is_synthetic(
    first_run: tuple[CompletedProcess[str], float],
) -> None:
    assert "What the figures mean, on synthetic speech" in first_run[0].stdout


@pytest.mark.usefixtures("first_run")
def test_the_corpus_has_sixteen_speakers_of_each_of_six_accents(out: Path) -> None:
    corpus = open_corpus(out / "corpus")
    speakers = {(clip.accent, clip.speaker) for clip in corpus.clips}
    accents = [accent for accent, _ in speakers]
    assert {accent: accents.count(accent) for accent in accents} == dict.fromkeys(
        ("irish", "midlands", "northern", "scottish", "southern", "welsh"), 16
    )
    assert corpus.synthetic


@pytest.mark.usefixtures("first_run")
def test_what_it_made_can_be_used(out: Path) -> None:
    clip = min(load_preset(out / "preset").validation)
    answer = AccentClassifier.from_preset(out / "preset").predict(out / "corpus" / clip)
    assert answer.status == "ok"
    assert not json.loads((out / "crossval.json").read_text())["leaks"]


@pytest.mark.usefixtures("first_run")
def test_run_again_it_does_not_train_again(isogloss: Isogloss, out: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    run = isogloss("quickstart", "--out", out)
    after = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    assert run.returncode == 0
    changed = {path.relative_to(out).as_posix() for path in after if after[path] != before[path]}
    assert changed <= {"store/failures.jsonl"}
