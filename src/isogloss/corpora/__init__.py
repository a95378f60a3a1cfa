"""Labelled speech, from wherever it comes: all give the same clips."""

from isogloss.corpora.base import Clip, Corpus
from isogloss.corpora.folder import open_corpus

__all__ = ["KNOWN_CORPORA", "Clip", "Corpus", "open_corpus"]

KNOWN_CORPORA = {
    "slr83": "OpenSLR 83: 17,877 sentences, 120 speakers, six accents of the British Isles; "
    "CC BY-SA 4.0. Extract its archives into one folder, line_index_all.csv beside them.",
    "synth": "Synthetic speech of the same six accents, made here by espeak-ng, for trying "
    "everything offline: isogloss corpus synth DIR.",
    "folder": "Your own: clips.csv (path,accent,speaker and optionally sex,text,fold), or "
    "ACCENT/SPEAKER/ folders of recordings.",
}
"""Corpora that `open_corpus` reads, and what they are."""
