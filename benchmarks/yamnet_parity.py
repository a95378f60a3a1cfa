"""Compares isogloss's YAMNet with the TensorFlow SavedModel of the same weights.

    python benchmarks/yamnet_parity.py SAVEDMODEL RECORDINGS [--limit N]

Both get the same 16 kHz waveforms of the recordings below a folder; what is compared is every
embedding, and every frame's "Speech" decision. The two are timed in turn, one recording at a time.
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
import tensorflow as tf

from isogloss.audio import SAMPLE_RATE, read
from isogloss.encoders import create_encoder
from isogloss.listing import walk_recordings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("savedmodel", type=Path)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--limit", type=int, default=None)
    arguments = parser.parse_args()

    reference = tf.saved_model.load(str(arguments.savedmodel))
    encoder = create_encoder("yamnet")
    paths = list(walk_recordings(arguments.recordings))[: arguments.limit]
    waveforms = [read(path) for path in paths]
    encoder.encode([waveforms[0]])
    reference(waveform=waveforms[0])

    worst: list[tuple[float, Path]] = []
    frames = speech = disagreements = 0
    ratios: list[float] = []
    for path, waveform in zip(paths, waveforms, strict=True):
        started = time.perf_counter()
        ours = encoder.encode([waveform])
        between = time.perf_counter()
        theirs = reference(waveform=waveform)
        embeddings, scores = theirs["embeddings"].numpy(), theirs["scores"].numpy()
        ratios.append((time.perf_counter() - between) / (between - started))
        if embeddings.shape != ours.embeddings.shape:
            raise SystemExit(f"{path}: {ours.embeddings.shape} is not {embeddings.shape}")
        worst.append((float(np.abs(embeddings - ours.embeddings).max()), path))
        disagreements += int(((scores.argmax(axis=1) == 0) != ours.speech).sum())
        frames += len(ours)
        speech += int(ours.speech.sum())

    hours = sum(map(len, waveforms)) / SAMPLE_RATE / 3600
    difference, path = max(worst)
    print(f"recordings            {len(paths)}, {hours:.2f} h, {frames} frames, {speech} of speech")
    print(f"greatest difference   {difference:.2e} ({path.name})")
    print(f"median of the greatest {statistics.median(d for d, _ in worst):.2e}")
    print(f"speech decisions that differ {disagreements}")
    print(f"TensorFlow's time by isogloss's, median of recordings {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
