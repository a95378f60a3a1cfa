"""Cross-validation on speakers never heard."""

from collections.abc import Callable

from isogloss.evaluation.figures import compute_figures
from isogloss.evaluation.predictions import Predictions, predict_table
from isogloss.evaluation.report import Evaluation
from isogloss.heads import Recipe, load_head
from isogloss.splits import split_speakers
from isogloss.store import Store
from isogloss.table import FrameTable

FoldReporter = Callable[[int, int], None]
"""Called before the first fold and after each, with the folds done and the folds in all."""


def cross_validate(
    store: Store,
    recipe: Recipe,
    *,
    folds: int = 5,
    seed: int,
    report: FoldReporter | None = None,
) -> Evaluation:
    """Trains on all folds but one and tests on that one, for each; no speaker is on both sides.

    The figures are of all held-out answers together. What the recipe validates on while it trains
    comes from the training folds.

    Args:
        store: Store. The embedded corpus; its own folds are used where every clip names one.
        recipe: Recipe. What to train.
        folds: int. Number of folds where the corpus names none.
        seed: int. Fixes folds, training and intervals.
        report: callable or None. Called before the first fold and after each.

    Raises:
        StoreError: The store is incomplete.
        SettingError: The folds cannot be made.
    """
    table = FrameTable.load(store)
    rounds, split = split_speakers(table.clips, folds, seed)
    shared: set[str] = set()
    held_out: list[tuple[str, Predictions]] = []
    for number, fold in enumerate(rounds):
        if report:
            report(number, len(rounds))
        taught, tested = table.select(fold.train), table.select(fold.test)
        shared |= set(taught.speakers) & set(tested.speakers)
        trained = recipe.fit(taught, seed=seed)
        head = load_head(recipe.name, trained.onnx, trained.labels)
        predictions = predict_table(head, tested, table.accents)
        held_out.append((fold.name, predictions))
    if report:
        report(len(rounds), len(rounds))
    pooled = Predictions.join(predictions for _, predictions in held_out)
    return Evaluation(
        figures=compute_figures(pooled, seed),
        corpus=store.manifest.corpus,
        synthetic=store.manifest.synthetic,
        encoder=store.manifest.encoder,
        recipe=recipe.name,
        seed=seed,
        split=f"{len(rounds)} folds, {split}",
        speakers=len(set(table.speakers)),
        speakers_heard=len(shared),
        failed=len(store.failures),
        folds=tuple((name, compute_figures(one, seed)) for name, one in held_out if one.any_speech),
    )
