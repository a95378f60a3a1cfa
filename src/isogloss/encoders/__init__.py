"""Encoders by name."""

from collections.abc import Callable

from isogloss.encoders.base import Encoder, Frames, FrameStream
from isogloss.errors import SettingError

__all__ = ["ENCODERS", "Encoder", "FrameStream", "Frames", "create_encoder"]

ENCODERS = ("yamnet", "speech-embedding", "speech-layers")
"""Names that `create_encoder` knows."""


def create_encoder(name: str, threads: int | None = None) -> Encoder:
    """Returns an encoder with its weights loaded.

    Args:
        name: str. One of `ENCODERS`, or an encoder's id as stores and presets record it.
        threads: int or None. Threads within one network call; None leaves it to ONNX Runtime.

    Raises:
        SettingError: No encoder has this name, or its weights are not the ones the id names.
    """
    from isogloss.encoders.speech_embedding import SpeechEmbeddingEncoder
    from isogloss.encoders.speech_layers import SpeechLayersEncoder
    from isogloss.encoders.yamnet import YamnetEncoder

    known: dict[str, Callable[[int | None], Encoder]] = {
        "yamnet": YamnetEncoder,
        "speech-embedding": SpeechEmbeddingEncoder,
        "speech-layers": SpeechLayersEncoder,
        YamnetEncoder.id: YamnetEncoder,
        SpeechEmbeddingEncoder.id: SpeechEmbeddingEncoder,
        SpeechLayersEncoder.id: SpeechLayersEncoder,
    }
    if name in known:
        return known[name](threads)
    raise SettingError(f"no encoder is called '{name}': there is {', '.join(ENCODERS)}.")
