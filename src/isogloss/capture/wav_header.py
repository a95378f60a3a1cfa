"""The header of a WAV that is still being written, of which nothing can be read twice."""

import struct
from typing import BinaryIO

from isogloss.errors import AudioError

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_ENCODINGS = {
    (_PCM, 8): "u8",
    (_PCM, 16): "s16le",
    (_PCM, 24): "s24le",
    (_PCM, 32): "s32le",
    (_FLOAT, 32): "f32le",
    (_FLOAT, 64): "f64le",
}
# From here on, sizes are what programs write that cannot know: ffmpeg 2^32 - 1, sox 2^31 - 4096.
_UNKNOWN = 0x7FFF_0000
_LONGEST_CHUNK = 2**20  # of what comes before the samples


def read_header(file: BinaryIO, name: str) -> tuple[int, int, str, int | None]:
    """Reads on from after "WAVE" to the first sample.

    Args:
        file: BinaryIO. To read from.
        name: str. What messages call it.

    Returns:
        Rate in Hz, channels, encoding as of `RawFormat`, and the samples' bytes, None where the
        header does not know.

    Raises:
        AudioError: It breaks off, or its samples are of a kind that is not read.
    """
    known: tuple[int, int, str] | None = None
    while True:
        kind, size = struct.unpack("<4sI", _exactly(file, 8, name))
        if kind == b"data":
            if known is None:
                raise AudioError(f"{name}: its WAV header does not say what the samples are.")
            return (*known, size if 0 < size < _UNKNOWN else None)
        if size > _LONGEST_CHUNK:
            raise AudioError(f"{name}: its WAV header is damaged (a part of {size} bytes).")
        chunk = _exactly(file, size + size % 2, name)
        if kind == b"fmt ":
            known = _samples(chunk, name)


def _samples(chunk: bytes, name: str) -> tuple[int, int, str]:
    if len(chunk) < 16:
        raise AudioError(f"{name}: its WAV header is damaged.")
    form, channels, rate, _, _, bits = struct.unpack("<HHIIHH", chunk[:16])
    if form == _EXTENSIBLE and len(chunk) >= 26:
        (form,) = struct.unpack("<H", chunk[24:26])
    encoding = _ENCODINGS.get((form, bits))
    if not encoding or not channels:
        raise AudioError(
            f"{name}: is WAV of {channels} channels of format {form} with {bits} bits, which is "
            "not read from a pipe. Give it as PCM of 8 to 32 bits or as floats."
        )
    return rate, channels, encoding


def _exactly(file: BinaryIO, count: int, name: str) -> bytes:
    read = file.read(count)
    if len(read) < count:
        raise AudioError(f"{name}: breaks off within its WAV header.")
    return read
