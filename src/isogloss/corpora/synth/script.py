"""Who reads what: some sentences are every speaker's, the rest are drawn."""

import random
from importlib import resources

from isogloss.errors import SettingError

_SHARED = 4  # the first sentences of the file, chosen to hold the sounds that tell most


def read_sentences() -> tuple[str, ...]:
    """Returns the sentences that isogloss wrote for its synthetic speakers."""
    file = resources.files("isogloss.corpora.synth") / "sentences.txt"
    return tuple(file.read_text(encoding="utf-8").splitlines())


def draw_script(speaker: str, seed: int, count: int) -> tuple[str, ...]:
    """Draws the sentences of one speaker, in the order they are read.

    The first four are everyone's: where the text is known, the same sounds can be compared across
    speakers. The rest are the speaker's own draw, no sentence twice.

    Args:
        speaker: str. The speaker's id.
        seed: int. The same seed and speaker draw the same sentences.
        count: int. How many.

    Raises:
        SettingError: Less than one sentence, or more than there are.
    """
    sentences = read_sentences()
    if not 1 <= count <= len(sentences):
        raise SettingError(f"sentences={count}: must be from 1 to {len(sentences)} for a speaker.")
    shared, others = sentences[:_SHARED], sentences[_SHARED:]
    rng = random.Random(f"{seed} {speaker}")  # noqa: S311 - nothing secret
    return (*shared[:count], *rng.sample(others, max(0, count - len(shared))))
