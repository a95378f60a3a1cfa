"""Labels are renamed, joined and left out by a table."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isogloss.corpora import LabelMap, open_corpus, read_label_map
from isogloss.errors import CorpusError
from isogloss.labels import normalise
from isogloss.store import Store

Isogloss = Callable[..., CompletedProcess[str]]
LayOut = Callable[..., Path]

CLIPS = (
    "path,accent,speaker\na.wav,Dublin,anna\nb.wav,Cork,brid\nc.wav,Cardiff,cai\nd.wav,Texas,dee\n"
)


def accents(lay_out: LayOut, table: str) -> list[str]:
    """The accents of four clips from Dublin, Cork, Cardiff and Texas."""
    root = lay_out(texts={"clips.csv": CLIPS, "accents.csv": table})
    return [clip.accent for clip in open_corpus(root, read_label_map(root / "accents.csv")).clips]


def test_labels_are_renamed_joined_and_kept(lay_out: LayOut) -> None:
    table = "label,accent\ndublin,Irish\nCORK , irish\ncardiff,welsh\n"
    assert accents(lay_out, table) == ["irish", "irish", "welsh", "texas"]


def test_an_empty_accent_leaves_clips_out(lay_out: LayOut) -> None:
    assert accents(lay_out, "label,accent\ntexas,\n") == ["dublin", "cork", "cardiff"]


def test_a_star_stands_for_all_others(lay_out: LayOut) -> None:
    assert accents(lay_out, "label,accent\n*,elsewhere\ncork,irish\n") == [
        "elsewhere",
        "irish",
        "elsewhere",
        "elsewhere",
    ]
    assert accents(lay_out, "accent,label\nirish,cork\n,*\n") == ["irish"]


def test_what_is_left_out_is_counted(lay_out: LayOut) -> None:
    root = lay_out(texts={"clips.csv": CLIPS})
    notes = open_corpus(root, LabelMap({"cork": "irish"}, others="")).notes
    assert notes[0].startswith(
        "Clips left out for their label: 3, dublin (1), cardiff (1), texas (1)."
    )


def test_speakers_of_two_labels_may_have_one_accent(lay_out: LayOut) -> None:
    root = lay_out(texts={"clips.csv": CLIPS.replace("brid", "anna")})
    with pytest.raises(CorpusError, match="anna has two accents"):
        open_corpus(root)
    labels = LabelMap({"dublin": "irish", "cork": "irish"})
    assert {clip.accent for clip in open_corpus(root, labels).clips} == {
        "irish",
        "cardiff",
        "texas",
    }


def test_a_table_for_other_labels_is_refused(lay_out: LayOut) -> None:
    with pytest.raises(CorpusError, match="none of the labels that the table names, dubln"):
        accents(lay_out, "label,accent\ndubln,irish\n")


def test_a_table_that_leaves_nothing_is_refused(lay_out: LayOut) -> None:
    with pytest.raises(CorpusError, match=r"holds no clips.*label: 4, dublin"):
        accents(lay_out, "label,accent\n*,\n")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "has no column label, accent"),
        ("label;accent\ncork;irish\n", "has no column label, accent.* it is 'label;accent'"),
        ("label,accent\n", "names no label"),
        ("label,accent\n,irish\n", "line 2: label is empty"),
        ("label,accent\ncork,irish\nCork,welsh\n", "line 3: 'cork' has the accent 'irish' already"),
        ("label,accent\ncork,not_speech\n", "isogloss's own label"),
    ],
)
def test_a_table_that_cannot_be_understood_says_why(lay_out: LayOut, table: str, said: str) -> None:
    with pytest.raises(CorpusError, match=said):
        accents(lay_out, table)


@given(
    st.text(alphabet=st.characters(codec="utf-8"), min_size=1),
    st.sampled_from([str.upper, str.lower, str.title]),
)
def test_a_label_is_found_again_in_any_case_and_space(
    label: str, case: Callable[[str], str]
) -> None:
    named = LabelMap({normalise(label): "found"}, others="")
    assert named.accent(f" {label}\t") == "found"
    if label.isascii():
        assert named.accent(case(label)) == "found"


def test_the_shipped_table_prints_edits_and_changes_what_embed_keeps(
    isogloss: Isogloss, vctk: Path, tmp_path: Path
) -> None:
    root = tmp_path / "vctk"
    for speaker, source in (("p225", "p225/p225_001"), ("p253", "p253/p253_003")):
        (root / "wav48" / speaker).mkdir(parents=True)
        recording = next((vctk).glob(f"*/vctk_{source.partition('/')[0]}/*"))
        (root / "wav48" / f"{source}{recording.suffix}").symlink_to(recording)
    info = "p225  23  F  English  Southern  England\np253  22  F  Welsh  Cardiff\n"
    (root / "speaker-info.txt").write_text(info)
    printed = isogloss("corpus", "labels", "vctk")
    edited = printed.stdout.replace("welsh/cardiff,welsh", "welsh/cardiff,")
    (tmp_path / "accents.csv").write_text(edited, encoding="utf-8")
    run = isogloss("embed", root, tmp_path / "store", "--map", tmp_path / "accents.csv")
    assert run.returncode == 0
    assert "Clips left out for their label: 1, welsh/cardiff (1)" in run.stderr
    assert [row.clip.accent for row in Store(tmp_path / "store")] == ["southern"]


def test_a_corpus_without_a_table_says_which_have_one(isogloss: Isogloss) -> None:
    run = isogloss("corpus", "labels", "folders")
    assert run.returncode == 2
    assert "vctk, common-voice" in run.stderr


def test_every_layout_is_listed(isogloss: Isogloss) -> None:
    listed = [line.split(" ")[0] for line in isogloss("corpus", "list").stdout.splitlines()]
    names = "clips vctk common-voice dataset audiofolder slr83 folders synth"
    assert list(filter(None, listed)) == names.split()


def test_embed_keeps_that_speakers_are_unknown_and_says_so(
    isogloss: Isogloss, speech_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "corpus" / "irish").mkdir(parents=True)
    (tmp_path / "corpus" / "irish" / "a.wav").symlink_to(speech_file)
    run = isogloss("embed", tmp_path / "corpus", tmp_path / "store")
    assert run.returncode == 0
    assert "figures may leak" in run.stderr
    assert not Store(tmp_path / "store").manifest.speakers_known
