"""One speaker's recordings, made in a process of their own."""

import io
import os
import threading
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from isogloss.corpora.synth.data import add_voice
from isogloss.corpora.synth.espeak import open_espeak
from isogloss.corpora.synth.speakers import Speaker
from isogloss.files import write_atomically

_VOLUME = 50  # leaves the library headroom
# Root mean square of a clip, of a full scale of 1: -26 dB, usual for test speech, whose peaks then
# stay well below full scale.
_LEVEL = 0.05


@dataclass(frozen=True)
class Session:
    """What one speaker reads, and where it goes.

    Args:
        speaker: Speaker.
        texts: tuple of str. The sentences, in the order they are read.
        folder: Path. Gets `000.wav`, `001.wav` and so on.
    """

    speaker: Speaker
    texts: tuple[str, ...]
    folder: Path

    @property
    def recordings(self) -> list[Path]:
        """The file of each text."""
        return [self.folder / f"{number:03d}.wav" for number in range(len(self.texts))]


def record(session: Session, data: Path) -> int:
    """Records what is missing of a session, and returns how many recordings it has.

    All of it is spoken even so, from the library's first state on: a recording's samples depend on
    what the library has said before it.

    Args:
        session: Session.
        data: Path. Filled by `make_data_folder`.

    Raises:
        CorpusError: The library does not speak.
    """
    speaker, voice = session.speaker, session.speaker.voice
    add_voice(data, speaker.id, variant=voice.variant, vocal_tract=voice.vocal_tract)
    session.folder.mkdir(parents=True, exist_ok=True)
    with open_espeak(data, data / f"{speaker.id}.library") as espeak:
        espeak.set_voice(
            speaker.accent,
            speaker.id,
            pitch=voice.pitch,
            pitch_range=voice.pitch_range,
            rate=voice.rate,
            volume=_VOLUME,
        )
        for path, text in zip(session.recordings, session.texts, strict=True):
            samples = espeak.speak(text)
            if not path.is_file():
                write_atomically(path, _encode(samples, espeak.sample_rate))
    return len(session.texts)


def end_with_parent() -> None:
    """Ends this process as soon as the one that started it is gone, however that ended.

    A killed parent leaves no word: without this its workers would wait for work for ever.
    """
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _encode(samples: NDArray[np.int16], sample_rate: int) -> bytes:
    """Returns a 16-bit WAV of `[num_samples]` int16 samples, at the level that all clips have."""
    waveform = samples / np.float64(np.iinfo(np.int16).max)
    gain = _LEVEL / np.sqrt(np.mean(np.square(waveform)))
    file = io.BytesIO()
    levelled = np.round(samples * gain).astype(np.int16)
    soundfile.write(file, levelled, sample_rate, subtype="PCM_16", format="WAV")
    return file.getvalue()
