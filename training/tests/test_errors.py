import pytest

from factories import make_document
from ner.errors import Training, confusion_table, judge, label_table, shown, trait_table
from ner.evaluate import chunks

TOKENS = ["Mild", "rash", "after", "velotrin", "40", "units"]
GOLD = ["B-Sign", "I-Sign", "O", "B-Drug", "B-Dose", "I-Dose"]


def note(tokens=TOKENS, tags=GOLD):
    document = make_document(tokens, [0, len(tokens)], tags)
    document.entities = chunks(tags, document.spans)
    return document


@pytest.mark.parametrize(
    ("predicted", "kinds"),
    [
        (["B-Sign", "I-Sign", "O", "B-Drug", "B-Dose", "I-Dose"], ["right", "right", "right"]),
        (["B-Drug", "I-Drug", "O", "B-Drug", "B-Dose", "I-Dose"], ["label", "right", "right"]),
        (["O", "B-Sign", "O", "B-Drug", "B-Dose", "I-Dose"], ["bounds", "right", "right"]),
        (["B-Sign", "B-Sign", "O", "B-Drug", "B-Dose", "I-Dose"], ["bounds", "right", "right"]),
        (["O", "B-Drug", "B-Sign", "B-Drug", "O", "O"], ["both", "right", "missed", "spurious"]),
        (["O", "O", "O", "B-Sign", "I-Sign", "I-Sign"], ["missed", "both", "both"]),
        (["B-Drug", "B-Sign", "O", "O", "O", "O"], ["bounds", "missed", "missed"]),
    ],
)
def test_kinds_of_error(predicted, kinds):
    assert [one.kind for one in judge(note(), predicted)] == kinds


def test_label_table_counts_by_annotated_label_and_the_spurious_by_found_one():
    lines = label_table(judge(note(), ["B-Drug", "I-Drug", "B-Sign", "B-Drug", "O", "O"])).split("\n")
    rows = {line.split()[0]: list(map(int, line.split()[1:])) for line in lines[1:]}
    #                gold right label bounds both missed spurious
    assert rows == {
        "Dose": [1, 0, 0, 0, 0, 1, 0],
        "Drug": [1, 1, 0, 0, 0, 0, 0],
        "Sign": [1, 0, 1, 0, 0, 0, 1],
        "all": [3, 1, 1, 0, 0, 1, 1],
    }


def test_confusion_counts_pairs_of_different_labels():
    judged = [*judge(note(), ["B-Drug", "I-Drug", "O", "O", "O", "B-Dose"]), *judge(note(), ["B-Drug", *["O"] * 5])]
    assert confusion_table(judged, 5).split("\n")[1:] == ["     2  Sign -> Drug"]


def test_traits_of_an_entity():
    training = Training(
        [
            note(),
            note(["Rash", "after", "dasimol"], ["B-Sign", "O", "B-Drug"]),
            note(["Rash", "plan"], ["B-Drug", "O"]),
        ]
    )
    document = note(["ruxapine", "rash", "after", "Velotrin"], ["B-Sign", "I-Sign", "O", "B-Drug"])
    assert training.traits(document, document.entities[0]) == [
        ("tokens", "2"),
        ("words", "one or more not in training"),
        ("phrase in training", "never annotated"),
        ("bounds", "at tokens of one sentence"),
    ]
    assert training.traits(document, document.entities[1])[1:3] == [
        ("words", "all in training"),
        ("phrase in training", "with this label only"),
    ]
    rash = note(["rash"], ["B-Sign"])
    assert ("phrase in training", "with this label and others") in training.traits(rash, rash.entities[0])
    dose = note(["velotrin"], ["B-Dose"])
    assert ("phrase in training", "with other labels only") in training.traits(dose, dose.entities[0])
    assert ("bounds", "no tag can express them") in training.traits(document, (9, 12, "Sign"))


def test_trait_table_has_the_errors_of_each_group():
    judged = judge(note(), ["B-Sign", "I-Sign", "O", "O", "O", "B-Dose"])
    rows = {line[:48].strip(): line[48:].split() for line in trait_table(judged, Training([note()])).split("\n")[1:]}
    assert rows["tokens: 1"] == ["1", "1", "1.000", "0.500"]
    assert rows["tokens: 2"] == ["2", "1", "0.500", "0.500"]
    assert rows["words: all in training"] == ["3", "2", "0.667", "1.000"]


def test_only_what_is_asked_for_has_words():
    judged = judge(note(), ["B-Drug", "I-Drug", "O", "B-Drug", "O", "O"])
    tables = label_table(judged) + confusion_table(judged, 5) + trait_table(judged, Training([note()]))
    assert not any(token in tables for token in ("rash", "velotrin", "units"))
    assert [shown(one) for one in judged if one.kind != "right"] == [
        "label     note 0: Sign 'mild rash' -> Drug 'mild rash'",
        "missed    note 25: Dose '40 units' -> -",
    ]
