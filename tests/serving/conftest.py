"""Services in processes of their own, on free ports."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from isogloss.serving.settings import Limits, ServiceSettings

_SERVE = (
    "from isogloss.serving.running import run_service\n"
    "from isogloss.serving.settings import Limits, ServiceSettings\n"
    "if __name__ == '__main__':\n"
    "    run_service({!r})\n"
)


@dataclass
class Served:
    """A service that runs."""

    process: subprocess.Popen[bytes]
    log_file: Path
    folder: Path
    port: int
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8")

    def spool(self) -> Path:
        """Its private folder."""
        (folder,) = self.folder.glob("isogloss-serve-*")
        return folder

    def uploads(self) -> list[Path]:
        """What lies in there."""
        return list(self.spool().rglob("*"))

    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1024

    def predict(self, path: Path, **options: Any) -> httpx.Response:
        with path.open("rb") as file:
            return httpx.post(
                f"{self.url}/v1/predict", files={"file": (path.name, file)}, timeout=60, **options
            )

    def failures(self, kind: str) -> float:
        """How many requests failed in that way."""
        text = httpx.get(f"{self.url}/metrics", headers=self.headers).text
        found = re.search(rf'isogloss_failures_total{{kind="{kind}"}} (\S+)', text)
        return float(found[1]) if found else 0.0

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


Serve = Callable[..., Served]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts services with a temporary folder each; stops them when the module is through."""
    started: list[Served] = []

    def start(
        limits: dict[str, float] | None = None,
        folder: Path | None = None,
        before: str = "",
        **settings: Any,
    ) -> Served:
        given = ServiceSettings(
            port=0,
            **({"page": False} | settings),
            limits=Limits(**(limits or {})),  # type: ignore[arg-type]
        )
        folder = folder or tmp_path_factory.mktemp("temporary")
        # A process of several is started from this file once more.
        script = tmp_path_factory.mktemp("service") / "service.py"
        script.write_text(
            before + _SERVE.format(given).replace("page=", f"token={given.token!r}, page=")
        )
        log_file = script.with_suffix(".log")
        environment = os.environ | {"TMPDIR": str(folder)}
        with log_file.open("wb") as log:
            process = subprocess.Popen([sys.executable, script], stderr=log, env=environment)
        token = {"Authorization": f"Bearer {given.token}"} if given.token else {}
        served = Served(process, log_file, folder, _port(log_file, process), token)
        started.append(served)
        return served

    yield start
    for served in started:
        served.process.kill()
        served.process.wait()


def _port(log_file: Path, process: subprocess.Popen[bytes]) -> int:
    for _ in range(600):
        log = log_file.read_text(encoding="utf-8")
        port = re.search(r'"port": (\d+)', log)
        if port and "startup complete" in log:
            return int(port[1])
        assert process.poll() is None, log
        time.sleep(0.05)
    raise AssertionError(log)


@pytest.fixture(scope="session")
def readings(shared: Path) -> list[Path]:
    """Real readings of the paragraph that `stella` knows."""
    return sorted((shared / "speech" / "passage-british").rglob("*.flac"))


@pytest.fixture(scope="session")
def reading(readings: list[Path]) -> Path:
    """One of them."""
    return readings[0]


@pytest.fixture(scope="session")
def clips(vctk: Path) -> list[Path]:
    """Real short sentences, in several formats."""
    endings = {".wav", ".flac", ".mp3"}
    return sorted(path for path in vctk.rglob("*") if path.suffix in endings)
