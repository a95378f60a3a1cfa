"""Recording to answer: what users of the library touch."""

from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from threading import Event
from typing import Self

import numpy as np

from isogloss.answers import Answer, FrameScores, Status, rank
from isogloss.audio import SAMPLE_RATE, Source, Waveform, describe, read_blocks
from isogloss.encoders import Encoder, Frames, create_encoder
from isogloss.engines.local import ordered_map, until_stopped
from isogloss.errors import AudioError, PresetError, SettingError
from isogloss.heads import Head
from isogloss.presets import PresetConfig, load_preset


class AccentClassifier:
    """Tells the accent of recordings.

    ```python
    classifier = AccentClassifier.from_preset("quickstart/preset")
    answer = classifier.predict("interview.mp3")
    print(answer.accent, answer.scores[0].score)
    ```

    Args:
        config: PresetConfig. What the head is and what it heard.
        head: Head. Embeddings to probabilities.
        encoder: Encoder. The one whose id the config names.
    """

    def __init__(self, config: PresetConfig, head: Head, encoder: Encoder) -> None:
        self.config = config
        self._head = head
        self._encoder = encoder

    @classmethod
    def from_preset(cls, preset: str | PathLike[str], *, threads: int | None = None) -> Self:
        """Loads a preset and its encoder.

        Args:
            preset: str or path. The preset's folder.
            threads: int or None. Threads within one network call; None leaves it to ONNX Runtime,
                which takes all cores. One suits `predict_many` with several workers.

        Raises:
            PresetError: The folder is no preset, or needs an encoder that this version lacks.
        """
        loaded = load_preset(Path(preset))
        try:
            encoder = create_encoder(loaded.config.encoder, threads)
        except SettingError as error:
            raise PresetError(f"{preset}: its encoder is not here: {error}") from error
        return cls(loaded.config, loaded.head, encoder)

    @property
    def accents(self) -> tuple[str, ...]:
        """The accents that answers choose from."""
        return self._head.accents

    def predict(self, source: Source) -> Answer:
        """Answers for one recording, of any length, in bounded memory.

        Args:
            source: Source. A path, a file's bytes, an open binary file, or
                (samples `[n]` or `[n, channels]`, rate).

        Raises:
            AudioError: The source cannot be read as sound.
        """
        return self._answer(describe(source), read_blocks(source))

    def predict_many(self, sources: Iterable[Source], *, workers: int = 1) -> Iterator[Answer]:
        """Yields an answer for each recording, in order, as they become ready.

        A recording that cannot be read is an answer with the status "failed" and the error.

        Args:
            sources: iterable of Source. Taken as needed: it may be endless.
            workers: int. Recordings at a time. More than one is fastest with `threads=1`.
        """

        stopped = Event()

        def answer(source: Source) -> Answer:
            name = describe(source)
            try:
                return self._answer(name, until_stopped(read_blocks(source), stopped))
            except AudioError as error:
                return Answer(name, Status.FAILED, error=str(error))

        try:
            yield from ordered_map(answer, sources, workers)
        finally:
            stopped.set()

    def _answer(self, name: str, blocks: Iterable[Waveform]) -> Answer:
        hearing = _Hearing(self._head, self._encoder)
        for block in blocks:
            hearing.push(block)
        return hearing.finish(name)


class _Hearing:
    """One recording on its way through encoder and head, block by block."""

    def __init__(self, head: Head, encoder: Encoder) -> None:
        self._head = head
        self._encoder = encoder
        self._stream = encoder.stream()
        self._scorer = head.scorer()
        self._samples = 0
        self._pieces: list[FrameScores] = []

    def push(self, waveform: Waveform) -> None:
        self._samples += len(waveform)
        self._score(self._stream.push(waveform))

    def finish(self, name: str) -> Answer:
        self._score(self._stream.finish())
        frames = FrameScores.join(self._pieces)
        seconds = self._samples / SAMPLE_RATE
        if not frames.speech.any():
            return Answer(name, Status.NO_SPEECH, seconds=seconds, frames=frames)
        scores = rank(self._head.accents, self._scorer.result())
        return Answer(
            name,
            Status.OK,
            scores[0].label,
            scores,
            seconds,
            _covered_seconds(frames, seconds),
            frames,
        )

    def _score(self, frames: Frames) -> None:
        if len(frames):
            self._pieces.append(
                FrameScores(
                    self._head.labels,
                    frames.times,
                    self._encoder.frame_seconds,
                    frames.speech,
                    self._scorer.push(frames),
                )
            )


def _covered_seconds(frames: FrameScores, seconds: float) -> float:
    """Returns how much of a recording lies in frames that hold speech; frames overlap."""
    starts = np.minimum(frames.starts[frames.speech], seconds)
    ends = np.minimum(starts + frames.seconds, seconds)
    overlap = np.maximum(0, ends[:-1] - starts[1:])
    return float((ends - starts).sum() - overlap.sum())
