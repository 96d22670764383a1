import sys

import numpy as np

from corpus import write_corpus, write_lines
from ner import vectors
from ner.vectors import read_sentences


def test_vectors_of_a_tiny_corpus(tmp_path, monkeypatch):
    write_corpus(tmp_path)
    files = [f"--tokens={tmp_path}/{name}.tok.jsonl" for name in ("train", "unlabelled")]
    options = [f"--out={tmp_path}/out", "--size=6", "--min-count=2", "--epochs=1", "--workers=1"]
    monkeypatch.setattr(sys, "argv", ["ner.vectors", *files, *options])
    vectors.main()
    words = (tmp_path / "out" / "words.txt").read_text().split("\n")[:-1]
    matrix = np.load(tmp_path / "out" / "vectors.npy")
    counts = np.load(tmp_path / "out" / "counts.npy")
    assert matrix.shape == (len(words), 6)
    assert matrix.dtype == np.float32
    assert np.isfinite(matrix).all()
    assert {"velotrin", "."} <= set(words)
    assert all(word == word.lower() for word in words)
    assert (np.diff(counts) <= 0).all()  # the most frequent word first


def test_sentences_are_lower_cased_and_repeated_by_source(tmp_path):
    lines = [
        {"id": "diary-1", "tokens": ["She", "Sneezed", ".", "Twice"], "sentences": [0, 3, 4]},
        {"id": "old-letters-1", "tokens": ["No", "fever"], "sentences": [0, 2]},
    ]
    write_lines(tmp_path / "a.tok.jsonl", lines)
    found = read_sentences([tmp_path / "a.tok.jsonl"], {"old-letters": 2})
    assert found == [["she", "sneezed", "."], ["no", "fever"], ["no", "fever"]]  # a lone word has no context
