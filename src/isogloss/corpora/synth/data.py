"""espeak-ng's data with the six accents as its languages: four of its own, two of ours."""

import shutil
from importlib import resources
from pathlib import Path

from isogloss.corpora.synth.espeak import bundled_data
from isogloss.labels import ACCENTS

_SHARED_FILES = ("phondata", "phonindex", "phontab", "intonations", "en_dict")

_BUNDLED_LANGUAGES = {
    "midlands": "gmw/en-GB-x-gbcwmd",
    "northern": "gmw/en-GB-x-gbclan",
    "scottish": "gmw/en-GB-scotland",
    "southern": "gmw/en-GB-x-rp",
}

# What a variant says of the voice. The rest, above all its stress and intonation, would take the
# place of the accent's; its echo is no voice.
_TIMBRE = {
    "language",
    "name",
    "gender",
    "pitch",
    "formant",
    "voicing",
    "consonants",
    "flutter",
    "roughness",
    "breath",
    "breathw",
    "tone",
    "clarity",
}


def make_data_folder(folder: Path) -> None:
    """Fills a folder with all that espeak-ng reads to speak the six accents.

    The language of an accent is called by the accent's id. The installed data stay as they are.

    Raises:
        MissingExtraError: espeakng-loader is not installed.
    """
    bundled = bundled_data()
    for name in _SHARED_FILES:
        shutil.copyfile(bundled / name, folder / name)
    (folder / "voices" / "!v").mkdir(parents=True)
    languages = folder / "lang"
    languages.mkdir()
    own = resources.files("isogloss.corpora.synth") / "voices"
    for accent in ACCENTS:
        if accent.id in _BUNDLED_LANGUAGES:
            shutil.copyfile(bundled / "lang" / _BUNDLED_LANGUAGES[accent.id], languages / accent.id)
        else:
            (languages / accent.id).write_bytes((own / accent.id).read_bytes())


def add_voice(folder: Path, name: str, *, variant: str, vocal_tract: int) -> None:
    """Adds the timbre of a variant to the data, in a mouth of another size.

    Args:
        folder: Path. Filled by `make_data_folder`.
        name: str. What the voice is called, as the variant of `Espeak.set_voice`.
        variant: str. One of the variants that come with the library.
        vocal_tract: int. Per cent of the variant's formant frequencies: 100 is its own mouth, 105
            a smaller one.

    Raises:
        MissingExtraError: espeakng-loader is not installed.
    """
    bundled = (bundled_data() / "voices" / "!v" / variant).read_text(encoding="utf-8")
    # Where the variant leaves a formant as it is, -1 leaves its height and width.
    formants = {number: f"formant {number} {vocal_tract} -1 -1" for number in range(1, 9)}
    lines = []
    for line in bundled.splitlines():
        match line.split():
            case ["formant", number, frequency, *rest] if number != "0":
                scaled = round(int(frequency) * vocal_tract / 100)
                formants[int(number)] = " ".join(["formant", number, str(scaled), *rest])
            case [attribute, *_] if attribute in _TIMBRE:
                lines.append(line)
    lines += formants.values()
    (folder / "voices" / "!v" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
