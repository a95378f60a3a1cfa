"""Sound as it is made: from a microphone, or from another program through a pipe."""

from isogloss.capture.base import Capture
from isogloss.capture.interrupts import interrupts_set
from isogloss.capture.microphone import open_microphone
from isogloss.capture.pipe import RawFormat, open_pipe

__all__ = ["Capture", "RawFormat", "interrupts_set", "open_microphone", "open_pipe"]
