"""Whether a stream takes more memory the longer it is: synthetic sound, an answer each minute.

    python benchmarks/stream_memory.py [--preset PRESET] [--hours N] [--rate HZ]

The sound is synthetic: noise in bursts like syllables, in blocks of 0.48 s, never all at once.
Prints resident memory after a tenth of the time and after all of it.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isogloss import AccentClassifier
from isogloss.shipped import SHIPPED

BLOCK_SECONDS = 0.48


def resident() -> float:
    """Returns the memory that this process holds, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def blocks(rate: int, seconds: float) -> Iterator[NDArray[np.int16]]:
    """Yields synthetic sound, four bursts a second for a minute, then a silent minute."""
    generator = np.random.default_rng(0)
    count = round(rate * BLOCK_SECONDS)
    for start in range(0, round(seconds * rate), count):
        times = (start + np.arange(count)) / rate
        voiced = (times % 120 < 60) * np.sin(2 * np.pi * 4 * times).clip(0)
        buzz = np.sign(np.sin(2 * np.pi * 120 * times)) + generator.normal(0, 0.5, count)
        yield np.asarray(8_000 * voiced * buzz, dtype=np.int16)


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
