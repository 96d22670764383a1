"""The teacher: word pieces, encoder, masking, and its steps on a tiny corpus with a tiny encoder of random weights."""

import json
import math
import random
import sys

import pytest
import torch
from safetensors.torch import save_file
from torch.nn.functional import gelu, layer_norm, linear

from corpus import write_corpus
from ner import adapt, ensemble, evaluate, label, rewrite, teacher
from ner.data import Document, make_rows, read_documents, sentences_of
from ner.pieces import Pieces, basic_tokens, case_of
from ner.predict import predict
from ner.soft_labels import SoftLabels
from ner.teacher import Teacher
from ner.transformer import MPNet

CONFIG = {
    "hidden_size": 32,
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 256,
    "relative_attention_num_buckets": 32,
}
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,-"
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "[UNK]"]
WHOLE = ["she", "reports", "since", "started", "at", "noon", "no", "after", "will", "return", "blue", "toe", "##nails"]


def vocabulary() -> list[str]:
    return [*SPECIAL, *LETTERS, *(f"##{c}" for c in LETTERS), *WHOLE, "<mask>"]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    """A folder with the names of the original's files."""
    folder = tmp_path_factory.mktemp("encoder")
    entries = vocabulary()
    (folder / "vocab.txt").write_text("".join(f"{entry}\n" for entry in entries))
    (folder / "config.json").write_text(json.dumps(CONFIG | {"vocab_size": len(entries)}))
    torch.manual_seed(3)
    size, inner = CONFIG["hidden_size"], CONFIG["intermediate_size"]
    shapes = {
        "embeddings.word_embeddings.weight": (len(entries), size),
        "embeddings.position_embeddings.weight": (256, size),
        "embeddings.LayerNorm.weight": (size,),
        "embeddings.LayerNorm.bias": (size,),
        "encoder.relative_attention_bias.weight": (32, 4),
    }
    for i in range(2):
        for name, (rows, columns) in {
            **{f"attention.attn.{part}": (size, size) for part in "qkvo"},
            "attention.LayerNorm": (size, 0),
            "intermediate.dense": (inner, size),
            "output.dense": (size, inner),
            "output.LayerNorm": (size, 0),
        }.items():
            shapes[f"encoder.layer.{i}.{name}.weight"] = (rows, columns) if columns else (rows,)
            shapes[f"encoder.layer.{i}.{name}.bias"] = (rows,)
    weights = {name: torch.randn(shape) * 0.2 for name, shape in shapes.items()}
    for name in weights:
        if name.endswith("LayerNorm.weight"):
            weights[name] += 1
    save_file(weights, folder / "model.safetensors")
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder)
    return folder


def test_words_are_cut_into_the_longest_pieces_there_are(encoder):
    pieces = Pieces(encoder)
    name = {i: entry for entry, i in pieces.ids.items()}
    assert [name[i] for i in pieces.of_word("Toenails")] == ["toe", "##nails"]
    assert [name[i] for i in pieces.of_word("toad")] == ["t", "##o", "##a", "##d"]
    assert [name[i] for i in pieces.of_word("p.o.")] == ["p", ".", "o", "."]
    assert [name[i] for i in pieces.of_word("t\u00f6e")] == ["toe"]
    assert pieces.of_word("\u6f22") == [pieces.unknown]
    assert pieces.of_word("\u0301") == [pieces.unknown]
    assert len(pieces.of_word("q" * 99)) == 12
    assert pieces.of_word("q" * 101) == [pieces.unknown]


def test_punctuation_and_ideographs_stand_alone():
    assert basic_tokens("Don't") == ["don", "'", "t"]
    assert basic_tokens("a\u6f22b") == ["a", "\u6f22", "b"]
    assert basic_tokens("a\u200bb\u00a0c") == ["ab", "c"]


def test_what_lower_case_loses_is_kept():
    assert [case_of(token) for token in (".", "pain", "Pain", "A", "PAIN", "pH", "T4")] == [0, 1, 2, 2, 3, 4, 5]


