"""`isogloss space`: the page as a Hugging Face Space."""

from pathlib import Path
from typing import Annotated

import typer

from isogloss.cli.options import ModelOption
from isogloss.shipped import SHIPPED


def space(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the Space; a new one.")],
    model: ModelOption = SHIPPED,
    install: Annotated[
        str | None,
        typer.Option(
            metavar="REQUIREMENT",
            help="What installs isogloss there, if not this version from PyPI.",
        ),
    ] = None,
) -> None:
    """Writes a folder that is a Hugging Face Space with the page of `isogloss serve`.

    It holds `app.py`, `requirements.txt`, a README with the Space's settings, and the model, if
    that is a folder. Look through it, then push it: `hf upload OWNER/NAME DIR --repo-type space`.

    Examples: `isogloss space space/`, `isogloss space space/ --model hf://owner/name`
    """
    from isogloss.serving.space import INSTALL, write_space

    write_space(folder, model, install=install or INSTALL)
    typer.echo(f"Wrote {folder}. Try it: python {folder / 'app.py'}")
