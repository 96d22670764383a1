"""The numbered steps from tokens to a model folder, as they are called from the command line."""

import hashlib
import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from corpus import LABELS, write_corpus
from ner import evaluate, train
from ner.data import SEPARATOR, read_documents
from ner.export import FILES
from ner.run_folder import Run
from ner.subset import choose
from ner.train import Augmentation, Averaged, rate_at

TRAINING = Path(__file__).parent.parent


def python(module: str, *arguments: object) -> str:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=TRAINING, env=os.environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def train_arguments(corpus: Path, out: Path) -> list[object]:
    files = ["--train", corpus / "train.tok.jsonl", "--dev", corpus / "dev.tok.jsonl", "--vectors", corpus / "vectors"]
    return [corpus / "tiny.toml", *files, "--out", out, "--threads", 1, "--seed", 7]


@pytest.mark.parametrize("text", ["0/5", "6/5", "5", "a/5"])
def test_a_fold_is_one_of_so_many(text):
    with pytest.raises(ValueError):
        train.fold_of(text)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder)
    return folder


@pytest.fixture(scope="module")
def run(corpus, tmp_path_factory) -> Path:
    """Two epochs in one go."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    python("ner.train", *train_arguments(corpus, folder))
    return folder


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def load(path: Path) -> dict:
    return json.loads(path.read_text())


def test_run_folder_is_complete(run, corpus):
    texts = {"metrics.json", "history.json", "dev.txt", "words.txt", "chars.txt", "tags.txt", "documents.txt"}
    assert {path.name for path in run.iterdir()} == texts | {"config.json", "best.pt", "last.pt"}
    assert load(run / "config.json")["seed"] == 7
    assert lines(run / "tags.txt") == ["O", *(f"B-{label}" for label in LABELS), *(f"I-{label}" for label in LABELS)]
    assert [step["epoch"] for step in load(run / "history.json")] == [1, 2]
    early, late = (step["f1"] for step in load(run / "history.json"))
    metrics = load(run / "metrics.json")
    assert metrics["f1"] == late > early > 0.2
    assert metrics["epoch"] == 2
    gold = sum(len(document.entities) for document in read_documents(corpus / "dev.tok.jsonl"))
    assert sum(counts["gold"] for counts in metrics["labels"].values()) == gold
    assert lines(run / "dev.txt")[-1].startswith("token micro")


def test_part_of_the_documents(corpus, tmp_path):
    arguments = train_arguments(corpus, tmp_path)
    python("ner.train", *arguments, "--share", 0.02, "--leave-out", "2/3", "--set", "epochs=1")
    documents = read_documents(corpus / "train.tok.jsonl")
    chosen = choose(documents, 0.02, (2, 3), 0, seed=7)
    config = load(tmp_path / "config.json")
    assert (config["share"], config["leave_out"], config["documents"]) == (0.02, [2, 3], 2)
    assert lines(tmp_path / "documents.txt") == [document.id for document in chosen]
    # Labels are those of all documents: dev may hold one that the part does not.
    assert lines(tmp_path / "tags.txt") == train.tag_list(documents) != train.tag_list(chosen)


def test_the_tools_read_a_run_folder(run, corpus, tmp_path):
    dev, documents = corpus / "dev.tok.jsonl", corpus / "train.tok.jsonl"
    table = python("ner.errors", run, "--train", documents, "--dev", dev)
    totals = next(line for line in table.split("\n") if line.startswith("all "))
    gold = sum(len(document.entities) for document in read_documents(dev))
    right = sum(counts["correct"] for counts in load(run / "metrics.json")["labels"].values())
    assert list(map(int, totals.split()[1:3])) == [gold, right]

    assert "0 of 150 documents" in python("ner.noise", run, "--tokens", documents, "--out", tmp_path / "none.jsonl")
    assert (tmp_path / "none.jsonl").read_text() == ""
    out = tmp_path / "suspects.jsonl"
    assert "30 of 30 documents" in python("ner.noise", run, "--tokens", dev, "--sure", 0.6, "--out", out)
    assert all(json.loads(line)["id"].startswith("dev-") for line in lines(out))


def test_dictionary_is_scored_as_a_run_is(corpus, tmp_path):
    files = ["--train", corpus / "train.tok.jsonl", "--dev", corpus / "dev.tok.jsonl", "--out", tmp_path]
    assert "phrases" in python("ner.dictionary", *files)
    assert load(tmp_path / "metrics.json")["f1"] > 0.9
    assert lines(tmp_path / "dev.txt")[-1].startswith("token micro")


def test_training_goes_on_from_another_run(run, corpus, tmp_path):
    python("ner.train", *train_arguments(corpus, tmp_path), "--start", run, "--set", "epochs=1")
    assert load(tmp_path / "metrics.json")["f1"] > load(run / "history.json")[0]["f1"]


def test_vocabulary_has_the_words_of_training_first(run, corpus):
    words, tuned = lines(run / "words.txt"), load(run / "config.json")["tuned_words"]
    documents = read_documents(corpus / "train.tok.jsonl")
    seen = {re.sub("[0-9]", "0", token.lower()) for document in documents for token in document.tokens}
    assert words[:3] == ["<pad>", "<unk>", SEPARATOR]
    assert set(words[3:tuned]) == seen
    assert words[tuned:] == ["never-seen"]
    assert lines(run / "chars.txt")[2:] == sorted(lines(run / "chars.txt")[2:])


def test_word_vectors_come_from_the_vectors_folder(run, corpus):
    fixed = torch.load(run / "best.pt")["network"]["words.fixed"]
    vectors = np.load(corpus / "vectors" / "vectors.npy")
    source, target = lines(corpus / "vectors" / "words.txt"), lines(run / "words.txt")
    word = source[3]
    expected = vectors[3] / vectors.std() * 0.5
    np.testing.assert_allclose(fixed[target.index(word)], expected, rtol=1e-6)
    assert not fixed[0].any()


def test_interrupted_run_resumes_to_the_same_end(run, corpus, tmp_path, monkeypatch):
    calls = []

    def interrupt(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return score(*arguments)

    score = evaluate.score
    arguments = train_arguments(corpus, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(evaluate, "score", interrupt)
        patched.setattr(sys, "argv", ["ner.train", *map(str, arguments)])
        with pytest.raises(KeyboardInterrupt):
            train.main()
    assert len(load(tmp_path / "history.json")) == 1

    assert "resumed after epoch 1" in python("ner.train", *arguments)
    whole, resumed = load(run / "history.json"), load(tmp_path / "history.json")
    assert [step["epoch"] for step in resumed] == [1, 2]
    for expected, found in zip(whole, resumed, strict=True):
        assert found == pytest.approx(expected, rel=1e-4)
    first, second = (torch.load(folder / "last.pt", weights_only=False) for folder in (run, tmp_path))
    assert (second["steps"], second["best"]) == (first["steps"], pytest.approx(first["best"]))
    for name in ("network", "crf", "averaged"):
        torch.testing.assert_close(second[name], first[name], rtol=1e-3, atol=1e-4)


def test_finished_run_is_left_as_it_is(run, corpus):
    before = {name: (run / name).read_bytes() for name in ("best.pt", "metrics.json", "history.json", "config.json")}
    assert "resumed after epoch 2" in python("ner.train", *train_arguments(corpus, run))
    assert {name: (run / name).read_bytes() for name in before} == before


def test_an_epoch_worse_than_the_best_is_not_kept(run, corpus, tmp_path, monkeypatch):
    checkpoint = torch.load(run / "last.pt", weights_only=False) | {"epoch": 1, "best": 1.5}
    torch.save(checkpoint, tmp_path / "last.pt")
    monkeypatch.setattr(sys, "argv", ["ner.train", *map(str, train_arguments(corpus, tmp_path))])
    train.main()
    assert torch.load(tmp_path / "last.pt", weights_only=False)["epoch"] == 2
    assert not (tmp_path / "best.pt").exists()


def test_export_writes_a_model_folder(run, corpus, tmp_path):
    golden = corpus / "golden.jsonl"
    options = ["--golden", golden, "--golden-tokens", corpus / "golden.tok.jsonl", "--out", tmp_path / "tiny"]
    python("ner.export", run, "--name", "tiny", "--version", "0.1.0", *options)
    folder = tmp_path / "tiny"
    assert {path.name for path in folder.iterdir()} == {*FILES, "manifest.json"}
    manifest = load(folder / "manifest.json")

    assert set(manifest["files"]) == set(FILES)
    for name, file in manifest["files"].items():
        content = (folder / name).read_bytes()
        assert file == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert (manifest["name"], manifest["version"], manifest["labels"]) == ("tiny", "0.1.0", LABELS)
    assert "3 labels" in manifest["description"]
    assert (manifest["pipeline"]["characterLength"], manifest["pipeline"]["rowTokens"]) == (8, 24)
    assert manifest["training"]["devF1"] == round(load(run / "metrics.json")["f1"], 4)

    text = manifest["golden"]["text"]
    assert text == load(golden)["text"]
    assert manifest["golden"]["entities"]
    for entity in manifest["golden"]["entities"]:
        assert text[entity["start"] : entity["end"]].strip() == text[entity["start"] : entity["end"]] != ""
        assert entity["label"] in LABELS
        assert 0 < entity["confidence"] <= 1

    tags = lines(folder / "tags.txt")
    crf = load(folder / "crf.json")
    assert np.array(crf["transitions"]).shape == (len(tags), len(tags))
    assert len(crf["start"]) == len(crf["end"]) == len(tags)
    assert np.isfinite([crf["start"], crf["end"], *crf["transitions"]]).all()
    for name in ("words.txt", "chars.txt", "tags.txt"):
        assert (folder / name).read_bytes() == (run / name).read_bytes()


def test_run_loads_the_best_weights_as_they_are_served(run):
    loaded = Run(run)
    matrix = loaded.network.words.matrix()
    assert torch.equal(matrix.half().float(), matrix)
    assert loaded.labels == LABELS
    assert not loaded.network.training


def test_rate_warms_up_and_falls_to_a_fiftieth():
    rates = [rate_at(step, 100, 10) for step in range(120)]
    assert rates[:10] == [pytest.approx(step / 10) for step in range(1, 11)]
    assert rates[10] == 1
    assert all(before >= after for before, after in pairwise(rates[10:]))
    assert rates[100:] == [pytest.approx(0.02)] * 20


def test_augmentation_changes_case_only():
    tokens = ["Took", SEPARATOR, "Velotrin"]
    seen = {tuple(Augmentation(Random(seed), 0.3, 0.3)(list(tokens))) for seed in range(30)}
    assert seen == {tuple(tokens), ("TOOK", SEPARATOR, "VELOTRIN"), ("took", SEPARATOR, "velotrin")}


def test_averaged_weights_follow_and_swap():
    module = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(module.weight)
    averaged = Averaged([module], 0.5)
    torch.nn.init.ones_(module.weight)
    averaged.update()  # early on the average moves faster: (1 + 1) / (10 + 1) of it is kept
    averaged.swap()
    assert module.weight.item() == pytest.approx(9 / 11)
    averaged.swap()
    assert module.weight.item() == 1