def expected(folder, ids: list[int]) -> torch.Tensor:
    """The encoder written as its paper says, one head and one pair of positions at a time."""
    model = MPNet.from_folder(folder)
    size, heads = CONFIG["hidden_size"], CONFIG["num_attention_heads"]
    width = size // heads

    def norm(x, module):
        return layer_norm(x, (size,), module.weight, module.bias)

    def bucket(distance: int) -> int:
        side, near = (16, -distance) if distance < 0 else (0, distance)
        if near < 8:
            return side + near
        return side + min(15, 8 + int(math.log(near / 8) / math.log(128 / 8) * 8))

    x = norm(
        torch.stack([model.words.weight[i] + model.positions.weight[p + 2] for p, i in enumerate(ids)]), model.norm
    )
    for layer in model.layers:
        q, k, v = linear(x, layer.qkv.weight, layer.qkv.bias).split(size, 1)
        mixed = torch.zeros_like(x)
        for head in range(heads):
            part = slice(head * width, (head + 1) * width)
            for i in range(len(ids)):
                scores = [
                    q[i, part] @ k[j, part] / math.sqrt(width) + model.relative[bucket(i - j), head]
                    for j in range(len(ids))
                ]
                mixed[i, part] = torch.stack(scores).softmax(0) @ v[:, part]
        x = norm(x + linear(mixed, layer.out.weight, layer.out.bias), layer.attention_norm)
        inner = linear(gelu(linear(x, layer.up.weight, layer.up.bias)), layer.down.weight, layer.down.bias)
        x = norm(x + inner, layer.norm)
    return x


@torch.no_grad()
def test_the_encoder_is_that_of_the_paper_whatever_it_is_padded_with(encoder):
    model = MPNet.from_folder(encoder).eval()
    rows = [[random.Random(i).randrange(5, 60) for _ in range(length)] for i, length in enumerate((40, 7))]
    ids = torch.tensor([row + [1] * (40 - len(row)) for row in rows])
    found = model(ids, torch.zeros_like(ids), torch.tensor([40, 7]))
    for row, hidden in zip(rows, found, strict=True):
        torch.testing.assert_close(hidden[: len(row)], expected(encoder, row), atol=1e-4, rtol=1e-4)


def test_rows_become_pieces_with_their_sentences_marked(encoder):
    pieces = Pieces(encoder)
    note = Document("note", ["Toenails", "at", "noon", "no"], [], [0, 3, 4], [], [])
    batch = pieces.batch([note], make_rows([note], 10))
    name = {i: entry for entry, i in pieces.ids.items()}
    row = [name[i] for i in batch.ids[0, : batch.lengths[0]].tolist()]
    assert row == ["<s>", "toe", "##nails", "at", "noon", "</s>", "no", "</s>"]
    assert [row[i] for i in batch.first[0].tolist()] == ["toe", "at", "noon", "</s>", "no"]
    assert batch.cases[0, : batch.lengths[0]].tolist() == [0, 2, 2, 1, 1, 0, 1, 0]
    assert batch.ids[0, batch.lengths[0] :].tolist() == [pieces.padding] * (batch.ids.shape[1] - 8)


def test_words_are_masked_whole_and_separators_never(encoder):
    pieces = Pieces(encoder)
    notes = [Document(f"n{i}", ["toenails", "qq", "noon"] * 20, [], [0, 30, 60], [], []) for i in range(30)]
    batch = pieces.batch(notes, make_rows(notes, 70))
    ids, chosen = adapt.mask(batch, pieces, random.Random(1), len(vocabulary()))
    assert torch.equal(ids[~chosen], batch.ids[~chosen])
    assert not chosen[(batch.ids == pieces.end) | (batch.ids == pieces.start) | (batch.ids == pieces.padding)].any()
    for row in range(len(ids)):
        first = [*batch.first[row].tolist(), int(batch.lengths[row]) - 1]
        for start, end in zip(first, first[1:], strict=False):
            assert len(set(chosen[row, start:end].tolist())) == 1
    assert 0.1 < chosen.sum() / batch.lengths.sum() < 0.2
    told = (ids[chosen] == pieces.mask).float().mean()
    kept = (ids[chosen] == batch.ids[chosen]).float().mean()
    assert 0.7 < told < 0.9 and 0.03 < kept < 0.2


