"""Any recording as 16 kHz mono float32, in bounded blocks.

libsndfile reads first (WAV, FLAC, OGG, Opus, MP3: in C, at thousands of times real time). What it
cannot read goes to PyAV, whose wheels carry FFmpeg: M4A, WebM, MP4 video and the rest need nothing
installed. soxr resamples as a stream. Three generators chained: decode, mix down, resample; a
recording of ten hours takes no more memory than one of ten seconds.
"""

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from isogloss.errors import AudioError

SAMPLE_RATE = 16_000
"""Rate of every waveform inside isogloss, in Hz."""

Waveform: TypeAlias = NDArray[np.float32]
"""Mono samples `[num_samples]` at 16 kHz, nominally in [-1, 1]."""

Source: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO | tuple[NDArray[Any], int]
"""A path, a file's bytes, an open binary file, or (samples `[n]` or `[n, channels]`, rate)."""

_BLOCK_SECONDS = 8
_RATES = range(1_000, 1_000_000)
_MAX_CHANNELS = 64
# FFmpeg would also follow playlists to other files and hosts: only containers are let in.
_CONTAINERS = (
    "aac,ac3,aiff,amr,asf,au,avi,caf,flac,flv,matroska,webm,mov,mp4,m4a,3gp,mp3,mpeg,mpegts,ogg,"
    "wav,w64"
)


@dataclass(frozen=True)
class _Decoded:
    """Samples as they were recorded: blocks `[n, channels]` float32 at `rate` Hz."""

    rate: int
    blocks: Iterator[NDArray[np.float32]]


def read_blocks(source: Source) -> Iterator[Waveform]:
    """Reads a recording piece by piece.

    Channels are averaged. What a truncated file still holds is read; damage that stops the
    decoder is an error.

    Args:
        source: Source. The recording. A file object that cannot seek is read into memory first.

    Yields:
        Waveforms of about 8 s, 16 kHz mono float32.

    Raises:
        AudioError: The source is missing, empty, no audio, damaged, or holds NaN or infinity.
    """
    name = describe(source)
    length = 0
    with _decode(source, name) as decoded:
        if decoded.rate not in _RATES:
            raise AudioError(
                f"{name}: a sample rate of {decoded.rate} Hz is not one of recorded speech."
            )
        for block in _resample(_mix_down(decoded, name), decoded.rate):
            length += len(block)
            yield block
    if not length:
        raise AudioError(f"{name}: holds no audio (0 samples).")


def read(source: Source) -> Waveform:
    """Reads a whole recording into memory; see `read_blocks`."""
    return np.concatenate(list(read_blocks(source)))


def describe(source: Source) -> str:
    """Returns how messages and answers call a source: its path where it has one."""
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    if isinstance(source, bytes):
        return f"<{len(source)} bytes>"
    if isinstance(source, tuple):
        return "<array>"
    return str(getattr(source, "name", "<file object>"))


def _decode(source: Source, name: str) -> AbstractContextManager[_Decoded]:
    if isinstance(source, tuple):
        return nullcontext(_decode_array(source, name))
    return _decode_file(source, name)


def _decode_array(source: tuple[NDArray[Any], int], name: str) -> _Decoded:
    if len(source) != 2 or not isinstance(source[1], int | np.integer):
        raise AudioError(f"{name}: give samples and their rate as (array, rate).")
    samples = np.asarray(source[0])
    if samples.ndim not in (1, 2) or (samples.ndim == 2 and samples.shape[1] > _MAX_CHANNELS):
        raise AudioError(f"{name}: shape {samples.shape} is not [samples] or [samples, channels].")
    if samples.dtype == np.uint8:
        samples = (samples.astype(np.float32) - 128) / 128
    elif samples.dtype in (np.int16, np.int32):
        samples = samples.astype(np.float32) / -float(np.iinfo(samples.dtype).min)
    elif not np.issubdtype(samples.dtype, np.floating):
        raise AudioError(f"{name}: {samples.dtype} is not float, int32, int16 or uint8 samples.")
    rate = int(source[1])
    block = max(1, rate * _BLOCK_SECONDS)
    columns = samples.reshape(len(samples), -1).astype(np.float32, copy=False)
    return _Decoded(rate, (columns[i : i + block] for i in range(0, len(columns), block)))


