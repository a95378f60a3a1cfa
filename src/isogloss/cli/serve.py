"""`isogloss serve`: the service and the web page."""

import os
from typing import Annotated

import typer

from isogloss.cli.options import ModelOption
from isogloss.shipped import SHIPPED


def serve(
    model: ModelOption = SHIPPED,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 7860,
    workers: Annotated[
        int, typer.Option(min=1, help="Server processes; each loads the model for itself.")
    ] = 1,
    max_upload: Annotated[
        int, typer.Option(metavar="BYTES", min=1, help="Greatest body of a request.")
    ] = 64 * 2**20,
    max_seconds: Annotated[
        float, typer.Option(metavar="S", min=1, help="Longest recording, decoded.")
    ] = 1800.0,
    time_limit: Annotated[
        float, typer.Option(metavar="S", min=0.1, help="Longest work on one recording.")
    ] = 60.0,
    queue: Annotated[
        int, typer.Option(min=0, help="Recordings that may wait in each process.")
    ] = 64,
    rate_limit: Annotated[
        int | None,
        typer.Option(metavar="PER_MINUTE", min=1, help="Requests a minute of one client."),
    ] = None,
    cors: Annotated[
        list[str] | None,
        typer.Option(metavar="ORIGIN", help="Web origin whose pages may call; repeatable."),
    ] = None,
    page: Annotated[bool, typer.Option("--page/--no-page", help="Serve the web page at /.")] = True,
) -> None:
    """Serves a model over HTTP, with a web page at `/`.

    `POST /v1/predict` answers as `isogloss predict --format jsonl` does; `/openapi.json` tells
    the rest.
    Nothing is kept. Only this machine is listened to unless `--host` says otherwise; with
    `ISOGLOSS_TOKEN` set, clients must show it. SIGTERM and Ctrl-C finish what was begun.

    Examples: `isogloss serve`, `isogloss serve --model model/ --port 8000 --no-page`,
    `ISOGLOSS_TOKEN=secret isogloss serve --host 0.0.0.0 --rate-limit 60`
    """
    from isogloss.serving.running import run_service
    from isogloss.serving.settings import Limits, ServiceSettings

    limits = Limits(
        upload_bytes=max_upload,
        recording_seconds=max_seconds,
        work_seconds=time_limit,
        queue=queue,
    )
    run_service(
        ServiceSettings(
            model=model,
            host=host,
            port=port,
            processes=workers,
            limits=limits,
            requests_per_minute=rate_limit,
            origins=tuple(cors or ()),
            token=os.environ.get("ISOGLOSS_TOKEN"),
            page=page,
        )
    )
