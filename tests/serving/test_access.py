"""Who may ask: token, rate, origins."""

import httpx
import pytest
from tests.serving.conftest import Serve, Served

TOKEN = "only for tests"  # noqa: S105
PAGE = "https://page.example"


@pytest.fixture(scope="module")
def guarded(serve: Serve) -> Served:
    return serve(token=TOKEN, requests_per_minute=8, origins=(PAGE,))


def test_only_who_shows_the_token_is_answered(guarded: Served) -> None:
    url = f"{guarded.url}/v1/presets"
    refused = httpx.get(url)
    assert (refused.status_code, refused.json()["kind"]) == (401, "unauthorised")
    assert httpx.get(url, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert httpx.get(url, headers=guarded.headers).status_code == 200
    assert httpx.get(url, auth=("anyone", TOKEN)).status_code == 200
    assert httpx.get(f"{guarded.url}/metrics").status_code == 401
    assert TOKEN not in guarded.log()


def test_probes_need_no_token_and_have_no_rate(guarded: Served) -> None:
    for probe in ("healthz", "readyz"):
        for _ in range(10):
            assert httpx.get(f"{guarded.url}/{probe}").status_code == 200


def test_only_named_origins_may_read_answers(guarded: Served) -> None:
    def allowed(origin: str) -> str | None:
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        response = httpx.options(f"{guarded.url}/v1/predict", headers=headers)
        given: str | None = response.headers.get("access-control-allow-origin")
        return given

    assert allowed(PAGE) == PAGE
    assert allowed("https://other.example") is None


def test_too_many_requests_of_one_client_are_told_to_wait(guarded: Served) -> None:
    for _ in range(9):
        response = httpx.get(f"{guarded.url}/v1/presets", headers=guarded.headers)
    assert response.status_code == 429
    assert 1 <= int(response.headers["retry-after"]) <= 60
