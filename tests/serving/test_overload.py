"""More work than there is room for is refused, and memory stays."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.serving.conftest import Serve, Served

CLIENTS = 40
REQUESTS = 400


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """A service with room for four: two at work, two waiting."""
    return serve({"queue": 2, "work_seconds": 20.0}, threads=2)


def test_ten_times_too_many_clients_are_told_when_to_come_back(
    served: Served, clips: list[Path]
) -> None:
    contents = [clip.read_bytes() for clip in clips[:40]]
    with httpx.Client(timeout=60, limits=httpx.Limits(max_connections=CLIENTS)) as client:

        def ask(number: int) -> tuple[int, str | None]:
            content = contents[number % len(contents)]
            response = client.post(f"{served.url}/v1/predict", content=content)
            return response.status_code, response.headers.get("retry-after")

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(ask, range(100)))
            before = served.megabytes()
            answers = list(pool.map(ask, range(REQUESTS)))
            assert httpx.get(f"{served.url}/healthz").status_code == 200
    counts = Counter(status for status, _ in answers)
    assert set(counts) == {200, 503}
    assert all(retry_after for status, retry_after in answers if status == 503)
    assert served.megabytes() < before + 40
    assert not served.uploads()


def test_a_client_that_leaves_while_it_is_heard_frees_its_thread(
    served: Served, readings: list[Path]
) -> None:
    # Twenty minutes of speech, as one file.
    import numpy as np
    import soundfile

    from isogloss.audio import read

    path = served.folder / "long.flac"
    speech = np.concatenate([read(reading) for reading in readings[:10]])
    soundfile.write(path, np.tile(speech, 6)[: 16_000 * 1200], 16_000)
    gone = 0
    for _ in range(2):
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{served.url}/v1/predict", content=path.read_bytes(), timeout=0.5)
        gone += 1
    started = time.monotonic()
    while served.failures("client_gone") < gone:
        assert time.monotonic() - started < 5
        time.sleep(0.05)
    assert served.predict(readings[0]).status_code == 200
