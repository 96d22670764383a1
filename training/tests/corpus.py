"""A tiny tokenized corpus with vectors and a configuration, in a folder. Every sentence and name is invented."""

import json
from pathlib import Path
from random import Random

import numpy as np

LABELS = ["Dose", "Drug", "Sign"]
DRUGS = ["velotrin", "dasimol", "ruxapine forte", "ombrelix"]
SIGNS = ["itchy elbows", "blue toenails", "hiccups", "a loud left ear"]
DOSES = ["40 units", "2 drops", "7.5 scoops"]
SENTENCES = [
    ["She", "reports", ("Sign", SIGNS), "since", "Tuesday", "."],
    ["Started", ("Drug", DRUGS), ("Dose", DOSES), "at", "noon", "."],
    ["No", ("Sign", SIGNS), "after", ("Drug", DRUGS), "."],
    ["Will", "return", "in", "spring", "."],
]

CONFIG = """
words = 100
own_word_count = 2
character_count = 1
character_length = 8
row_tokens = 24
character_size = 6
character_filters = 8
hidden = 12
layers = 1
input_dropout = 0.1
output_dropout = 0.1
word_dropout = 0.05
upper_case = 0.1
lower_case = 0.1
epochs = 2
batch_tokens = 64
rate = 0.015
vectors_rate_factor = 0.3
warmup = 5
clip = 5.0
average_decay = 0.9
"""


def make_document(name: str, random: Random, labelled: bool = True) -> dict:
    """A note of one to three sentences in the format of `ner-jsl tokenize`."""
    tokens, tags, bounds = [], [], [0]
    for _ in range(random.randint(1, 3)):
        for part in random.choice(SENTENCES):
            label, choices = part if isinstance(part, tuple) else ("", [part])
            words = random.choice(choices).split()
            tokens.extend(words)
            tags.extend([f"B-{label}", *[f"I-{label}"] * (len(words) - 1)] if label else ["O"])
        bounds.append(len(tokens))
    spans, entities, offset = [], [], 0
    for token, tag in zip(tokens, tags, strict=True):
        spans.append([offset, offset + len(token)])
        if tag[0] == "B":
            entities.append([offset, 0, tag[2:]])
        if tag != "O":
            entities[-1][1] = offset + len(token)
        offset += len(token) + 1
    document = {"id": name, "tokens": tokens, "spans": spans, "sentences": bounds}
    return document | {"tags": tags, "entities": entities} if labelled else document


def write_lines(path: Path, items: list[dict]) -> None:
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")


def write_corpus(folder: Path) -> None:
    """train, dev, unlabelled and golden .tok.jsonl, golden.jsonl, tiny.toml, and vectors/ for half of the words."""
    random = Random(1)
    train = [make_document(f"train-{i}", random) for i in range(150)]
    golden = make_document("golden", random)
    write_lines(folder / "train.tok.jsonl", train)
    write_lines(folder / "dev.tok.jsonl", [make_document(f"dev-{i}", random) for i in range(30)])
    unlabelled = [make_document(f"diary-{i}", random, labelled=False) for i in range(100)]
    write_lines(folder / "unlabelled.tok.jsonl", unlabelled)
    write_lines(folder / "golden.tok.jsonl", [golden])
    write_lines(folder / "golden.jsonl", [{"id": "golden", "text": " ".join(golden["tokens"])}])
    (folder / "tiny.toml").write_text(CONFIG)

    forms = sorted({token.lower() for document in train for token in document["tokens"]})
    names = [*[form for form in forms if not form[0].isdigit()][::2], "never-seen", "0.0", "00"]
    (folder / "vectors").mkdir()
    (folder / "vectors" / "words.txt").write_text("".join(f"{name}\n" for name in names))
    vectors = np.random.default_rng(1).normal(0, 0.3, (len(names), 10)).astype(np.float32)
    np.save(folder / "vectors" / "vectors.npy", vectors)
