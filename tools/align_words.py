"""Finds when each word of a corpus's readings is said, as the recipe `passage` takes it.

    python -m tools.align_words CORPUS words.csv

Every clip that has a text is aligned to it by PocketSphinx, whose model of American English is
carried by its release on PyPI (BSD). A clip whose words cannot all be aligned is left out.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pocketsphinx import Decoder

from isogloss.audio import SAMPLE_RATE, Waveform, read
from isogloss.corpora import open_corpus
from isogloss.heads.passage.text import plain_text

FRAME_SECONDS = 0.01


def align(decoder: Decoder, waveform: Waveform, text: str) -> Iterator[tuple[str, float, float]]:
    """Yields each word of a text with its start and end in seconds.

    Args:
        decoder: Decoder. Of 16 kHz sound.
        waveform: [num_samples] float32. The reading.
        text: str. In lower case, without punctuation.
    """
    decoder.set_align_text(text)
    decoder.start_utt()
    decoder.process_raw((waveform * 32767).astype(np.int16).tobytes(), full_utt=True)
    decoder.end_utt()
    for segment in decoder.seg() or ():
        word = segment.word.partition("(")[0]  # "to(2)" is a second way to say it
        if word[:1] not in ("<", "["):
            yield word, segment.start_frame * FRAME_SECONDS, (segment.end_frame + 1) * FRAME_SECONDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    decoder = Decoder(samprate=SAMPLE_RATE, lm=None, loglevel="FATAL")
    with arguments.output.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("path", "word", "start", "end"))
        for clip in open_corpus(arguments.corpus).clips:
            text = plain_text(clip.text or "")
            said = list(align(decoder, read(arguments.corpus / clip.path), text)) if text else []
            if [word for word, *_ in said] == text.split():
                rows.writerows((clip.path, w, f"{a:.2f}", f"{b:.2f}") for w, a, b in said)
            elif text:
                print(f"{clip.path}: cannot be aligned")


if __name__ == "__main__":
    main()
