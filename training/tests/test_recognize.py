"""Probabilities of entities against enumeration, and whole notes against the pieces they are made of."""

from functools import partial
from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch

from factories import (
    TAGS,
    make_crf,
    make_documents,
    make_emissions,
    make_network,
    make_vocabularies,
    probabilities,
)
from ner.data import Encoder, make_rows
from ner.evaluate import chunks
from ner.predict import predict
from ner.recognize import entity_probability, recognize

LABELS = ["Drug", "Sign"]


def entity(crf, emissions, first: int, last: int, label: str) -> float:
    return entity_probability(crf, emissions, first, last, TAGS.index(f"B-{label}"), TAGS.index(f"I-{label}"))


def enumerated(crf, emissions) -> dict[tuple[int, int, str], float]:
    """Probability of each possible entity: sum over the sequences that hold exactly it."""
    found: dict[tuple[int, int, str], float] = {}
    for path, probability in probabilities(crf, emissions).items():
        tags = [TAGS[tag] for tag in path] + ["O"]
        for first, tag in enumerate(tags):
            if tag[0] == "B":
                last = first + 1
                while tags[last] == f"I-{tag[2:]}":
                    last += 1
                key = first, last, tag[2:]
                found[key] = found.get(key, 0) + probability
    return found


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("length", [1, 2, 3, 4, 5])
def test_entity_probability_of_every_entity(length, seed):
    crf, emissions = make_crf(seed), make_emissions(seed + 40, length)
    expected = enumerated(crf, emissions)
    assert len(expected) == len(LABELS) * length * (length + 1) // 2
    for (first, last, label), probability in expected.items():
        assert entity(crf, emissions, first, last, label) == pytest.approx(probability, abs=1e-9)


def test_every_token_is_in_one_entity_or_none():
    crf, emissions = make_crf(3), make_emissions(43, 5)
    outside = [0.0] * 5
    for path, probability in probabilities(crf, emissions).items():
        for token, tag in enumerate(path):
            outside[token] += probability * (tag == 0)
    for token in range(5):
        inside = sum(
            entity(crf, emissions, first, last, label)
            for label in LABELS
            for first in range(token + 1)
            for last in range(token + 1, 6)
        )
        assert inside + outside[token] == pytest.approx(1, abs=1e-9)


def test_entity_probability_leaves_the_emissions_alone():
    crf, emissions = make_crf(4), make_emissions(44, 4)
    before = emissions.clone()
    entity(crf, emissions, 1, 3, "Sign")
    assert torch.equal(emissions, before)


def make_run(row_tokens: int):
    words, characters = make_vocabularies()
    return SimpleNamespace(
        network=make_network(5, 1, len(characters)),
        crf=make_crf(5).float(),
        tags=TAGS,
        config={"row_tokens": row_tokens},
        encoder=Encoder(words, characters, TAGS, 6),
    )


@pytest.mark.parametrize("row_tokens", [0, 9, 96])
def test_recognize_finds_what_predict_finds(row_tokens):
    run = make_run(row_tokens)
    documents = make_documents(6, [[4, 1, 7], [3], [12, 2, 2, 2]])
    rows = make_rows(documents, row_tokens)
    expected = predict(partial(run.network.scores, run.encoder), run.crf, documents, rows, TAGS)
    for number, document in enumerate(documents):
        found = recognize(run, document)
        assert found.tags == expected[number]
        spans = [(e["start"], e["end"], e["label"]) for e in found.entities]
        assert spans == chunks(found.tags, document.spans)
        assert all(0 < e["confidence"] <= 1 for e in found.entities)
        assert len(found.rows) == sum(row.document == number for row in rows)
    assert any(tag[0] == "I" for tags in expected for tag in tags)


def test_recognize_keeps_the_inputs_and_emissions_of_each_row():
    (document,) = make_documents(7, [[4, 3, 6]])
    found = recognize(make_run(8), document)
    assert [row.forms for row in found.rows] == [
        [*document.tokens[:4], "<s>", *document.tokens[4:7]],
        document.tokens[7:],
    ]
    for row in found.rows:
        assert len(row.word_ids) == len(row.character_ids) == len(row.forms)
        assert row.emissions.shape == (len(row.forms), len(TAGS))


def test_entities_stay_within_sentences():
    (document,) = make_documents(8, [[2] * 12])
    tags = recognize(make_run(96), document).tags
    for start, _ in pairwise(document.sentences):
        assert tags[start][0] != "I"
