"""`isogloss train`: a store to a preset."""

from isogloss.cli.options import (
    DEFAULT_SEED,
    PresetArgument,
    RecipeOption,
    SeedOption,
    SettingsOption,
    StoreArgument,
)


def train(
    store: StoreArgument,
    preset: PresetArgument,
    recipe: RecipeOption = "original",
    settings: SettingsOption = None,
    seed: SeedOption = DEFAULT_SEED,
) -> None:
    """Trains a head on a store and writes it as a preset.

    Examples: `isogloss train embeddings/ model/`,
    `isogloss train embeddings/ model/ --set epochs=20 --set batch_size=256`
    """
    from isogloss.cli.epochs import epoch_table
    from isogloss.cli.figures import print_evaluation
    from isogloss.heads import recipe_class
    from isogloss.store import Store
    from isogloss.training import train_preset

    chosen = recipe_class(recipe).from_settings(settings or [])
    opened = Store(store)
    with epoch_table() as report:
        evaluation = train_preset(opened, preset, chosen, seed=seed, report=report)
    print_evaluation(evaluation)
