"""Times `isogloss predict` on one clip, the whole process, against importing what it stands on.

    python benchmarks/cold_start.py CLIP PRESET [--rounds N]

The two run in turn; what counts is the median of the rounds' ratios.
"""

import argparse
import statistics
import subprocess
import sys
import time

BASELINE = [sys.executable, "-c", "import numpy, onnxruntime"]


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def measure(command: list[str], rounds: int) -> list[tuple[float, float]]:
    """Returns the seconds of the command and of the baseline, round by round."""
    seconds(command), seconds(BASELINE)  # fills the file cache
    return [(seconds(command), seconds(BASELINE)) for _ in range(rounds)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip")
    parser.add_argument("preset")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    for form in ("jsonl", "table"):
        predict = [sys.executable, "-m", "isogloss", "predict", arguments.clip]
        rounds = measure(
            [*predict, "--model", arguments.preset, "--format", form], arguments.rounds
        )
        ratios = [ours / base for ours, base in rounds]
        print(
            f"predict --format {form}: {statistics.median(ours for ours, _ in rounds):.2f} s, "
            f"{statistics.median(ratios):.2f} times the imports "
            f"({min(ratios):.2f} to {max(ratios):.2f})"
        )


if __name__ == "__main__":
    main()
