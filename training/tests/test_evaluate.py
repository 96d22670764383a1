import json

import pytest

from factories import make_document
from ner.evaluate import Counts, as_json, chunks, score, table, token_chunks, write

TOKENS = ["Mild", "rash", "after", "velotrin", "40", "units"]
GOLD = ["B-Sign", "I-Sign", "O", "B-Drug", "B-Dose", "I-Dose"]


def note(tags: list[str] = GOLD):
    document = make_document(TOKENS, [0, len(TOKENS)], tags)
    document.entities = chunks(tags, document.spans)
    return document


def micro(predicted: list[str], document=None) -> tuple[int, int, int]:
    counts = score([document or note()], [predicted]).micro
    return counts.correct, counts.predicted, counts.gold


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], []),
        (["O", "O"], []),
        (["B-Sign"], [(0, 1, "Sign")]),
        (["B-Sign", "I-Sign", "O"], [(0, 2, "Sign")]),
        (["B-Sign", "B-Sign"], [(0, 1, "Sign"), (1, 2, "Sign")]),
        (["O", "B-Sign", "I-Sign", "B-Drug", "I-Drug"], [(1, 3, "Sign"), (3, 5, "Drug")]),
    ],
)
def test_token_chunks(tags, expected):
    assert token_chunks(tags) == expected


def test_chunks_are_in_the_unit_of_the_spans():
    assert note().entities == [(0, 9, "Sign"), (16, 24, "Drug"), (25, 33, "Dose")]


@pytest.mark.parametrize(
    ("predicted", "expected"),
    [
        (GOLD, (3, 3, 3)),
        (["O"] * 6, (0, 0, 3)),
        (["O", "B-Sign", "O", "B-Drug", "B-Dose", "I-Dose"], (2, 3, 3)),  # first word missed
        (["B-Sign", "I-Sign", "I-Sign", "B-Drug", "B-Dose", "I-Dose"], (2, 3, 3)),  # one word too many
        (["B-Sign", "B-Sign", "O", "B-Drug", "B-Dose", "I-Dose"], (2, 4, 3)),  # cut in two
        (["B-Drug", "I-Drug", "O", "B-Drug", "B-Dose", "I-Dose"], (2, 3, 3)),  # right words, wrong label
        (["B-Sign", "I-Sign", "B-Drug", "B-Drug", "B-Dose", "I-Dose"], (3, 4, 3)),  # one of nothing
    ],
)
def test_only_the_exact_span_and_label_is_right(predicted, expected):
    assert micro(predicted) == expected


def test_an_entity_that_no_tag_can_express_counts_as_missed():
    document = note()
    document.entities = [*document.entities, (17, 20, "Drug")]
    assert micro(GOLD, document) == (3, 3, 4)


def test_scores_of_each_label():
    scores = score([note(), note()], [GOLD, ["B-Sign", "I-Sign", "O", "B-Dose", "B-Dose", "I-Dose"]])
    assert {label: (c.correct, c.predicted, c.gold) for label, c in scores.labels.items()} == {
        "Sign": (2, 2, 2),
        "Drug": (1, 1, 2),
        "Dose": (2, 3, 2),
    }
    assert scores.labels["Drug"].recall == 0.5
    assert scores.labels["Dose"].precision == pytest.approx(2 / 3)
    assert scores.micro.f1 == pytest.approx(10 / 12)


def test_token_score_counts_tags():
    predicted = ["O", "B-Sign", "O", "B-Drug", "B-Dose", "I-Dose"]  # B- where the gold has I-
    token = score([note()], [predicted]).token
    assert (token.correct, token.predicted, token.gold) == (3, 4, 5)


def test_token_scores_of_a_label_are_those_of_its_two_tags():
    predicted = ["O", "B-Sign", "O", "B-Dose", "B-Dose", "I-Dose"]
    scores = score([note()], [predicted])
    assert {label: (c.correct, c.predicted, c.gold) for label, c in scores.token_labels.items()} == {
        "Sign": (0, 1, 2),
        "Drug": (0, 0, 1),
        "Dose": (2, 3, 2),
    }


def test_written_metrics_are_those_of_the_scores(tmp_path):
    scores = score([note()], [["O", "B-Sign", "O", "B-Drug", "B-Dose", "I-Dose"]])
    write(tmp_path, {"epoch": 3, **as_json(scores)}, scores)
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert (metrics["epoch"], metrics["f1"], metrics["macro_f1_10"]) == (3, pytest.approx(2 / 3), 0)
    assert metrics["labels"]["Dose"] == {"correct": 1, "predicted": 1, "gold": 1}
    assert metrics["token_labels"]["Dose"] == {"correct": 2, "predicted": 2, "gold": 2}
    assert (tmp_path / "dev.txt").read_text() == table(scores) + "\n"


def test_the_same_span_in_two_documents_is_two_entities():
    scores = score([note(), note()], [GOLD, ["O"] * 6])
    assert (scores.micro.correct, scores.micro.gold) == (3, 6)


def test_macro_leaves_out_rare_labels():
    rare = note(["O", "O", "O", "B-Drug", "O", "O"])
    scores = score([note(), rare], [GOLD, ["O"] * 6])
    assert scores.macro(1) == pytest.approx((1 + 1 + 2 / 3) / 3)
    assert scores.macro(2) == pytest.approx(2 / 3)
    assert scores.macro(3) == 0


def test_nothing_to_find_is_no_division_by_zero():
    assert (Counts().precision, Counts().recall, Counts().f1) == (0, 0, 0)


def test_table_has_a_line_for_each_label_and_both_totals():
    lines = table(score([note()], [GOLD])).split("\n")
    assert [line[:38].strip() for line in lines] == ["label", "Dose", "Drug", "Sign", "micro", "token micro"]
    assert lines[1].split() == ["Dose", "1.000", "1.000", "1.000", "1"]


def test_as_many_predictions_as_documents():
    with pytest.raises(ValueError):
        score([note()], [])
    with pytest.raises(ValueError):
        score([note()], [GOLD[:-1]])
