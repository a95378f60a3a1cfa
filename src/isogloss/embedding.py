"""Corpus to store: every clip through an encoder, in order, going on where a run was cut off."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from isogloss.audio import SAMPLE_RATE, Waveform, read_blocks
from isogloss.corpora.base import Clip, Corpus
from isogloss.encoders import Encoder
from isogloss.engines.local import ordered_map
from isogloss.errors import AudioError
from isogloss.store import EmbeddedClip, EmbeddingType, Failure, Manifest, StoreWriter

Progress = Callable[[int, int, int], None]
"""Called after each clip with the clips done, the clips in all and the failures so far."""


@dataclass(frozen=True)
class EmbedSummary:
    """What a run of `embed_corpus` did.

    Args:
        clips: int. Clips of the corpus.
        already_done: int. Clips that an earlier run had done.
        failures: tuple of Failure. Clips that cannot be read, from all runs.
        seconds: float. Audio that this run embedded.
    """

    clips: int
    already_done: int
    failures: tuple[Failure, ...]
    seconds: float


def embed_corpus(
    corpus: Corpus,
    store: Path,
    encoder: Encoder,
    *,
    workers: int = 1,
    dtype: EmbeddingType = "float16",
    progress: Progress | None = None,
) -> EmbedSummary:
    """Embeds a corpus into a store.

    Killed at any moment and called again, it ends with the same store as an unbroken run.

    Args:
        corpus: Corpus. What to embed.
        store: Path. The store's folder: new, empty, or of the same corpus and encoder.
        encoder: Encoder. With one thread where there are several workers.
        workers: int. Clips that are embedded at the same time.
        dtype: str. Precision on disk, "float16" or "float32".
        progress: callable or None. Called after each clip.

    Raises:
        StoreError: The folder holds something else.
    """
    manifest = Manifest(
        encoder=encoder.id,
        dimension=encoder.dimension,
        hop_seconds=encoder.hop_seconds,
        dtype=dtype,
        corpus=corpus.name,
        root=str(corpus.root.resolve()),
        synthetic=corpus.synthetic,
        fingerprint=corpus.fingerprint,
        clips=len(corpus.clips),
    )

    def embed(item: tuple[int, Clip]) -> EmbeddedClip | Failure:
        index, clip = item
        try:
            return _embed_clip(corpus.root, index, clip, encoder)
        except AudioError as error:
            return Failure(index, clip.path, str(error))

    with StoreWriter(store, manifest) as writer:
        already_done = writer.covered
        seconds = 0.0
        remaining = list(enumerate(corpus.clips))[already_done:]
        for result in ordered_map(embed, remaining, workers):
            writer.add(result)
            if isinstance(result, EmbeddedClip):
                seconds += result.seconds
            if progress:
                progress(writer.covered, len(corpus.clips), len(writer.failures))
    return EmbedSummary(len(corpus.clips), already_done, tuple(writer.failures), seconds)


def _embed_clip(root: Path, index: int, clip: Clip, encoder: Encoder) -> EmbeddedClip:
    samples = 0

    def counted() -> Iterator[Waveform]:
        nonlocal samples
        for block in read_blocks(root / clip.path):
            samples += len(block)
            yield block

    frames = encoder.encode(counted())
    return EmbeddedClip(index, clip, samples / SAMPLE_RATE, frames)
