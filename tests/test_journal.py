"""A run's answers outlive it: cut off at any byte, the next run goes on, and none is mixed in."""

import json
import resource
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen
from sys import executable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isogloss.errors import OutputError
from isogloss.journal import open_journal

Isogloss = Callable[..., CompletedProcess[str]]

RUN = {"model": "a"}
RECORDS = [{"path": f"é\n{i}.wav", "status": "failed", "error": "x" * i} for i in range(6)]


def run_all(path: Path) -> int:
    """Does what a run does; returns how many recordings it had to hear."""
    heard = 0
    with open_journal(path, RUN) as journal:
        for record in journal.remaining((str(r["path"]), r) for r in RECORDS):
            journal.write(record)
            heard += 1
    return heard


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "journal"
    run_all(path)
    return path.read_bytes()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 400), zeros=st.sampled_from([0, 1, 4096]))
def test_cut_at_any_byte_it_ends_as_an_unbroken_run(
    whole: bytes, tmp_path: Path, cut: int, zeros: int
) -> None:
    path = tmp_path / "journal"
    path.write_bytes(whole[:cut] + b"\0" * zeros)
    (tmp_path / "journal.run.json").write_text(json.dumps(RUN))
    assert run_all(path) == len(RECORDS) - whole[:cut].count(b"\n")
    assert path.read_bytes() == whole


def test_another_runs_journal_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_text(json.dumps(RECORDS[0]) + "\n")
    (tmp_path / "journal.run.json").write_text(json.dumps(RUN))
    before = path.read_bytes()
    with pytest.raises(OutputError, match="another model"), open_journal(path, {"model": "b"}):
        pass
    assert path.read_bytes() == before


def test_recordings_that_have_changed_are_refused(tmp_path: Path) -> None:
    with open_journal(tmp_path / "journal", RUN) as journal:
        journal.write(RECORDS[0])
        with pytest.raises(OutputError, match="has changed since"):
            list(journal.remaining([("other.wav", None)]))


def test_two_runs_do_not_write_to_one(tmp_path: Path) -> None:
    with (
        open_journal(tmp_path / "journal", RUN),
        pytest.raises(OutputError, match="another run"),
        open_journal(tmp_path / "journal", RUN),
    ):
        pass


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_killed_and_run_again_the_command_ends_with_the_answers_of_an_unbroken_run(
    isogloss: Isogloss, synthetic_corpus: Path, preset: Path, tmp_path: Path, form: str
) -> None:
    common = ["predict", str(synthetic_corpus), "--model", str(preset), "--format", form]
    common += ["--workers", "1", "--output"]
    cut, unbroken = tmp_path / "cut", tmp_path / "unbroken"
    isogloss(*common, unbroken)
    partial = tmp_path / "cut.partial"
    with Popen([executable, "-m", "isogloss", *common, str(cut)], stderr=PIPE) as run:
        while not (partial.exists() and partial.stat().st_size):
            assert run.poll() is None
        run.kill()
    assert not cut.exists()
    again = isogloss(*common, cut)
    assert again.returncode == 0, again.stderr
    assert "Going on after" in again.stderr
    assert cut.read_bytes() == unbroken.read_bytes()
    assert set(tmp_path.iterdir()) == {cut, unbroken}


def test_a_full_disk_keeps_what_was_answered_and_the_next_run_goes_on(
    isogloss: Isogloss, synthetic_corpus: Path, preset: Path, tmp_path: Path
) -> None:
    output = tmp_path / "answers"
    common = ["predict", str(synthetic_corpus), "--model", str(preset), "--format", "jsonl"]
    command = [executable, "-m", "isogloss", *common, "--output", str(output)]

    def no_room() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))

    with Popen(command, stderr=PIPE, text=True, preexec_fn=no_room) as run:  # noqa: PLW1509
        _, stderr = run.communicate(timeout=60)
    assert run.returncode == 2
    assert "run the same again" in stderr
    again = isogloss(*common, "--output", output)
    assert "Going on after" in again.stderr
    assert len({json.loads(line)["path"] for line in output.open()}) == 72


def test_a_long_list_of_failures_is_answered_in_order_and_told_of_in_short(
    isogloss: Isogloss, preset: Path, tmp_path: Path
) -> None:
    names = [f"no/{i}.wav" for i in range(3_000)]
    (tmp_path / "list").write_text("\n".join(names))
    run = isogloss("predict", "--from", tmp_path / "list", "--model", preset, "--format", "jsonl")
    assert [json.loads(line)["path"] for line in run.stdout.splitlines()] == names
    assert run.returncode == 1
    assert "and 2900 more" in run.stderr
