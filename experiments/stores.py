"""The stores of the study: embedded once, and kept from run to run."""

from pathlib import Path

from isogloss.augmentation import Augmentation
from isogloss.corpora import open_corpus
from isogloss.corpora.synth import synthesise
from isogloss.embedding import embed_corpus
from isogloss.encoders import create_encoder
from isogloss.store import Store

SYNTHETIC = "synthetic"


def open_store(
    speech: Path, work: Path, corpus: str, encoder: str, altered: Augmentation | None = None
) -> Store:
    """Returns the store of a corpus, which is embedded if it is not there.

    Args:
        speech: Path. Folder of the corpora of real speech.
        work: Path. Where stores, and the synthetic corpus, are kept.
        corpus: str. A folder of `speech`, or "synthetic".
        encoder: str. An encoder's name.
        altered: Augmentation or None. How to alter the clips.
    """
    root = work / corpus if corpus == SYNTHETIC else speech / corpus
    if corpus == SYNTHETIC and not root.exists():
        synthesise(root, workers=2)
    kind = f".{'-'.join(altered.kinds)}-{altered.copies}-{altered.seed}" if altered else ""
    path = work / f"{corpus}.{encoder}{kind}"
    embed_corpus(open_corpus(root), path, create_encoder(encoder), augmentation=altered)
    return Store(path)
