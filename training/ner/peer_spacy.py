"""A peer: spaCy's `ner` on the same tokens, rows, word vectors and measure.

python -m ner.peer_spacy --train train.tok.jsonl --dev dev.tok.jsonl --vectors runs/vectors --out runs/spacy

The configuration is what `spacy init config --pipeline ner` writes for a CPU, with our word vectors in the place of
those it would download; spaCy's own loop trains it until dev has not improved for 1,600 steps. `--optimize` is its
switch: a network of width 96 and depth 4 for efficiency, 256 and 8 for accuracy. Tokens are ours, and sentences have
their neighbours beside them as in our rows: no entity crosses from one into the next.

The run folder holds config.cfg, the best model, metrics.json and dev.txt. spaCy cannot resume: `model-last` is for
looking into a run that was interrupted. Needs requirements-peer.lock.
"""

import argparse
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import spacy
from spacy.cli.init_config import init_config
from spacy.tokens import Doc
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.vectors import Vectors

from . import evaluate
from .data import Document, Row, make_rows, read_documents
from .vocabulary import digits_as_zero

# As in configs/annotated.toml.
ROW_TOKENS = 96


def token_indices(row: Row) -> list[int]:
    """Tokens of a row without the separators, which are our network's alone."""
    return [token for token in row.tokens if token >= 0]


def make_doc(vocab: spacy.Vocab, document: Document, row: Row, tags: list[str] | None = None) -> Doc:
    """A row as spaCy reads it; `tags` are those of the document, for the gold side."""
    tokens = token_indices(row)
    starts = {row.tokens[start] for start, _ in row.sentences}
    return Doc(
        vocab,
        words=[document.tokens[token] for token in tokens],
        sent_starts=[token in starts for token in tokens],
        ents=[tags[token] for token in tokens] if tags else None,
    )


def read_rows(nlp: spacy.Language, path: Path) -> Iterator[Example]:
    documents = read_documents(path)
    for row in make_rows(documents, ROW_TOKENS):
        document = documents[row.document]
        yield Example(make_doc(nlp.vocab, document, row), make_doc(nlp.vocab, document, row, document.tags))


@spacy.registry.readers("ner_jsl.rows.v1")
def rows_reader(path: str):
    return partial(read_rows, path=Path(path))


def write_vectors(folder: Path, out: Path, forms: set[str]) -> None:
    """The vectors as spaCy loads them, each of `forms` under the one of its lower-cased form or else of its shape.

    spaCy finds a vector by the form as it is written: a setting for lower case exists, and is not saved.
    """
    names = (folder / "words.txt").read_text(encoding="utf-8").split("\n")[:-1]
    rows = {name: row for row, name in enumerate(names)}
    nlp = spacy.blank("en")
    vectors = Vectors(strings=nlp.vocab.strings, data=np.load(folder / "vectors.npy"), name="ner_jsl")
    for form in sorted(forms):
        word = form.lower()
        row = rows.get(word, rows.get(digits_as_zero(word)))
        if row is not None:
            vectors.add(form, row=row)
    nlp.vocab.vectors = vectors
    nlp.to_disk(out)


def configuration(train_path: Path, dev_path: Path, vectors: Path, optimize: str, seed: int) -> spacy.util.Config:
    config = init_config(lang="en", pipeline=["ner"], optimize=optimize, gpu=False, silent=True)
    for name, path in (("train", train_path), ("dev", dev_path)):
        config["corpora"][name] = {"@readers": "ner_jsl.rows.v1", "path": str(path)}
    config["paths"]["vectors"] = str(vectors)
    # Already so for accuracy; the small network would do without vectors.
    config["components"]["tok2vec"]["model"]["embed"]["include_static_vectors"] = True
    config["system"]["seed"] = seed
    return config


def predict(nlp: spacy.Language, documents: list[Document]) -> tuple[list[list[str]], float]:
    """Tags of every token of every document, and the words read in a second of CPU time."""
    rows = make_rows(documents, ROW_TOKENS)
    docs = [make_doc(nlp.vocab, documents[row.document], row) for row in rows]
    started = time.process_time()
    read = list(nlp.pipe(docs))
    seconds = time.process_time() - started
    found = [["O"] * len(document.tokens) for document in documents]
    for row, doc in zip(rows, read, strict=True):
        for index, token in zip(token_indices(row), doc, strict=True):
            if token.ent_type_:
                found[row.document][index] = f"{token.ent_iob_}-{token.ent_type_}"
    return found, sum(map(len, docs)) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--optimize", choices=["efficiency", "accuracy"], default="accuracy")
    parser.add_argument("--max-steps", type=int, default=20000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    dev = read_documents(arguments.dev)
    forms = {token for document in [*read_documents(arguments.train), *dev] for token in document.tokens}
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_vectors(arguments.vectors, arguments.out / "vectors", forms)
    config = configuration(
        arguments.train, arguments.dev, arguments.out / "vectors", arguments.optimize, arguments.seed
    )
    config["training"]["max_steps"] = arguments.max_steps
    nlp = init_nlp(config)
    nlp.config.to_disk(arguments.out / "config.cfg")
    train(nlp, arguments.out)

    nlp = spacy.load(arguments.out / "model-best")
    runs = [predict(nlp, dev) for _ in range(5)]
    scores = evaluate.score(dev, runs[0][0])
    metrics = evaluate.as_json(scores) | {"words_per_second": round(max(speed for _, speed in runs))}
    evaluate.write(arguments.out, metrics, scores)
    print(evaluate.table(scores))
    print(f"macro {metrics['macro_f1_10']:.4f}, {metrics['words_per_second']:,} words a second of CPU time")


if __name__ == "__main__":
    main()