@contextmanager
def _decode_file(
    source: str | os.PathLike[str] | bytes | BinaryIO, name: str
) -> Iterator[_Decoded]:
    with _open(source, name) as file:
        if not file.read(1):
            raise AudioError(f"{name}: is empty (0 bytes).")
        file.seek(0)
        try:
            sound = soundfile.SoundFile(file)
        except (soundfile.LibsndfileError, TypeError):  # TypeError: a name that ends in .raw
            file.seek(0)
        else:
            with sound:
                yield _Decoded(sound.samplerate, _soundfile_blocks(sound, name))
            return
        with _decode_container(file, name) as decoded:
            yield decoded


def _open(
    source: str | os.PathLike[str] | bytes | BinaryIO, name: str
) -> AbstractContextManager[BinaryIO]:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if isinstance(source, str | os.PathLike):
        try:
            return Path(source).open("rb")
        except OSError as error:
            raise AudioError(f"{name}: cannot be opened: {error.strerror}.") from error
    if not hasattr(source, "read"):
        raise AudioError(
            f"{type(source).__name__} is no recording: give a path, bytes, a binary file object "
            "or (array, rate)."
        )
    # The caller's own file stays open.
    return nullcontext(source if source.seekable() else io.BytesIO(source.read()))


def _soundfile_blocks(sound: soundfile.SoundFile, name: str) -> Iterator[NDArray[np.float32]]:
    size = sound.samplerate * _BLOCK_SECONDS
    position = 0
    while True:
        try:
            block = sound.read(size, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise _damaged(name, position / sound.samplerate, error) from error
        if not len(block):
            return
        position += len(block)
        yield block


@contextmanager
def _decode_container(file: BinaryIO, name: str) -> Iterator[_Decoded]:
    import av

    try:
        container = av.open(
            file, metadata_errors="ignore", options={"format_whitelist": _CONTAINERS}
        )
    except (av.FFmpegError, ValueError) as error:
        raise AudioError(f"{name}: is not audio that can be read.") from error
    with container:
        if not container.streams.audio:
            raise AudioError(f"{name}: has no audio track.")
        stream = container.streams.audio[0]
        if not stream.rate:
            raise AudioError(f"{name}: is not audio that can be read: its track has no rate.")
        yield _Decoded(stream.rate, _container_blocks(container, stream, name))


def _container_blocks(container: Any, stream: Any, name: str) -> Iterator[NDArray[np.float32]]:
    import av

    # Packed floats, whatever the codec gives; the rate stays, for soxr to change.
    convert = av.AudioResampler(format="flt", layout=stream.layout, rate=stream.rate)
    channels = stream.layout.nb_channels
    size = stream.rate * _BLOCK_SECONDS
    pending: list[NDArray[np.float32]] = []
    waiting = position = 0
    try:
        for decoded in container.decode(stream):
            for frame in convert.resample(decoded):
                samples = np.asarray(frame.to_ndarray(), dtype=np.float32)
                pending.append(samples.reshape(-1, channels))
                waiting += len(pending[-1])
            if waiting >= size:
                yield np.concatenate(pending)
                position += waiting
                pending, waiting = [], 0
    except av.FFmpegError as error:
        raise _damaged(name, (position + waiting) / stream.rate, error) from error
    if pending:
        yield np.concatenate(pending)


def _damaged(name: str, seconds: float, error: Exception) -> AudioError:
    return AudioError(f"{name}: is damaged, it breaks off after {seconds:.1f} s ({error}).")


def _mix_down(decoded: _Decoded, name: str) -> Iterator[NDArray[np.float32]]:
    position = 0
    for block in decoded.blocks:
        finite = np.isfinite(block).all(axis=1)
        if not finite.all():
            seconds = (position + int(np.argmin(finite))) / decoded.rate
            raise AudioError(f"{name}: holds NaN or infinity, first at {seconds:.2f} s.")
        position += len(block)
        yield block[:, 0] if block.shape[1] == 1 else block.mean(axis=1, dtype=np.float32)


def _resample(blocks: Iterable[NDArray[np.float32]], rate: int) -> Iterator[Waveform]:
    if rate == SAMPLE_RATE:
        yield from blocks
        return
    stream = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.empty(0, dtype=np.float32), last=True)