def run(monkeypatch, module, *arguments) -> None:
    monkeypatch.setattr(sys, "argv", [module.__name__, *map(str, arguments), "--threads=1"])
    module.main()


def test_an_adapted_teacher_learns_and_labels(encoder, corpus, tmp_path, monkeypatch, capsys):
    adapted, taught, silver = tmp_path / "adapted", tmp_path / "teacher", tmp_path / "silver"
    unlabelled = corpus / "unlabelled.tok.jsonl"
    options = ["--encoder", encoder, "--tokens", unlabelled, "--out", adapted, "--row-tokens=24", "--batch-tokens=128"]
    run(monkeypatch, adapt, *options, "--parts=2", "--rate=0.003")
    losses = [float(line.split("loss")[1].split()[0]) for line in capsys.readouterr().out.split("\n") if "loss" in line]
    assert losses[-1] < losses[0]
    run(monkeypatch, adapt, *options)
    assert "resumed after step" in capsys.readouterr().out

    rewritten = tmp_path / "rewritten.tok.jsonl"
    options = ["--encoder", adapted, "--tokens", unlabelled, "--out", rewritten, "--copies=2"]
    run(monkeypatch, rewrite, *options)
    before, after = read_documents(unlabelled), read_documents(rewritten)
    assert len({document.id for document in after}) == 2 * len(before)
    changed = 0
    for old, new in zip(before * 2, after, strict=True):
        assert old.sentences == new.sentences
        for a, b in zip(old.tokens, new.tokens, strict=True):
            assert case_of(a) == case_of(b)
            assert a == b or b.lower() in WHOLE
            changed += a != b
    assert changed > 50

    files = ["--train", corpus / "train.tok.jsonl", "--dev", corpus / "dev.tok.jsonl", "--encoder", adapted]
    options = ["--epochs=3", "--row-tokens=24", "--batch-tokens=64", "--rate=0.003", "--head-rate=0.02", "--frozen=1"]
    run(monkeypatch, teacher, *files, *options, "--out", taught)
    assert json.loads((taught / "metrics.json").read_text())["f1"] > 0.5
    before, after = torch.load(adapted / "encoder.pt"), torch.load(taught / "last.pt", weights_only=False)["tagger"]
    for name, weights in before.items():
        frozen = not name.startswith("layers.1.")
        assert torch.equal(weights, after[f"encoder.{name}"]) == frozen, name
    run(monkeypatch, teacher, *files, *options, "--out", taught)
    assert "resumed after epoch 3" in capsys.readouterr().out

    capsys.readouterr()
    run(monkeypatch, ensemble, taught, taught, "--weights", 1, 3, "--dev", corpus / "dev.tok.jsonl")
    alone, dev = Teacher(taught), read_documents(corpus / "dev.tok.jsonl")
    tags = predict(alone.emissions, alone.crf, dev, make_rows(dev, alone.config["row_tokens"]), alone.tags)
    assert f"dev F1 {evaluate.score(dev, tags).micro.f1:.4f}" in capsys.readouterr().out

    run(monkeypatch, label, taught, taught, "--tokens", unlabelled, "--out", silver)
    documents = read_documents(unlabelled)
    stored = SoftLabels(silver, documents)
    assert stored.tags == Teacher(taught).tags
    for row in make_rows(documents, 0):
        unary, pairwise = stored.of(sentences_of(documents, [row], {}))
        torch.testing.assert_close(unary.sum(2), torch.ones(1, len(row.tokens)), atol=0.01, rtol=0)
        assert abs(pairwise.sum() - (len(row.tokens) - 1)) < 0.1 + 0.01 * len(row.tokens)
