"""A recording gives one honest answer, however it is handed over and however many there are."""

import io
import itertools
import json
import shutil
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from isogloss import AccentClassifier
from isogloss.answers import Answer, Status
from isogloss.audio import SAMPLE_RATE, Waveform
from isogloss.errors import AudioError, PresetError
from isogloss.labels import NOT_SPEECH


@pytest.fixture(scope="module")
def classifier(preset: Path) -> AccentClassifier:
    return AccentClassifier.from_preset(preset, threads=1)


@pytest.fixture(scope="module")
def answer(classifier: AccentClassifier, speech_file: Path) -> Answer:
    """The answer for the recording of speech."""
    return classifier.predict(speech_file)


@pytest.fixture(scope="module")
def recordings(synthetic_corpus: Path) -> list[Path]:
    """Eight recordings of different voices."""
    return sorted(synthetic_corpus.rglob("*.wav"))[::9]


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    """A text that calls itself a recording."""
    path = tmp_path / "text.wav"
    path.write_text("no recording")
    return path


def covered(starts: NDArray[np.float64], frame: float, seconds: float) -> float:
    """Returns by counting milliseconds how much of a recording lies in frames."""
    times = np.arange(0, seconds, 0.001)[:, None]
    return float(((times >= starts) & (times < starts + frame)).any(axis=1).sum() / 1000)


def test_path_bytes_file_and_array_give_the_same_answer(
    classifier: AccentClassifier, speech_file: Path, answer: Answer
) -> None:
    content = speech_file.read_bytes()
    for source in (
        str(speech_file),
        content,
        io.BytesIO(content),
        soundfile.read(speech_file, dtype="int16"),
    ):
        other = classifier.predict(source)
        assert other.scores == answer.scores
        assert other.seconds == answer.seconds
        assert other.speech_seconds == answer.speech_seconds


def test_an_answer_names_its_recording(speech_file: Path, answer: Answer) -> None:
    assert answer.path == str(speech_file)


def test_scores_are_of_all_accents_and_nothing_else(
    classifier: AccentClassifier, answer: Answer
) -> None:
    labels = [score.label for score in answer.scores]
    assert sorted(labels) == sorted(classifier.accents)
    assert NOT_SPEECH not in labels


def test_scores_sum_to_one_best_first(answer: Answer) -> None:
    scores = [score.score for score in answer.scores]
    assert sum(scores) == pytest.approx(1)
    assert scores == sorted(scores, reverse=True)
    assert answer.accent == answer.scores[0].label


def test_scores_are_the_mean_of_the_frames_without_what_is_no_speech(answer: Answer) -> None:
    assert answer.frames
    mean = dict(
        zip(answer.frames.labels, answer.frames.probabilities.mean(axis=0).tolist(), strict=True)
    )
    share = mean.pop(NOT_SPEECH)
    expected = {label: value / (1 - share) for label, value in mean.items()}
    assert {score.label: score.score for score in answer.scores} == pytest.approx(
        expected, rel=1e-4
    )


@pytest.mark.parametrize("seconds", [0.3, 10])
def test_silence_is_no_speech(classifier: AccentClassifier, seconds: float) -> None:
    silence = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
    answer = classifier.predict((silence, SAMPLE_RATE))
    assert answer.status is Status.NO_SPEECH
    assert answer.accent is None
    assert answer.scores == ()
    assert answer.seconds == seconds
    assert answer.speech_seconds == 0


def test_what_cannot_be_read_raises(classifier: AccentClassifier, text_file: Path) -> None:
    with pytest.raises(AudioError, match=r"text\.wav"):
        classifier.predict(text_file)


def test_speech_seconds_are_those_in_frames_that_hold_speech(
    classifier: AccentClassifier, speech: Waveform
) -> None:
    silence = np.zeros(5 * SAMPLE_RATE, np.float32)
    recording = np.concatenate((silence, speech, silence, speech[: 2 * SAMPLE_RATE]))
    answer = classifier.predict((recording, SAMPLE_RATE))
    assert answer.frames
    starts = answer.frames.starts[answer.frames.speech]
    expected = covered(starts, answer.frames.seconds, answer.seconds)
    assert answer.speech_seconds == pytest.approx(expected, abs=0.002)
    # A frame reaches beyond the speech by less than its length, at each of three edges.
    length = len(speech) / SAMPLE_RATE + 2
    assert length - 3 * 0.96 < answer.speech_seconds < length + 3 * 0.96


