"""Embeddings on disk: a folder of Parquet parts and one manifest.

    manifest.json       format version, encoder id, dtype, and the corpus: name, root, fingerprint,
                        number of clips, whether it is synthetic
    part-00000.parquet  a row a clip, in the corpus's order; a part holds the next clips of the
                        corpus after the part before it, and appears whole or not at all
    failures.jsonl      a line for each clip that could not be read, with why

A clip that failed is no row: the part that covers it keeps the failure in its Parquet metadata,
and `failures.jsonl` is written anew from there. So the parts alone say how far the work has come,
and nothing can disagree with them.
"""

from isogloss.store.manifest import EmbeddingType, Manifest
from isogloss.store.part import EmbeddedClip, Failure
from isogloss.store.store import Store
from isogloss.store.writer import StoreWriter, open_writer

__all__ = [
    "EmbeddedClip",
    "EmbeddingType",
    "Failure",
    "Manifest",
    "Store",
    "StoreWriter",
    "open_writer",
]
