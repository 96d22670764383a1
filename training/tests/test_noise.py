from functools import partial
from types import SimpleNamespace

import pytest
import torch

from factories import TAGS, make_crf, make_document, make_documents, make_emissions, make_network, make_vocabularies
from ner.data import Encoder
from ner.evaluate import chunks, token_chunks
from ner.noise import find_suspects, in_text, probabilities, summary, suspects_of
from ner.recognize import entity_probability, recognize
from ner.run_folder import Run

GOLD = [(0, 2, "Sign"), (3, 4, "Drug")]


def make_run(seed: int):
    """What the modules use of a ner.run_folder.Run; a sure one."""
    words, characters = make_vocabularies()
    network = make_network(seed, 1, len(characters))
    with torch.no_grad():
        network.projection.weight.mul_(8)
    run = SimpleNamespace(
        config={"row_tokens": 12, "character_length": 6},
        tags=TAGS,
        network=network,
        crf=make_crf(seed).float(),
        encoder=Encoder(words, characters, TAGS, 6),
    )
    run.emissions = partial(Run.emissions, run)
    return run


def test_probabilities_are_those_of_each_entity_alone():
    crf, emissions = make_crf(1), make_emissions(2, 5)
    run = SimpleNamespace(tags=TAGS, crf=crf)
    candidates = [(0, 2, "Sign"), (1, 5, "Drug"), (4, 5, "Drug")]
    expected = [
        entity_probability(crf, emissions, first, last, TAGS.index(f"B-{label}"), TAGS.index(f"I-{label}"))
        for first, last, label in candidates
    ]
    assert probabilities(run, emissions, candidates) == pytest.approx(expected)
    assert probabilities(run, emissions, []) == []


@pytest.mark.parametrize(
    ("found", "kind", "annotated"),
    [
        ((0, 2, "Drug"), "label", [(0, 2, "Sign")]),
        ((1, 2, "Sign"), "bounds", [(0, 2, "Sign")]),
        ((1, 3, "Drug"), "both", [(0, 2, "Sign")]),
        ((1, 4, "Sign"), "bounds", [(0, 2, "Sign"), (3, 4, "Drug")]),
        ((5, 6, "Drug"), "not annotated", []),
    ],
)
def test_a_sure_entity_that_is_not_annotated_is_a_suspect(found, kind, annotated):
    scored = {GOLD[0]: 0.3, GOLD[1]: 0.3, found: 0.97}
    assert suspects_of(GOLD, scored, 0.95) == [
        {"kind": kind, "annotated": annotated, "found": found, "confidence": 0.97}
    ]
    assert suspects_of(GOLD, scored, 0.98) == []


def test_an_annotated_entity_that_surely_is_none_is_a_suspect():
    (suspect,) = suspects_of(GOLD, {GOLD[0]: 0.01, GOLD[1]: 0.99}, 0.95)
    assert (suspect["kind"], suspect["annotated"], suspect["found"]) == ("not found", [GOLD[0]], None)
    assert suspect["confidence"] == pytest.approx(0.99)


def test_what_is_found_as_annotated_is_none():
    assert suspects_of(GOLD, {GOLD[0]: 1.0, GOLD[1]: 1.0}, 0.95) == []


def test_offsets_are_those_of_the_text():
    document = make_document(["Well", ".", "Mild", "rash"], [0, 2, 4], None)
    suspect = {"kind": "label", "annotated": [(0, 2, "Sign")], "found": (1, 2, "Drug"), "confidence": 0.98}
    assert in_text(document, suspect, 2) | {"confidence": 0} == {
        "id": "note",
        "kind": "label",
        "annotated": [(7, 16, "Sign")],
        "found": (12, 16, "Drug"),
        "confidence": 0,
    }


def labelled_as_found(run):
    """Documents whose annotation is what the run finds."""
    documents = make_documents(3, [[4, 3], [6], [2, 5, 3]])
    for i, document in enumerate(documents):
        document.id = f"note-{i}"
        document.tags = recognize(run, document).tags
        document.entities = chunks(document.tags, document.spans)
    run.crf.float()
    return documents


def test_a_changed_label_is_found_by_a_run_that_has_not_seen_it():
    run = make_run(1)
    documents = labelled_as_found(run)
    assert find_suspects([run], documents, [set()], 0.9) == []

    # Of all entities the one that the run is surest of gets the other label.
    surest = [max(recognize(run, document).entities, key=lambda one: one["confidence"]) for document in documents]
    run.crf.float()
    changed, entity = max(zip(documents, surest, strict=True), key=lambda pair: pair[1]["confidence"])
    found = entity["start"], entity["end"], entity["label"]
    first, last, _ = token_chunks(changed.tags)[chunks(changed.tags, changed.spans).index(found)]
    other = {"Drug": "Sign", "Sign": "Drug"}[found[2]]
    changed.tags[first:last] = [f"{tag[:2]}{other}" for tag in changed.tags[first:last]]

    (suspect,) = find_suspects([run], documents, [set()], 0.9)
    assert suspect["confidence"] == pytest.approx(entity["confidence"], abs=1e-3)
    assert (suspect["id"], suspect["kind"], suspect["found"]) == (changed.id, "label", found)
    assert suspect["annotated"] == [(*found[:2], other)]
    assert summary([suspect], 3).split("\n") == ["     1  label", "", f"     1  label: {other} -> {found[2]}"]
    assert find_suspects([run], documents, [{changed.id}], 0.9) == []


def test_confidence_is_the_mean_over_the_runs_that_have_not_seen_the_document():
    first, second = make_run(1), make_run(2)
    documents = labelled_as_found(first)
    for document in documents:
        document.tags = ["O"] * len(document.tags)

    def confidences(runs, seen):
        found = find_suspects(runs, documents, seen, 0.5001)
        return {(suspect["id"], suspect["found"]): suspect["confidence"] for suspect in found}

    alone, other = confidences([first], [set()]), confidences([second], [set()])
    both = confidences([first, second], [set(), set()])
    shared = alone.keys() & other.keys()
    assert shared
    for key in shared:
        assert both[key] == pytest.approx((alone[key] + other[key]) / 2, abs=1e-3)
    assert both != alone
    everything = {document.id for document in documents}
    assert confidences([first, second], [set(), everything]) == alone
