"""Recordings as other voices, rooms and devices would have made them, to train on.

Torch-free and small: the libraries that do this ask for a resampler older than the one that reads
recordings here, or for PyTorch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import soxr
from numpy.typing import NDArray

from isogloss.audio import SAMPLE_RATE, Waveform
from isogloss.errors import MissingExtraError, SettingError

Alteration: TypeAlias = Callable[[Waveform, np.random.Generator], Waveform]
"""Takes a waveform `[num_samples]` and what draws how it is altered."""

_CHANCE = 0.6  # of each kind, in each copy
_RATES = (0.93, 1.07)  # of speech and pitch together
_REVERBERATION_SECONDS = (0.1, 0.7)  # until it has fallen by 60 dB
_DIRECT_TO_REVERBERANT_DB = (-3.0, 12.0)
_SIGNAL_TO_NOISE_DB = (5.0, 30.0)
_NOISE_SLOPES = (0.0, 2.0)  # of power over frequency: white to brown
_LOWEST_HERTZ = (20.0, 400.0)
_HIGHEST_HERTZ = (3000.0, 7500.0)


@dataclass(frozen=True)
class Augmentation:
    """How clips are altered.

    Args:
        kinds: tuple of str. Names of `ALTERATIONS`. Defaults to all of them.
        copies: int. Altered copies of each clip. Defaults to 1.
        seed: int. Fixes what is drawn. Defaults to 1337.

    Raises:
        SettingError: There is no such kind, none is named, or there is not one copy.
    """

    kinds: tuple[str, ...] = ("rate", "reverb", "noise", "band")
    copies: int = 1
    seed: int = 1337

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.kinds if kind not in ALTERATIONS]
        if unknown or not self.kinds:
            raise SettingError(
                f"'{', '.join(unknown)}' alters nothing: there is {', '.join(ALTERATIONS)}."
            )
        if self.copies < 1:
            raise SettingError(f"{self.copies} copies: there must be at least 1.")

    def __str__(self) -> str:
        copies = "copy" if self.copies == 1 else "copies"
        return f"{', '.join(self.kinds)}; {self.copies} {copies} of each clip; seed {self.seed}"

    def alter(self, waveform: Waveform, clip: int, copy: int) -> Waveform:
        """Returns an altered copy, the same for the same seed, clip and number.

        Of several kinds each is drawn for three copies of five, in the order in which sound meets
        them: voice, room, noise, device. A copy that none was drawn for is altered by one.

        Args:
            waveform: [num_samples] float32, 16 kHz.
            clip: int. The clip's place in its corpus.
            copy: int. Number of the copy, from 0.

        Returns:
            [about num_samples] float32, of the same power.

        Raises:
            MissingExtraError: SciPy is not installed.
        """
        drawn = np.random.default_rng((self.seed, clip, copy))
        order = [kind for kind in ALTERATIONS if kind in self.kinds]
        chosen = [kind for kind in order if len(order) == 1 or drawn.random() < _CHANCE]
        altered = waveform
        for kind in chosen or [order[int(drawn.integers(len(order)))]]:
            altered = ALTERATIONS[kind](altered, drawn)
        scale = np.sqrt(_power(waveform) / _power(altered))
        return np.asarray(altered * scale, dtype=np.float32)


def change_rate(waveform: Waveform, drawn: np.random.Generator) -> Waveform:
    """Speaks faster and higher, or slower and lower, as a tape does that runs at another speed."""
    rate = drawn.uniform(*_RATES)
    return np.asarray(soxr.resample(waveform, SAMPLE_RATE * rate, SAMPLE_RATE), dtype=np.float32)


def reverberate(waveform: Waveform, drawn: np.random.Generator) -> Waveform:
    """Puts the speaker into a room: the direct sound, then noise that dies away."""
    convolve = _import_scipy().oaconvolve
    seconds = drawn.uniform(*_REVERBERATION_SECONDS)
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    room = drawn.standard_normal(len(times)) * 10 ** (-3 * times / seconds)
    room /= np.sqrt(np.sum(np.square(room)))
    room *= 10 ** (-drawn.uniform(*_DIRECT_TO_REVERBERANT_DB) / 20)
    room[0] = 1
    return np.asarray(convolve(waveform, room)[: len(waveform)], dtype=np.float32)


def add_noise(waveform: Waveform, drawn: np.random.Generator) -> Waveform:
    """Adds steady noise, between white and brown."""
    spectrum = np.fft.rfft(drawn.standard_normal(len(waveform)))
    slope = drawn.uniform(*_NOISE_SLOPES)
    spectrum *= np.maximum(1, np.arange(len(spectrum))) ** (-slope / 2)
    noise = np.fft.irfft(spectrum, len(waveform))
    loudness = np.sqrt(_power(waveform) / _power(noise))
    ratio = 10 ** (-drawn.uniform(*_SIGNAL_TO_NOISE_DB) / 20)
    return np.asarray(waveform + noise * loudness * ratio, dtype=np.float32)


def limit_band(waveform: Waveform, drawn: np.random.Generator) -> Waveform:
    """Leaves the band that a telephone or a cheap microphone would."""
    signal = _import_scipy()
    edges = (drawn.uniform(*_LOWEST_HERTZ), drawn.uniform(*_HIGHEST_HERTZ))
    sections = signal.butter(4, edges, "bandpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(signal.sosfilt(sections, waveform), dtype=np.float32)


ALTERATIONS: dict[str, Alteration] = {
    "rate": change_rate,
    "reverb": reverberate,
    "noise": add_noise,
    "band": limit_band,
}
"""What can be altered, by name."""


def _power(waveform: NDArray[np.floating[Any]]) -> float:
    """Returns the mean square, above 0 even of silence."""
    return max(float(np.mean(np.square(waveform), dtype=np.float64)), 1e-20)


def _import_scipy() -> Any:
    try:
        from scipy import signal
    except ImportError as error:
        raise MissingExtraError("train", "Altering recordings") from error
    return signal
