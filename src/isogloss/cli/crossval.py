"""`isogloss crossval`: figures on speakers never heard."""

from typing import Annotated

import typer

from isogloss.cli.options import (
    DEFAULT_SEED,
    JsonOption,
    RecipeOption,
    SeedOption,
    SettingsOption,
    StoreArgument,
)


def crossval(
    store: StoreArgument,
    recipe: RecipeOption = "original",
    folds: Annotated[
        int, typer.Option(min=2, help="Number of folds, where the corpus names none.")
    ] = 5,
    settings: SettingsOption = None,
    seed: SeedOption = DEFAULT_SEED,
    json: JsonOption = None,
) -> None:
    """Measures a recipe by cross-validation, no speaker on both sides.

    Where every clip of the corpus names its own `fold`, these are used.

    Example: `isogloss crossval embeddings/ --json figures.json`
    """
    from isogloss.cli.figures import print_evaluation, write_json
    from isogloss.cli.progress import progress_bar
    from isogloss.evaluation.crossval import cross_validate
    from isogloss.heads import recipe_class
    from isogloss.store import Store

    chosen = recipe_class(recipe).from_settings(settings or [])
    opened = Store(store)
    with progress_bar("folds") as bar:
        evaluation = cross_validate(opened, chosen, folds=folds, seed=seed, report=bar.update)
    print_evaluation(evaluation)
    write_json(evaluation, json)
