"""Whether a stream takes more memory the longer it is: synthetic speech, an answer each minute.

    python benchmarks/stream_memory.py [--preset PRESET] [--hours N] [--rate HZ]

The sound is synthetic speech and silence in turn, in blocks of 0.48 s. Needs the extra `synth`.
Prints resident memory after a tenth of the time and after all of it.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from isogloss import AccentClassifier
from isogloss.audio import read
from isogloss.corpora.synth import synthesise
from isogloss.shipped import SHIPPED

BLOCK_SECONDS = 0.48


def resident() -> float:
    """Returns the memory that this process holds, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def spoken(rate: int) -> NDArray[np.int16]:
    """Returns a minute or so of synthetic speech: sentences of several voices."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = synthesise(Path(folder) / "corpus", speakers=2, sentences=3, workers=1)
        clips = [read(path) for path in sorted(corpus.rglob("*.wav"))]
    return np.asarray(soxr.resample(np.concatenate(clips), 16_000, rate) * 32_767, np.int16)


def blocks(rate: int, seconds: float) -> Iterator[NDArray[np.int16]]:
    """Yields the synthetic speech over and over, with as much silence between."""
    once = spoken(rate)
    looped = np.concatenate([once, np.zeros_like(once)])
    count = round(rate * BLOCK_SECONDS)
    for start in range(0, round(seconds * rate), count):
        yield looped[np.arange(start, start + count) % len(looped)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default=SHIPPED)
    parser.add_argument("--hours", type=float, default=10)
    parser.add_argument("--rate", type=int, default=44_100)
    arguments = parser.parse_args()
    stream = AccentClassifier.from_preset(arguments.preset, threads=1).stream(arguments.rate)
    seconds = arguments.hours * 3600
    a_minute = round(60 / BLOCK_SECONDS)
    frames = 0
    tenth = None
    started = time.perf_counter()
    for place, block in enumerate(blocks(arguments.rate, seconds), 1):
        frames += len(stream.push(block))
        if place % a_minute == 0:
            stream.answer()
        if tenth is None and stream.seconds >= seconds / 10:
            tenth = resident()
            print(f"after {stream.seconds / 3600:.2f} h: {tenth:.1f} MiB", flush=True)
    answer = stream.answer()
    print(
        f"after {stream.seconds / 3600:.2f} h: {resident():.1f} MiB, {frames:,} frames, "
        f"{answer.status}; {seconds / (time.perf_counter() - started):.0f} times real time"
    )


if __name__ == "__main__":
    main()
