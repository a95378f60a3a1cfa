"""A service that is told to stop finishes what it has taken, and leaves nothing."""

import threading
import time
from pathlib import Path

import httpx
from tests.serving.conftest import Serve

CLIENTS = 12


def test_sigterm_under_load_loses_no_accepted_request(serve: Serve, clips: list[Path]) -> None:
    served = serve()
    contents = [clip.read_bytes() for clip in clips[:24]]
    outcomes: list[tuple[float, int | str]] = []

    def ask(number: int) -> None:
        with httpx.Client(timeout=30) as client:
            while True:
                begun = time.monotonic()
                try:
                    url = f"{served.url}/v1/predict"
                    status = client.post(url, content=contents[number]).status_code
                except httpx.TransportError as error:
                    outcomes.append((begun, type(error).__name__))
                    return
                outcomes.append((begun, status))
                if status == 503:
                    return

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    time.sleep(1.5)
    told = time.monotonic()
    assert served.stop() == 0
    for client in clients:
        client.join()
    on_its_way = 0.1  # seconds: sent before and arrived after is not accepted
    early = [outcome for begun, outcome in outcomes if begun < told - on_its_way]
    assert len(early) > 2 * CLIENTS
    assert set(early) == {200}
    # Later ones are refused in words while it finishes, and cannot connect afterwards.
    assert {outcome for _, outcome in outcomes} <= {200, 503, "ConnectError"}
    assert not list(served.folder.glob("isogloss-serve-*"))


def test_what_a_killed_service_left_is_removed_by_the_next(serve: Serve, tmp_path: Path) -> None:
    killed = serve(folder=tmp_path)
    left = killed.spool() / "recording"
    left.write_bytes(b"somebody's voice")
    killed.process.kill()
    killed.process.wait()
    living = serve(folder=tmp_path)
    assert not left.exists()
    other = serve(folder=tmp_path)
    assert living.folder == other.folder
    assert len(list(tmp_path.glob("isogloss-serve-*"))) == 2


def test_several_processes_serve_count_together_and_stop(serve: Serve, reading: Path) -> None:
    served = serve(processes=2)
    pids = set()
    for _ in range(12):
        assert served.predict(reading).status_code == 200
        text = httpx.get(f"{served.url}/metrics").text
        pids |= {line for line in text.splitlines() if "predict" in line and "_count" in line}
    assert 'isogloss_request_seconds_count{route="/v1/predict"} 12.0' in pids
    assert served.stop() == 0
    assert not list(served.folder.glob("isogloss-*"))


LISTENING_PAGE = """
import asyncio, sys, types
from fastapi.responses import StreamingResponse

async def forever():
    while True:
        yield b"."
        await asyncio.sleep(0.1)

def mount_page(app, predictor):
    app.add_api_route("/listen", lambda: StreamingResponse(forever()))

sys.modules["isogloss.serving.page"] = types.SimpleNamespace(mount_page=mount_page)
"""


def test_a_page_that_is_open_does_not_keep_a_service_from_stopping(serve: Serve) -> None:
    served = serve(before=LISTENING_PAGE, page=True)
    with httpx.stream("GET", f"{served.url}/listen") as response:
        heard = response.iter_raw()
        next(heard)
        assert served.stop() == 0
