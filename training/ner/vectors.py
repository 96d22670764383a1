"""Step 3: word vectors (skip-gram, 200-d) from tokenized unlabelled text.

python -m ner.vectors --tokens corpus.tok.jsonl --tokens train.tok.jsonl --out runs/vectors
"""

import argparse
import json
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec

from .vocabulary import normal_form, printable

# A word with digits keeps them in its vector's name from this count on (b12, 81); rarer ones share their shape.
KEEP_DIGITS_AT = 50


class Progress(CallbackAny2Vec):
    def __init__(self):
        self.epoch, self.start = 0, time.time()

    def on_epoch_end(self, model):
        self.epoch += 1
        print(f"epoch {self.epoch}/{model.epochs}  {time.time() - self.start:.0f} s", flush=True)


def read_sentences(paths: list[Path], weights: dict[str, int]) -> list[list[str]]:
    """Lower-cased sentences; those of a document whose id starts with a key of `weights` are repeated."""
    sentences = []
    for path in paths:
        with path.open(encoding="utf-8") as file:
            for line in file:
                document = json.loads(line)
                tokens, bounds = [token.lower() for token in document["tokens"]], document["sentences"]
                times = weights.get(document["id"].rsplit("-", 1)[0], 1)
                for start, end in pairwise(bounds):
                    if end - start > 1:
                        sentences.extend([tokens[start:end]] * times)
    return sentences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=Path, action="append", required=True, help="output of ner-jsl tokenize")
    parser.add_argument("--weight", action="append", default=[], metavar="ID_PREFIX=TIMES", help="repeat a source")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", type=int, default=200)
    parser.add_argument("--window", type=int, default=5)
    parser.add_argument("--min-count", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--negative", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    weights = {name: int(times) for name, times in (pair.split("=") for pair in arguments.weight)}
    sentences = read_sentences(arguments.tokens, weights)
    counts = Counter(word for sentence in sentences for word in sentence)
    names = {word: normal_form(word, counts, KEEP_DIGITS_AT) for word in counts}
    sentences = [[names[word] for word in sentence] for sentence in sentences]
    print(f"{len(sentences):,} sentences, {sum(counts.values()):,} tokens, {len(counts):,} forms", flush=True)

    model = Word2Vec(
        sentences,
        vector_size=arguments.size,
        window=arguments.window,
        min_count=arguments.min_count,
        sg=1,
        negative=arguments.negative,
        sample=1e-4,
        epochs=arguments.epochs,
        workers=arguments.workers,
        seed=arguments.seed,
        callbacks=[Progress()],
    )
    words = [word for word in model.wv.index_to_key if printable(word)]
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "words.txt").write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    counts_of = [model.wv.get_vecattr(word, "count") for word in words]
    np.save(arguments.out / "counts.npy", np.array(counts_of))
    np.save(arguments.out / "vectors.npy", model.wv[words].astype(np.float32))  # [words, size]
    print(f"{len(words):,} vectors -> {arguments.out}")


if __name__ == "__main__":
    main()
