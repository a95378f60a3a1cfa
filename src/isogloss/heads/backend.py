"""Keras, on JAX where the user has named no other backend."""

import os
from typing import Any

from isogloss.errors import MissingExtraError, SettingError


def import_keras() -> Any:
    """Imports Keras 3; `KERAS_BACKEND` and JAX's own variables are respected.

    Returns:
        The module `keras`, which publishes no types.

    Raises:
        MissingExtraError: Keras or JAX is not installed.
        SettingError: Another backend is asked for, and is not installed.
    """
    try:
        from platformdirs import user_cache_path

        # Read when Keras and JAX are imported, and only then. Every fold of a cross-validation
        # trains the same program: kept on disk, it is compiled once and not once a fold.
        os.environ.setdefault("KERAS_BACKEND", "jax")
        os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(user_cache_path("isogloss") / "jax"))
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        import keras
    except ImportError as error:
        if error.name in ("platformdirs", "keras", "jax"):
            raise MissingExtraError("train", "Training or evaluating a head") from error
        backend = os.environ["KERAS_BACKEND"]
        raise SettingError(f"KERAS_BACKEND={backend} needs the package '{error.name}'.") from error
    return keras
