"""Recordings in, the command line's answers out."""

import json
from pathlib import Path

import httpx
import pytest
from tests.serving.conftest import Serve, Served

from isogloss import AccentClassifier


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    return serve()


def test_a_form_is_answered_as_the_library_answers(served: Served, reading: Path) -> None:
    expected = AccentClassifier.from_preset("stella", threads=1).predict(reading).to_dict()
    response = served.predict(reading)
    assert response.status_code == 200
    assert response.json() == expected | {"path": reading.name}


def test_a_raw_body_takes_the_options_of_the_command_line(served: Served, reading: Path) -> None:
    options = {"coverage": "0.9", "frames": "true", "name": "mine.flac"}
    url = f"{served.url}/v1/predict"
    answer = httpx.post(url, content=reading.read_bytes(), params=options, timeout=60).json()
    library = AccentClassifier.from_preset("stella", threads=1).predict(reading, coverage=0.9)
    assert answer == library.to_dict(frames=True) | {"path": "mine.flac"}


def test_a_batch_has_a_line_for_each_file_even_a_broken_one(
    served: Served, readings: list[Path], tmp_path: Path
) -> None:
    text = tmp_path / "notes.wav"
    text.write_text("this is no sound")
    paths = [*readings[:3], text]
    files = [("files", (path.name, path.read_bytes())) for path in paths]
    response = httpx.post(f"{served.url}/v1/predict/batch", files=files, timeout=60)
    assert response.headers["content-type"].startswith("application/x-ndjson")
    answers = {line["path"]: line for line in map(json.loads, response.text.splitlines())}
    assert set(answers) == {path.name for path in paths}
    assert answers["notes.wav"]["status"] == "failed"
    assert "is not audio" in answers["notes.wav"]["error"]
    assert all(answers[path.name]["accent"] for path in readings[:3])


def test_errors_are_the_librarys_words_and_never_name_a_place_here(
    served: Served, reading: Path
) -> None:
    url = f"{served.url}/v1/predict"
    for name, content, status, words in (
        ("notes.wav", b"this is no sound", 415, "notes.wav: is not audio that can be read"),
        ("none.wav", b"", 422, "none.wav: is empty (0 bytes)."),
        ("../../etc/x.flac", reading.read_bytes()[:60], 415, "x.flac: is not audio"),
    ):
        response = httpx.post(url, files={"file": (name, content)})
        assert response.status_code == status
        assert response.json()["error"].startswith(words)
        assert response.json()["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize("options", [{"coverage": "2"}, {"coverage": "much"}, {"frames": "x"}])
def test_options_without_sense_are_refused_in_words(
    served: Served, reading: Path, options: dict[str, str]
) -> None:
    response = served.predict(reading, params=options)
    assert response.status_code == 422
    assert next(iter(options)) in response.json()["error"]


def test_what_is_served_is_told(served: Served) -> None:
    (preset,) = httpx.get(f"{served.url}/v1/presets").json()["presets"]
    assert preset["name"] == "stella"
    assert {"label": "scottish", "name": "Scottish"} in preset["accents"]


def test_the_log_knows_a_request_by_its_id_and_no_file_by_its_name(
    served: Served, reading: Path
) -> None:
    response = served.predict(reading, headers={"X-Request-ID": "mine-1"})
    assert response.headers["x-request-id"] == "mine-1"
    lines = [json.loads(line) for line in served.log().splitlines()]
    (line,) = [line for line in lines if line.get("request_id") == "mine-1"]
    assert (line["route"], line["status"]) == ("/v1/predict", 200)
    assert reading.stem not in served.log()


def test_metrics_count_requests_audio_and_failures(served: Served, reading: Path) -> None:
    served.predict(reading)
    before = served.failures("unsupported_audio")
    httpx.post(f"{served.url}/v1/predict", content=b"no sound")
    assert served.failures("unsupported_audio") == before + 1
    text = httpx.get(f"{served.url}/metrics").text
    assert 'isogloss_requests_total{method="POST",route="/v1/predict",status="415"}' in text
    assert 'isogloss_audio_seconds_total{source="file"}' in text
    assert "isogloss_queue_length 0.0" in text


def test_nothing_is_left_in_the_private_folder(served: Served, reading: Path) -> None:
    served.predict(reading)
    assert served.spool().stat().st_mode & 0o777 == 0o700
    assert not served.uploads()
