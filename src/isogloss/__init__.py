"""isogloss tells the accent of a speaker of British or Irish English.

```python
from isogloss import AccentClassifier

classifier = AccentClassifier.from_preset("quickstart/preset")
answer = classifier.predict("interview.mp3")
```

Importing it loads no framework: Keras, JAX and the others load when they are first used.
"""

from typing import TYPE_CHECKING, Any

from isogloss.version import VERSION as __version__

if TYPE_CHECKING:
    from isogloss.answers import Answer, Frame, Score, Status
    from isogloss.classifier import AccentClassifier
    from isogloss.errors import IsoglossError
    from isogloss.streaming import StreamingClassifier

__all__ = [
    "AccentClassifier",
    "Answer",
    "Frame",
    "IsoglossError",
    "Score",
    "Status",
    "StreamingClassifier",
    "__version__",
]

_HOMES = {
    "AccentClassifier": "isogloss.classifier",
    "Answer": "isogloss.answers",
    "Frame": "isogloss.answers",
    "IsoglossError": "isogloss.errors",
    "Score": "isogloss.answers",
    "Status": "isogloss.answers",
    "StreamingClassifier": "isogloss.streaming",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'isogloss' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
