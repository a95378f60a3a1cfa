"""Any recording as 16 kHz mono float32, in bounded blocks.

libsndfile reads what corpora come in, WAV and FLAC, a short WAV far faster than FFmpeg. PyAV,
whose wheels carry FFmpeg, reads all others (MP3, OGG, Opus, M4A, WebM, MP4 video...) and what
libsndfile gives up on: nothing else needs to be installed. soxr resamples as a stream. Generators
chained: decode, mix down, resample; ten hours of audio take no more memory than a minute.
"""

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby, islice
from operator import itemgetter
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

File: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO
"""A path, a file's bytes, or an open binary file, which is read from its start."""

Source: TypeAlias = File | tuple[NDArray[Any], int]
"""A file, or (samples `[n]` or `[n, channels]`, rate): floats in [-1, 1], or integers that fill
the range of their type, as audio libraries give them."""

_Block: TypeAlias = tuple[int, NDArray[Any]]
"""A rate in Hz, and samples as they were recorded `[n, channels]`."""

# What a WAV or FLAC file begins with. libsndfile reads more, but it prints warnings about MP3 on
# stderr, and so does Python about its seeking in a damaged AIFF; Opus takes it longer.
_LIBSNDFILE = (b"RIFF", b"RF64", b"fLaC")
# FFmpeg would also follow playlists to other files and hosts: only containers are let in.
_CONTAINERS = (
    "aac,ac3,aiff,amr,asf,au,avi,caf,flac,flv,matroska,webm,mov,mp4,m4a,3gp,mp3,mpeg,mpegts,ogg,"
    "wav,w64,wv"
)
_BLOCK_VALUES = 2**19  # samples times channels: 11 s of mono at 48 kHz, 2 MB
_BLOCK_FRAMES = 64  # of FFmpeg's: a second or two
_RATES = range(1_000, 1_000_000)
_MAX_CHANNELS = 64
_LOUDEST = 100  # 40 dB over full scale: floats beyond were never scaled, or are damaged


def read_blocks(source: Source) -> Iterator[Waveform]:
    """Reads a recording piece by piece.

    Channels are averaged. A file that was cut short is read as far as it goes; damaged parts are
    left out where the format lets a decoder find its way past them.

    Args:
        source: Source. The recording.

    Yields:
        Waveforms of bounded length, 16 kHz mono float32.

    Raises:
        AudioError: The source is missing, empty, no audio, damaged beyond reading, or holds NaN,
            infinity or floats that were not scaled to [-1, 1].
    """
    name = describe(source)
    length = 0
    blocks = _decode_array(source, name) if isinstance(source, tuple) else _decode(source, name)
    for waveform in _resample(_mix_down(blocks, name)):
        length += len(waveform)
        yield waveform
    if not length:
        raise AudioError(f"{name}: holds no audio (0 samples).")


def read(source: Source) -> Waveform:
    """Reads a whole recording into memory; see `read_blocks`."""
    return np.concatenate(list(read_blocks(source)))


def describe(source: Source) -> str:
    """Returns how messages and answers call a source: its path where it has one."""
    if isinstance(source, bytes):
        return f"<{len(source)} bytes>"
    if isinstance(source, tuple):
        return "<array>"
    name: object = getattr(source, "name", None)
    if isinstance(source, str | os.PathLike):
        name = os.fsdecode(source)
    if not isinstance(name, str):  # pipes and temporary files are named by a number
        return "<file object>"
    # Bytes of a name that are no text can be written nowhere.
    return name.encode(errors="backslashreplace").decode()


def _decode_array(source: tuple[NDArray[Any], int], name: str) -> Iterator[_Block]:
    if len(source) != 2 or not isinstance(source[1], int | np.integer):
        raise AudioError(f"{name}: give (samples, rate), the rate as a whole number of Hz.")
    try:
        samples = np.asarray(source[0])
    except ValueError as error:
        raise AudioError(f"{name}: is no array ({error}).") from error
    if samples.ndim not in (1, 2) or (samples.ndim == 2 and samples.shape[1] > _MAX_CHANNELS):
        raise AudioError(f"{name}: shape {samples.shape} is not [samples] or [samples, channels].")
    if samples.size:
        columns = samples[:, None] if samples.ndim == 1 else samples
        size = _BLOCK_VALUES // columns.shape[1]
        for start in range(0, len(columns), size):
            yield int(source[1]), columns[start : start + size]


