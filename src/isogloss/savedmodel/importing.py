"""The published weights as a preset, so that the model of 2022 answers again."""

from dataclasses import asdict
from pathlib import Path

from isogloss.corpora import slr83
from isogloss.encoders.yamnet import YamnetEncoder
from isogloss.errors import StoreError
from isogloss.heads import TrainedHead
from isogloss.heads.onnx_export import export_dense
from isogloss.heads.original import OriginalRecipe, build_network
from isogloss.presets import CARD_FILE, PresetConfig, PresetWriter, Split, TrainedOn
from isogloss.provenance import current_provenance
from isogloss.savedmodel import published
from isogloss.savedmodel.card import describe_published
from isogloss.savedmodel.dense import read_dense
from isogloss.splits import split_files
from isogloss.store import Store
from isogloss.version import VERSION


def import_savedmodel(
    folder: Path, preset: Path, store: Store | None = None, *, command: str | None = None
) -> None:
    """Writes a preset from the TensorFlow SavedModel of the original system.

    Only the weights are read, and TensorFlow is not needed. What the preset says of itself, such
    as what it was trained on, is what was published; nothing is measured.

    Args:
        folder: Path. The SavedModel, as fetched from the hub.
        preset: Path. The preset's folder, new or empty.
        store: Store or None. OpenSLR 83, embedded in the order of its index: then the preset
            knows which clips were trained on, and `evaluate` measures on the others. Otherwise
            it knows all speakers, and no clip.
        command: str or None. The command line, if it is one that imports.

    Raises:
        PresetError: There is something at the preset's path, or the folder holds no SavedModel, a
            damaged one, or another network.
        StoreError: The store is of another corpus, in another order, or lacks clips.
        MissingExtraError: Keras is not installed.
    """
    recipe = OriginalRecipe()
    with PresetWriter(preset) as writer:
        split = _split(store)
        network = build_network(YamnetEncoder.dimension, len(published.LABELS), published.SEED)
        shapes = [weights.shape for weights in network.get_weights()]
        network.set_weights(read_dense(folder, shapes))
        config = PresetConfig(
            encoder=YamnetEncoder.id,
            labels=published.LABELS,
            recipe=recipe.name,
            settings=asdict(recipe),
            trained_on=TrainedOn(
                corpus="OpenSLR 83",
                synthetic=False,
                fingerprint=store.manifest.fingerprint if store else "",
                clips=published.CLIPS - published.VALIDATION_CLIPS,
                speakers=published.SPEAKERS,
                split=published.SPLIT,
                seed=published.SEED,
                licence=slr83.LICENCE,
            ),
            isogloss=VERSION,
            made_by=current_provenance(command),
        )
        head = TrainedHead(
            published.LABELS,
            export_dense(network),
            network,
            (),
            published.SPLIT,
            (),
            OriginalRecipe(),
        )
        writer.write_head(config, head)
        writer.write_split(split)
        writer.write_metrics({"measured": False, "published": published.FIGURES})
        (writer.folder / CARD_FILE).write_text(describe_published(config), encoding="utf-8")


def _split(store: Store | None) -> Split:
    """Returns the original's split, drawn again where the clips are at hand."""
    if store is None:
        return Split(published.SPLIT, (), ())
    clips = [(row.clip.path, row.digest) for row in store]
    in_order = published.is_in_published_order(path for path, _ in clips)
    if not in_order or store.manifest.synthetic:
        raise StoreError(
            f"{store.path}: is not OpenSLR 83 as the original's split was drawn from it: all "
            f"{published.CLIPS:,} recordings, in the order of line_index_all.csv. Put that file "
            "into the corpus's folder, and embed it into a new store."
        )
    train, validation = split_files(len(clips), OriginalRecipe.validation, published.SEED)
    return Split(
        published.SPLIT,
        validation=tuple(clips[place][0] for place in validation),
        heard=tuple(sorted({clips[place][1] for place in train})),
    )
