"""The service does what its OpenAPI says."""

import subprocess
import sys
from pathlib import Path

from tests.serving.conftest import Serve


def test_schemathesis_finds_nothing(serve: Serve, tmp_path: Path) -> None:
    served = serve()
    options = ["--max-examples", "30", "--generation-deterministic", "--no-color"]
    # Which bytes are a recording no schema says: most that it allows are rightly refused.
    options += ["--exclude-checks", "positive_data_acceptance"]
    run = subprocess.run(
        [Path(sys.executable).with_name("st"), "run", f"{served.url}/openapi.json", *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stdout
    assert "6 selected" in run.stdout
    assert '"level": "error"' not in served.log()
