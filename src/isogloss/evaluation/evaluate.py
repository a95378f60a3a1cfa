"""A head measured on clips."""

from collections.abc import Collection

from isogloss.errors import SettingError
from isogloss.evaluation.figures import compute_figures
from isogloss.evaluation.predictions import predict_table
from isogloss.evaluation.report import Evaluation
from isogloss.heads import Head
from isogloss.store import Manifest
from isogloss.table import FrameTable


def evaluate_head(
    head: Head,
    table: FrameTable,
    manifest: Manifest,
    *,
    recipe: str,
    seed: int,
    split: str,
    heard: Collection[str],
    failed: int,
) -> Evaluation:
    """Measures a head on the clips of a table.

    Args:
        head: Head. What is measured.
        table: FrameTable. The clips.
        manifest: Manifest. The store they come from.
        recipe: str. The recipe that trained the head.
        seed: int. What it was trained with; fixes the intervals too.
        split: str. In words, which clips these are.
        heard: collection of str. The speakers that the head was trained on.
        failed: int. Clips of the store's corpus that could not be read.

    Raises:
        SettingError: The clips have an accent that the head does not know.
        StoreError: No clip holds speech.
    """
    unknown = sorted(set(table.accents) - set(head.accents))
    if unknown:
        raise SettingError(
            f"the corpus has the accents {', '.join(unknown)}, which the preset does not know: it "
            f"tells {', '.join(head.accents)}."
        )
    speakers = set(table.speakers)
    return Evaluation(
        figures=compute_figures(predict_table(head, table, head.accents), seed),
        corpus=manifest.corpus,
        synthetic=manifest.synthetic,
        encoder=manifest.encoder,
        recipe=recipe,
        seed=seed,
        split=split,
        speakers=len(speakers),
        speakers_heard=len(speakers.intersection(heard)),
        failed=failed,
    )
