"""A microphone, through PortAudio."""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Full
from threading import Event
from typing import Any

from isogloss.capture.base import Capture
from isogloss.errors import AudioError, MissingExtraError

NAME = "microphone"
"""What answers call it."""

_WAITING = 4_000  # blocks: PortAudio's are about 10 ms, so over half a minute may wait
_PIPE = "Or pipe sound in: `arecord -f S16_LE -r 16000 | isogloss listen - --rate 16000`."


def open_microphone(device: str | None, rate: int | None, channels: int) -> Capture:
    """Opens a microphone.

    Args:
        device: str or None. Its number or a part of its name; None is the system's own choice.
        rate: int or None. In Hz; None is the device's own.
        channels: int. How many to record.

    Raises:
        MissingExtraError: The package sounddevice is not installed.
        AudioError: PortAudio is not installed, or there is no such microphone.
    """
    try:
        import sounddevice
    except ModuleNotFoundError as error:
        raise MissingExtraError("listen", "Listening to a microphone") from error
    except OSError as error:
        raise AudioError(
            f"{NAME}: PortAudio is not installed ({error}). On Debian and Ubuntu: "
            f"apt install libportaudio2. {_PIPE}"
        ) from error
    chosen = int(device) if device and device.isdecimal() else device
    try:
        found = sounddevice.query_devices(chosen, "input")
        rate = rate or round(found["default_samplerate"])
        sounddevice.check_input_settings(chosen, channels, "float32", samplerate=rate)
    except (sounddevice.PortAudioError, ValueError) as error:
        which = f"'{device}'" if device else "the system's own"
        raise AudioError(f"{NAME}: {which} cannot be used: {error}. {_PIPE}") from error
    return _Microphone(chosen, rate, channels)


class _Microphone(Capture):
    def __init__(self, device: int | str | None, rate: int, channels: int) -> None:
        super().__init__(NAME, rate, channels, waiting=_WAITING)
        self._device = device
        self._lost = 0
        self._overflows = 0

    @contextmanager
    def _capturing(self, stopped: Event) -> Iterator[None]:
        import sounddevice

        def arrive(samples: Any, frames: int, time: Any, status: Any) -> None:
            del time
            self._overflows += bool(status.input_overflow)
            if stopped.is_set():
                return
            try:
                self._arrived.put_nowait(samples.copy())
            except Full:
                self._lost += frames

        def end() -> None:
            if not stopped.is_set():
                self._arrived.put(AudioError(f"{NAME}: was unplugged, or taken away."))

        try:
            stream = sounddevice.InputStream(
                samplerate=self.rate,
                device=self._device,
                channels=self.channels,
                dtype="float32",
                callback=arrive,
                finished_callback=end,
            )
            with stream:
                yield
                stopped.set()
        except sounddevice.PortAudioError as error:
            raise AudioError(f"{NAME}: cannot be used: {error}. {_PIPE}") from error
        finally:
            if self._lost:
                seconds = self._lost / self.rate
                self.notes.append(f"{NAME}: {seconds:.2f} s were lost: this machine is too slow.")
            if self._overflows:
                self.notes.append(f"{NAME}: the system lost samples {self._overflows} times.")