def test_a_frame_is_no_longer_than_its_recording(
    classifier: AccentClassifier, speech: Waveform
) -> None:
    loudest = int(np.abs(speech).argmax())
    word = speech[max(0, loudest - 4000) : loudest + 4000]
    answer = classifier.predict((word, SAMPLE_RATE))
    assert answer.status is Status.OK
    assert answer.speech_seconds == answer.seconds == len(word) / SAMPLE_RATE


def test_json_has_what_the_contract_names(answer: Answer) -> None:
    values = json.loads(json.dumps(answer.to_dict()))
    assert list(values) == [
        "path",
        "status",
        "accent",
        "scores",
        "seconds",
        "speech_seconds",
        "error",
    ]
    assert values["status"] == "ok"
    assert values["error"] is None
    assert list(values["scores"][0]) == ["label", "score"]


def test_json_of_frames_has_their_times_speech_and_scores(
    classifier: AccentClassifier, answer: Answer
) -> None:
    frames = json.loads(json.dumps(answer.to_dict(frames=True), allow_nan=False))["frames"]
    assert answer.frames
    assert [frame["start"] for frame in frames] == [
        round(0.48 * i, 3) for i in range(len(answer.frames))
    ]
    for frame in frames:
        assert list(frame) == ["start", "end", "speech", "scores"]
        assert frame["end"] == pytest.approx(frame["start"] + 0.96)
        assert isinstance(frame["speech"], bool)
        scores = [score["score"] for score in frame["scores"]]
        assert sum(scores) == pytest.approx(1)
        assert scores == sorted(scores, reverse=True)
        assert sorted(s["label"] for s in frame["scores"]) == sorted(classifier.accents)


def test_answers_come_in_order_the_same_for_any_number_of_workers(
    classifier: AccentClassifier, recordings: list[Path]
) -> None:
    alone = list(classifier.predict_many(recordings))
    together = list(classifier.predict_many(recordings, workers=3))
    assert [answer.path for answer in alone] == [str(path) for path in recordings]
    assert [answer.to_dict(frames=True) for answer in together] == [
        answer.to_dict(frames=True) for answer in alone
    ]


def test_a_bad_recording_is_one_failed_answer(
    classifier: AccentClassifier, speech_file: Path, text_file: Path
) -> None:
    answers = list(classifier.predict_many([speech_file, text_file, b"", speech_file]))
    assert [answer.status for answer in answers] == ["ok", "failed", "failed", "ok"]
    assert answers[1].path == str(text_file)
    assert "is not audio" in (answers[1].error or "")
    assert answers[1].to_dict(frames=True)["frames"] == []


@pytest.mark.parametrize("workers", [1, 3])
def test_recordings_are_taken_as_answers_are_asked_for(
    workers: int, classifier: AccentClassifier, speech_file: Path
) -> None:
    taken = itertools.count()

    def endless() -> Iterator[Path]:
        while True:
            next(taken)
            yield speech_file

    answers = classifier.predict_many(endless(), workers=workers)
    first = list(itertools.islice(answers, 3))
    assert all(answer.status is Status.OK for answer in first)
    assert next(taken) <= 3 + 2 * workers


def test_a_long_recording_takes_no_more_memory_than_a_short_one(
    classifier: AccentClassifier, speech: Waveform, tmp_path: Path
) -> None:
    def peak(minutes: int) -> int:
        path = tmp_path / f"{minutes}.wav"
        repeats = 1 + minutes * 60 * SAMPLE_RATE // len(speech)
        soundfile.write(path, np.tile(speech, repeats), SAMPLE_RATE)
        tracemalloc.start()
        answer = classifier.predict(path)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert answer.seconds >= minutes * 60
        return highest

    # Five minutes more are 18 MiB of waveform, and 2.4 MiB of embeddings.
    assert peak(6) < peak(1) + 2**20


def test_a_preset_of_another_encoder_is_refused(preset: Path, tmp_path: Path) -> None:
    other = tmp_path / "preset"
    shutil.copytree(preset, other)
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps({**config, "encoder": "yamnet-00000000"}))
    with pytest.raises(PresetError, match="yamnet-00000000"):
        AccentClassifier.from_preset(other)