def _decode(source: File, name: str) -> Iterator[_Block]:
    with _open(source, name) as opened:
        try:
            file = opened if opened.seekable() else io.BytesIO(opened.read())
            file.seek(0)
            magic = file.read(4)
            file.seek(0)
        except Exception as error:  # a caller's file may raise anything
            raise AudioError(f"{name}: cannot be read: {error}.") from error
        if not magic:
            raise AudioError(f"{name}: is empty (0 bytes).")
        position = 0
        if magic in _LIBSNDFILE:
            try:
                with soundfile.SoundFile(file) as sound:
                    size = max(1, _BLOCK_VALUES // sound.channels)
                    while len(block := sound.read(size, dtype="float32", always_2d=True)):
                        position += len(block)
                        yield sound.samplerate, block
                    if 0 < sound.frames <= position:
                        return
            except (soundfile.LibsndfileError, TypeError):  # TypeError: a name that ends in .raw
                pass
            file.seek(0)
        # libsndfile stops where it finds damage, FFmpeg knows how to go on.
        for rate, block in _decode_container(file, name):
            if len(block) > position:
                yield rate, block[position:]
            position = max(0, position - len(block))


def _open(source: File, name: str) -> AbstractContextManager[BinaryIO]:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if isinstance(source, str | os.PathLike):
        try:
            return Path(os.fsdecode(source)).open("rb")
        except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
            reason = getattr(error, "strerror", None) or error
            raise AudioError(f"{name}: cannot be opened: {reason}.") from error
    if isinstance(source, io.TextIOBase):
        raise AudioError(f"{name}: is open as text: open it in binary mode.")
    if not hasattr(source, "read"):
        raise AudioError(
            f"{type(source).__name__} is no recording: give a path, bytes, a binary file object "
            "or (array, rate)."
        )
    return nullcontext(source)  # the caller's own file stays open


def _decode_container(file: BinaryIO, name: str) -> Iterator[_Block]:
    import av

    # Until PyAV 18, a tag that is not UTF-8 is an error, unless it is told otherwise.
    strict = int(av.__version__.split(".")[0]) < 19
    lenient: dict[str, Any] = {"metadata_errors": "ignore"} if strict else {}
    try:
        container = av.open(file, options={"format_whitelist": _CONTAINERS}, **lenient)
    except av.FFmpegError as error:
        raise AudioError(
            f"{name}: is not audio that can be read, or was cut off too early."
        ) from error
    except Exception as error:  # PyAV passes on whatever a caller's file raises
        raise AudioError(f"{name}: cannot be read: {error}.") from error
    with container:
        if not container.streams.audio:
            raise AudioError(f"{name}: has no audio track.")
        if not container.streams.audio[0].codec_context:
            raise AudioError(f"{name}: its audio track has a codec that is not known.")
        frames = _frames(container, name)
        # NumPy is called for many frames at once: for each by itself it costs as much as decoding.
        for _, run in groupby(frames, lambda frame: (frame[0], len(frame[1]), frame[1].dtype)):
            while alike := list(islice(run, _BLOCK_FRAMES)):
                yield alike[0][0], np.concatenate([frame[1] for frame in alike], axis=1).T


def _frames(container: Any, name: str) -> Iterator[_Block]:
    """Yields the rate and the samples `[channels, n]` of each frame of the first audio track."""
    import av

    seconds = 0.0
    undecodable = None
    try:
        for packet in container.demux(container.streams.audio[0]):
            try:
                decoded = packet.decode()
            except av.FFmpegError as error:
                undecodable = error  # as players do: the next packet may be whole
                continue
            for frame in decoded:
                yield frame.sample_rate, _channels(frame)
                seconds += frame.samples / frame.sample_rate
    except Exception as error:  # as in opening
        reason = getattr(error, "strerror", None) or error
        raise AudioError(
            f"{name}: is damaged, it breaks off after {seconds:.1f} s ({reason})."
        ) from error
    if undecodable and not seconds:
        raise AudioError(
            f"{name}: none of its audio track can be decoded ({undecodable.strerror})."
        ) from undecodable


def _channels(frame: Any) -> NDArray[Any]:
    """Returns a frame's samples `[channels, n]`."""
    import av

    count = frame.layout.nb_channels
    if count >= 8:
        # Of so many planes PyAV finds more than there are, and reads foreign memory: pack them.
        (frame,) = av.AudioResampler(format="flt").resample(frame)
    samples: NDArray[Any] = frame.to_ndarray()
    return samples if frame.format.is_planar else samples.reshape(-1, count).T


def _mix_down(blocks: Iterable[_Block], name: str) -> Iterator[_Block]:
    """Yields rates and float32 samples `[n]`."""
    seconds = 0.0
    for rate, block in blocks:
        if rate not in _RATES:
            raise AudioError(f"{name}: a sample rate of {rate} Hz is not one of recorded speech.")
        samples = _as_float(block, name)
        if not -_LOUDEST <= samples.min(initial=0) <= samples.max(initial=0) <= _LOUDEST:
            row, channel = np.argwhere(~(np.abs(samples) <= _LOUDEST))[0]
            where = f"{seconds + row / rate:.2f} s"
            raise AudioError(
                f"{name}: holds a sample of {samples[row, channel]:g}, at {where}: it is damaged, "
                "or its floats are not scaled to [-1, 1]."
            )
        seconds += len(samples) / rate
        yield rate, samples[:, 0] if samples.shape[1] == 1 else samples.mean(axis=1)


def _as_float(samples: NDArray[Any], name: str) -> NDArray[np.float32]:
    kind = samples.dtype.type
    if issubclass(kind, np.floating):
        with np.errstate(over="ignore", invalid="ignore"):  # becomes infinity or NaN
            return samples.astype(np.float32, copy=False)
    if kind not in (np.uint8, np.int16, np.int32):
        raise AudioError(f"{name}: {samples.dtype} is not float, int32, int16 or uint8 samples.")
    half = np.float32(2 ** (8 * samples.itemsize - 1))
    centred = samples.astype(np.float32)
    if kind is np.uint8:
        centred -= half
    return centred / half


def _resample(blocks: Iterable[_Block]) -> Iterator[Waveform]:
    for rate, run in groupby(blocks, itemgetter(0)):
        if rate == SAMPLE_RATE:
            yield from (samples for _, samples in run)
            continue
        stream = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
        for _, samples in run:
            yield stream.resample_chunk(samples)
        yield stream.resample_chunk(np.empty(0, dtype=np.float32), last=True)
