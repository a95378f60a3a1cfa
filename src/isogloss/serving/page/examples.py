"""Example recordings: voices of the synthesiser, which nobody should take for people."""

import importlib.util
import tempfile
import threading
from pathlib import Path

from isogloss.labels import ACCENTS

# Not every synthesised reading is near enough to a person's for `stella` to answer: these are.
_SEED = 5
_SPEAKERS, _SENTENCES = 2, 3


class Examples:
    """One synthesised recording an accent, made when the first is asked for and kept in memory.

    Args:
        accents: tuple of str. The model's.
        texts: tuple of str. What the model wants read; if empty, any sentences are.
    """

    def __init__(self, accents: tuple[str, ...], texts: tuple[str, ...]) -> None:
        voiced = {accent.id for accent in ACCENTS}
        installed = importlib.util.find_spec("espeakng_loader") is not None
        self.accents = tuple(one for one in accents if one in voiced) if installed else ()
        self._texts = texts[:1]
        self._made: dict[str, bytes] = {}
        self._making = threading.Lock()

    def wav(self, accent: str) -> bytes:
        """Returns the WAV of an accent; takes a second or two the first time.

        Args:
            accent: str. One of `accents`.

        Raises:
            CorpusError: The synthesiser failed.
        """
        with self._making:
            if not self._made:
                self._made = self._make()
        return self._made[accent]

    def _make(self) -> dict[str, bytes]:
        from isogloss.corpora.synth import draw_speakers
        from isogloss.corpora.synth.data import make_data_folder
        from isogloss.corpora.synth.processes import open_processes
        from isogloss.corpora.synth.recording import Session, record
        from isogloss.corpora.synth.script import draw_script

        with tempfile.TemporaryDirectory(prefix="isogloss-") as name:
            folder = Path(name)
            data = folder / "data"
            data.mkdir()
            make_data_folder(data)
            sessions = {}
            for speaker in draw_speakers(_SEED, _SPEAKERS)[::_SPEAKERS]:
                texts = self._texts or (" ".join(draw_script(speaker.id, _SEED, _SENTENCES)),)
                sessions[speaker.accent] = Session(speaker, texts, folder / speaker.accent)
            with open_processes(1) as pool:
                for session in sessions.values():
                    pool.submit(record, session, data).result()
            return {
                accent: session.recordings[0].read_bytes() for accent, session in sessions.items()
            }
