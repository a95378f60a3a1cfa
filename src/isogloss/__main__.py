"""`python -m isogloss` is the `isogloss` command."""

from isogloss.cli.main import main

main()
