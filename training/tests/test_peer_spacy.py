"""spaCy as a peer, on the tiny corpus; only where requirements-peer.lock is installed."""

import json
import sys

import numpy as np
import pytest

from corpus import write_corpus
from factories import make_document
from ner.data import make_rows, read_documents

spacy = pytest.importorskip("spacy", reason="spaCy is not installed: requirements-peer.lock")
from ner import peer_spacy  # noqa: E402


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder)
    return folder


def test_a_row_is_a_doc_with_its_sentences_and_tags():
    document = make_document(
        ["Chest", "pain", ".", "No", "rash", ".", "Well"], [0, 3, 6, 7], ["B-Sign", "I-Sign", *"OO", "B-Sign", *"OO"]
    )
    first, second = make_rows([document], 8)  # six tokens and a separator, then one
    doc = peer_spacy.make_doc(spacy.blank("en").vocab, document, first, document.tags)
    assert [token.text for token in doc] == document.tokens[:6]
    assert [len(sentence) for sentence in doc.sents] == [3, 3]
    assert [(span.start, span.end, span.label_) for span in doc.ents] == [(0, 2, "Sign"), (4, 5, "Sign")]
    assert [token.text for token in peer_spacy.make_doc(doc.vocab, document, second)] == ["Well"]


def test_vectors_are_looked_up_as_our_network_does(corpus, tmp_path):
    names = (corpus / "vectors" / "words.txt").read_text().split("\n")
    vectors = np.load(corpus / "vectors" / "vectors.npy")
    assert "drops" in names
    expected = {"drops": "drops", "Drops": "drops", "DROPS": "drops", "7.5": "0.0", "40": "00"}
    peer_spacy.write_vectors(corpus / "vectors", tmp_path, {*expected, "unheard"})
    doc = spacy.tokens.Doc(spacy.load(tmp_path).vocab, words=[*expected, "unheard"])
    for token, name in zip(doc, expected.values(), strict=False):
        np.testing.assert_array_equal(token.vector, vectors[names.index(name)])
    assert not doc[-1].has_vector


def test_it_learns_and_is_scored_as_the_others_are(corpus, tmp_path, monkeypatch, capsys):
    files = {"train": corpus / "train.tok.jsonl", "dev": corpus / "dev.tok.jsonl", "vectors": corpus / "vectors"}
    arguments = [text for name, path in files.items() for text in (f"--{name}", str(path))]
    arguments += ["--optimize", "efficiency", "--max-steps", "201", "--out", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["ner.peer_spacy", *arguments])
    peer_spacy.main()
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    gold = sum(len(document.entities) for document in read_documents(files["dev"]))
    assert sum(counts["gold"] for counts in metrics["labels"].values()) == gold
    assert metrics["f1"] > 0.8 and metrics["words_per_second"] > 0
    assert {"config.cfg", "model-best", "metrics.json", "dev.txt"} <= {path.name for path in tmp_path.iterdir()}
    assert "token micro" in capsys.readouterr().out


def test_no_entity_crosses_a_sentence():
    """Even when all that it has seen are entities of the whole length."""
    nlp = spacy.blank("en")
    recognizer = nlp.add_pipe("ner")
    recognizer.add_label("Sign")
    words, tags = ["blue", "toenails", "itchy", "elbows"], ["B-Sign", *["I-Sign"] * 3]
    optimizer = nlp.initialize()
    whole = make_document(words, [0, 4], tags)
    for _ in range(30):
        for row in make_rows([whole], 8):
            docs = [peer_spacy.make_doc(nlp.vocab, whole, row, given) for given in (None, tags)]
            nlp.update([spacy.training.Example(*docs)], sgd=optimizer)
    assert peer_spacy.predict(nlp, [whole])[0] == [tags]
    split = make_document(words, [0, 2, 4])
    assert peer_spacy.predict(nlp, [split])[0][0][2] != "I-Sign"
