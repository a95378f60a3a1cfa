"""A folder that is a Space: what the hub reads, and that it serves the page."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from huggingface_hub import metadata_load

Isogloss = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def space(isogloss: Isogloss, preset: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "space"
    (preset / "private.txt").write_text("nobody else's business")
    done = isogloss("space", folder, "--model", preset)
    (preset / "private.txt").unlink()
    assert done.returncode == 0, done.stderr
    return folder


def test_its_readme_says_what_the_hub_asks(space: Path) -> None:
    settings = metadata_load(space / "README.md")
    assert settings is not None
    assert settings["sdk"] == "gradio"
    assert (space / settings["app_file"]).is_file()
    assert re.fullmatch(r"6\.\d+\.\d+", settings["sdk_version"])
    assert len(settings["short_description"]) <= 60
    assert (space / "requirements.txt").read_text().startswith("isogloss[serve,synth]==")


def test_it_takes_the_model_and_nothing_else_from_its_folder(space: Path, preset: Path) -> None:
    assert (space / "model" / "head.onnx").read_bytes() == (preset / "head.onnx").read_bytes()
    assert not (space / "model" / "private.txt").exists()


def test_a_folder_with_something_in_it_is_left_alone(isogloss: Isogloss, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("mine")
    done = isogloss("space", tmp_path)
    assert done.returncode == 2
    assert "holds something already" in done.stderr
    assert (tmp_path / "app.py").read_text() == "mine"


def test_its_app_serves_the_page(space: Path, free_port: int) -> None:
    app = (space / "app.py").read_text()
    here = app.replace("0.0.0.0", "127.0.0.1").replace("7860", str(free_port))  # noqa: S104
    (space / "app.py").write_text(here)
    environment = os.environ | {"TMPDIR": str(space.parent)}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=space, env=environment)
    try:
        for _ in range(120):
            try:
                answer = httpx.get(f"http://127.0.0.1:{free_port}/")
                break
            except httpx.ConnectError:
                assert process.poll() is None
                time.sleep(0.25)
        assert answer.status_code == 200
        assert "isogloss" in answer.text
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
