"""`isogloss evaluate`: a preset measured on a store."""

from isogloss.cli.options import JsonOption, PresetArgument, StoreArgument


def evaluate(preset: PresetArgument, store: StoreArgument, json: JsonOption = None) -> None:
    """Measures a preset on the clips of a store that it was not trained on.

    Of the corpus it was trained on, these are the clips kept from training; of another, all.

    Example: `isogloss evaluate model/ embeddings/ --json figures.json`
    """
    from isogloss.cli.figures import print_evaluation, write_json
    from isogloss.presets import load_preset
    from isogloss.store import Store
    from isogloss.training import evaluate_preset

    evaluation = evaluate_preset(load_preset(preset), Store(store))
    print_evaluation(evaluation)
    write_json(evaluation, json)
