import json
from random import Random

import pytest
import torch

from factories import TAGS, make_document, make_documents, make_vocabularies
from ner.data import SEPARATOR, Encoder, Row, batches, make_rows, read_documents


def words(count: int) -> list[str]:
    return ["bado"] * count


def shape(rows: list[Row]) -> list[list[int]]:
    """Lengths of the sentences of each row."""
    return [[end - start for start, end in row.sentences] for row in rows]


def make_encoder(characters: int = 4) -> Encoder:
    return Encoder(*make_vocabularies(), TAGS, characters)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (0, [[3], [2], [4], [1]]),
        (3, [[3], [2], [4], [1]]),
        (5, [[3], [2], [4], [1]]),  # 3 + separator + 2 is 6
        (6, [[3, 2], [4, 1]]),
        (11, [[3, 2, 4], [1]]),
        (12, [[3, 2, 4], [1]]),
        (13, [[3, 2, 4, 1]]),
    ],
)
def test_rows_join_sentences_up_to_the_limit(limit, expected):
    rows = make_rows([make_document(words(10), [0, 3, 5, 9, 10])], limit)
    assert shape(rows) == expected


def test_a_sentence_longer_than_the_limit_is_a_row_of_its_own():
    assert shape(make_rows([make_document(words(12), [0, 1, 11, 12])], 4)) == [[1], [10], [1]]


def test_rows_hold_token_indices_and_separators():
    (row,) = make_rows([make_document(words(5), [0, 2, 5])], 8)
    assert row.tokens == [0, 1, -1, 2, 3, 4]
    assert row.sentences == [(0, 2), (3, 6)]


def test_rows_never_cross_documents():
    documents = [make_document(words(2), [0, 1, 2]), make_document([], [0]), make_document(words(1), [0, 1])]
    rows = make_rows(documents, 50)
    assert [(row.document, row.tokens) for row in rows] == [(0, [0, -1, 1]), (2, [0])]


def test_random_rows_hold_every_sentence_once_and_keep_to_the_limit():
    bounds = list(range(0, 401, 4))
    document = make_document(words(400), bounds)
    drawn = [make_rows([document], 40, Random(seed)) for seed in range(5)]
    for rows in drawn:
        assert [t for row in rows for t in row.tokens if t >= 0] == list(range(400))
        assert all(len(row.tokens) <= 40 for row in rows)
    assert len({str(shape(rows)) for rows in drawn}) == 5
    assert shape(make_rows([document], 40, Random(3))) == shape(drawn[3])


def test_batch_pads_rows_and_finds_their_sentences():
    documents = [
        make_document(["bado", "ba", "zz", "512"], [0, 3, 4], ["B-Drug", "I-Drug", "O", "B-Sign"]),
        make_document(["BA"], [0, 1], ["I-Sign"]),
    ]
    encoder = make_encoder()
    rows = make_rows(documents, 10)
    batch = encoder.batch(documents, rows)
    ids = encoder.words.ids

    assert batch.word_ids.tolist() == [[1, ids["ba"], 1, ids[SEPARATOR], ids["000"]], [ids["ba"], 0, 0, 0, 0]]
    assert batch.lengths.tolist() == [5, 1]
    assert batch.character_ids.shape == (2, 5, 4)
    assert batch.character_ids[0, 1].tolist() == encoder.characters.character_ids("ba", 4)
    assert batch.character_ids[0, 3].tolist() == [0, 0, 0, 0]  # a separator has no characters
    assert batch.character_ids[1, 0].tolist() == [1, 1, 0, 0]  # capitals are not in this vocabulary
    assert batch.character_ids[1, 1:].sum() == 0
    assert batch.sentence_lengths.tolist() == [3, 1, 1]
    assert batch.positions.tolist() == [[0, 1, 2], [4, 0, 0], [5, 0, 0]]
    assert batch.tags.tolist() == [[1, 3, 0], [2, 0, 0], [4, 0, 0]]
    assert [(row.document, start, end) for row, start, end in batch.sentences] == [(0, 0, 3), (0, 4, 5), (1, 0, 1)]


def test_emissions_by_sentence_are_those_of_its_tokens():
    documents = make_documents(1, [[3, 1, 4], [2], [5, 5]])
    batch = make_encoder().batch(documents, make_rows(documents, 9))
    rows, time = batch.word_ids.shape
    emissions = torch.arange(rows * time)[:, None].reshape(rows, time, 1)  # each cell holds its own index
    found = batch.by_sentence(emissions)
    encoder = make_encoder()
    for i, (row, start, end) in enumerate(batch.sentences):
        cells = found[i, : end - start, 0]
        tokens = [documents[row.document].tokens[t] for t in row.tokens[start:end]]
        assert batch.word_ids.flatten()[cells].tolist() == [encoder.words.word_id(token) for token in tokens]


def test_batch_of_unlabelled_documents_has_no_tags():
    documents = [make_document(words(3), [0, 3])]
    assert make_encoder().batch(documents, make_rows(documents, 9)).tags.tolist() == [[0, 0, 0]]


def test_transform_sees_the_strings_of_a_row():
    documents = [make_document(["BA", "BE"], [0, 1, 2])]
    seen = []

    def transform(tokens):
        seen.append(tokens)
        return [token.lower() for token in tokens]

    encoder = make_encoder()
    batch = encoder.batch(documents, make_rows(documents, 9), transform)
    assert seen == [["BA", SEPARATOR, "BE"]]
    assert batch.character_ids[0, 0].tolist() == encoder.characters.character_ids("ba", 4)


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_batches_keep_to_the_budget(seed):
    random = Random(0)
    rows = [Row(i, [0] * random.randint(1, 30), []) for i in range(200)]
    groups = batches(rows, 64, Random(seed) if seed else None)
    assert sorted(row.document for group in groups for row in group) == list(range(200))
    for group in groups:
        assert max(len(row.tokens) for row in group) * len(group) <= 64
    padded = sum(max(len(row.tokens) for row in group) * len(group) for group in groups)
    assert padded < 1.4 * sum(len(row.tokens) for row in rows)


def test_a_row_over_the_budget_is_a_batch_of_its_own():
    rows = [Row(0, [0] * 9, []), Row(1, [0] * 2, []), Row(2, [0] * 2, [])]
    assert [[row.document for row in group] for group in batches(rows, 4)] == [[1, 2], [0]]


def test_batches_without_rng_are_sorted_by_length():
    rows = [Row(i, [0] * length, []) for i, length in enumerate([5, 1, 3, 2, 4])]
    assert [len(row.tokens) for group in batches(rows, 6) for row in group] == [1, 2, 3, 4, 5]


def test_read_documents(tmp_path):
    labelled = {
        "id": "a-1",
        "tokens": ["Took", "velotrin"],
        "spans": [[0, 4], [5, 13]],
        "sentences": [0, 2],
        "tags": ["O", "B-Drug"],
        "entities": [[5, 13, "Drug"]],
    }
    unlabelled = {"id": "a-2", "tokens": [], "spans": [], "sentences": [0]}
    path = tmp_path / "some.tok.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in (labelled, unlabelled)))
    first, second = read_documents(path)
    assert first.spans == [(0, 4), (5, 13)]
    assert first.entities == [(5, 13, "Drug")]
    assert (second.tags, second.entities) == ([], [])
