"""A cluster gives what this machine gives, row for row, and a node that dies costs nothing."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from isogloss.corpora import open_corpus
from isogloss.embedding import embed_corpus
from isogloss.encoders import create_encoder
from isogloss.engines import create_engine
from isogloss.errors import IsoglossError, MissingExtraError, SettingError

ray = pytest.importorskip("ray")

Isogloss = Callable[..., subprocess.CompletedProcess[str]]


@dataclass(frozen=True)
class Slow:
    """Work that takes a while, says on which node it was done, and fails as a whole at -1."""

    seconds: float

    def start(self, _stopped: Event) -> Callable[[int], tuple[int, str]]:
        import time

        import ray

        from isogloss.errors import SettingError

        def do(item: int) -> tuple[int, str]:
            if item == -1:
                raise SettingError("no such setting.")
            time.sleep(self.seconds)
            return item, ray.get_runtime_context().get_node_id()

        return do


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes of two logical processors each."""
    import os

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    running: Any = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False}
    )
    running.second = running.add_node(num_cpus=2)
    running.connect()
    yield running
    ray.shutdown()
    running.shutdown()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_store_is_byte_for_byte_that_of_the_local_engine(
    cluster: Any, synthetic_corpus: Path, tmp_path: Path
) -> None:
    corpus = open_corpus(synthetic_corpus)
    encoder = create_encoder("yamnet", threads=1)
    embed_corpus(corpus, tmp_path / "local", encoder)
    with create_engine("ray", cluster.address, None) as engine:
        embed_corpus(corpus, tmp_path / "ray", encoder, engine=engine)
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")
    assert ray.is_initialized()  # whose it is may go on with it


def test_an_error_of_the_work_as_a_whole_is_raised_as_it_is(cluster: Any) -> None:
    with (
        create_engine("ray", cluster.address, None) as engine,
        pytest.raises(IsoglossError, match=r"^no such setting\.$"),
    ):
        list(engine.map(Slow(0), [1, -1]))


def test_a_node_that_dies_loses_nothing_and_doubles_nothing(cluster: Any) -> None:
    with create_engine("ray", cluster.address, None) as engine:
        # Work enough for the second node's actor to start, however busy the machine is.
        results = engine.map(Slow(0.1), range(1_000))
        seen = [next(results)]
        second = cluster.second.node_id
        while seen[-1][1] != second:
            seen.append(next(results))
        cluster.remove_node(cluster.second, allow_graceful=False)
        seen += results
    assert [item for item, _ in seen] == list(range(1_000))


def test_the_command_hears_on_two_processors_what_it_hears_without_ray(
    isogloss: Isogloss, synthetic_corpus: Path, preset: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_text("no audio")
    common = ["predict", synthetic_corpus / "welsh", broken, "--model", preset]
    common += ["--format", "jsonl"]
    local = isogloss(*common, "--workers", 2)
    command = [sys.executable, "-m", "isogloss", *map(str, common), "--engine", "ray"]
    # Actors on every processor would wait for ever.
    on_ray = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert on_ray.returncode == local.returncode == 1, on_ray.stderr
    assert on_ray.stdout == local.stdout
    assert len(on_ray.stdout.splitlines()) == 13
    assert json.loads(on_ray.stdout.splitlines()[-1])["status"] == "failed"
    assert "broken.wav: is not audio" in on_ray.stderr


def test_an_address_without_a_cluster_is_refused() -> None:
    with pytest.raises(SettingError, match="--engine ray"), create_engine("local", "auto", 1):
        pass


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        pytest.raises(MissingExtraError, match=r"isogloss\[ray\]"),
        create_engine("ray", None, None),
    ):
        pass
