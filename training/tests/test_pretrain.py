import json
import sys
from random import Random

import pytest
import torch

from corpus import write_corpus, write_lines
from ner import pretrain
from ner.data import Document, read_documents
from ner.pretrain import WordPredictor, joined, load
from ner.train import build_network, build_vocabularies, start_from


def note(name: str, *lengths: int) -> Document:
    bounds = [sum(lengths[:i]) for i in range(len(lengths) + 1)]
    return Document(name, ["la"] * bounds[-1], [], bounds, [], [])


def test_training_starts_from_a_pretrained_network(tmp_path, monkeypatch, capsys):
    write_corpus(tmp_path)
    out = tmp_path / "pretrained"
    files = [f"--tokens={tmp_path}/unlabelled.tok.jsonl", f"--train={tmp_path}/train.tok.jsonl"]
    options = [f"--vectors={tmp_path}/vectors", f"--out={out}", "--threads=1", "--parts=2", "--rate=0.01"]
    monkeypatch.setattr(sys, "argv", ["ner.pretrain", f"{tmp_path}/tiny.toml", *files, *options])
    pretrain.main()
    assert "loss" in capsys.readouterr().out
    config = json.loads((out / "config.json").read_text())
    assert (config["rate"], config["epochs"], config["hidden"]) == (0.01, 1, 12)
    pretrain.main()  # finished: nothing left to do
    assert "resumed after step" in capsys.readouterr().out

    labelled = read_documents(tmp_path / "train.tok.jsonl")
    _, vectors, tuned, characters = build_vocabularies(labelled, tmp_path / "vectors", config)
    network = build_network(config, vectors, tuned, len(characters), 5)
    projection = network.projection.weight.clone()
    start_from(network, out)
    learned = torch.load(out / "last.pt")["network"]
    for name, value in network.state_dict().items():
        if not name.startswith("projection."):
            assert torch.equal(value, learned[name])
    assert torch.equal(network.projection.weight, projection)


def test_drawn_words_stand_for_all_others():
    torch.manual_seed(2)
    vectors, counts = torch.randn(12, 6), torch.arange(1.0, 13)
    frequency = counts / counts.sum()
    predictor = WordPredictor(5, vectors, frequency)
    hidden, words = torch.randn(300, 5), torch.randint(12, (300,))
    with torch.no_grad():
        weights = (predictor.project(hidden) @ vectors.T + predictor.bias).exp()  # [300, words]
        right = weights.gather(1, words[:, None]).squeeze(1)
        expected = (1 + (weights.sum(1) - right) / right * frequency[words] * pretrain.SAMPLES).log().mean()
        assert predictor.loss(hidden, words).item() == pytest.approx(expected.item(), rel=0.01)


def test_predictor_learns_the_next_word():
    torch.manual_seed(1)
    vectors = torch.randn(12, 6)
    frequency = torch.ones(12) / 12
    predictor = WordPredictor(5, vectors, frequency)
    hidden, words = torch.randn(4, 5), torch.tensor([2, 5, 7, 11])
    optimizer = torch.optim.Adam(predictor.parameters(), lr=0.1)
    for _ in range(60):
        optimizer.zero_grad()
        predictor.loss(hidden, words).backward()
        optimizer.step()
    scores = predictor.project(hidden) @ vectors.T + predictor.bias
    assert scores.argmax(1).tolist() == words.tolist()


def test_short_neighbours_of_one_source_are_joined():
    documents = [note("diary-1", 2, 1), note("diary-2", 3), note("diary-3", 9), note("letters-1", 1), note("letters-2")]
    found = joined(documents, 8)
    assert [(d.id, d.sentences) for d in found] == [
        ("diary-1", [0, 2, 3, 6]),
        ("diary-3", [0, 9]),
        ("letters-1", [0, 1]),
    ]
    assert documents[0].sentences == [0, 2, 3]


@pytest.mark.parametrize(("rate", "expected"), [(0, 0), (0.25, 50), (1, 200), (2.5, 500)])
def test_sources_are_kept_at_their_rate(tmp_path, rate, expected):
    lines = [{"id": f"diary-{i}", "tokens": ["la"], "spans": [[0, 2]], "sentences": [0, 1]} for i in range(200)]
    write_lines(tmp_path / "a.tok.jsonl", lines)
    kept = load(tmp_path / "a.tok.jsonl", {"diary": rate}, Random(1))
    assert len(kept) == pytest.approx(expected, abs=20)
    assert len(load(tmp_path / "a.tok.jsonl", {"letters": rate}, Random(1))) == 200
