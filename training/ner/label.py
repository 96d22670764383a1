"""Step 4b: soft labels of unlabelled documents by an ensemble, for a student to learn from.

python -m ner.label runs/ner_jsl-1 runs/ner_jsl-2 runs/ner_jsl-3 --tokens silver.tok.jsonl --out runs/silver

The ensemble is the mixture of its CRFs. What a student needs of a distribution over tag sequences are its expected
counts: of a tag at each token, and of each pair of neighbouring tags. Those of a CRF are the gradient of its
log-partition, and those of a mixture are their mean.
"""

import argparse
import json
import time
from pathlib import Path

import torch
from torch import Tensor

from .crf import CRF
from .data import batches, make_rows, read_documents
from .run_folder import Run
from .teacher import Teacher

# A pair of tags expected less often than this in a sentence is left out.
LEAST_PAIR = 1e-3


def expected_counts(crf: CRF, emissions: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Unary [sentences, longest, tags] and pairwise [sentences, tags, tags] expected counts."""
    emissions = emissions.detach().requires_grad_()
    start, transitions, end = (scores.detach() for scores in crf.scores())
    # One matrix a sentence, so that its gradient holds the pairs of that sentence alone.
    pairs = transitions.expand(len(lengths), -1, -1).clone().requires_grad_()
    total = crf.log_partition(emissions, lengths, start, pairs, end).sum()
    unary, pairwise = torch.autograd.grad(total, [emissions, pairs])
    return unary, pairwise


def load(folder: Path) -> Run | Teacher:
    """A run folder of ner.train or of ner.teacher."""
    return Teacher(folder) if "encoder" in json.loads((folder / "config.json").read_text()) else Run(folder)


class Counts:
    """Expected counts of sentences, as the weighted mean of those of several models; pairs as (pair, count) lists."""

    def __init__(self):
        self.unary: dict[tuple[int, int], Tensor] = {}
        self.pairs: dict[tuple[int, int], list[tuple[Tensor, Tensor]]] = {}

    def add(self, key: tuple[int, int], unary: Tensor, pairwise: Tensor, weight: float) -> None:
        """`key` is the document and its token that the sentence begins with; [tokens, tags] and [tags * tags]."""
        kept = (pairwise > LEAST_PAIR).nonzero().squeeze(1)
        self.unary[key] = self.unary.get(key, 0) + unary * weight
        self.pairs.setdefault(key, []).append((kept.short(), (pairwise[kept] * weight).half()))

    def mean(self, tags: int) -> dict[tuple[int, int], tuple[Tensor, Tensor, Tensor]]:
        """What ner.train reads: unary counts, the pairs, and their counts."""
        labels = {}
        for key, unary in self.unary.items():
            total = torch.zeros(tags * tags)
            for pairs, values in self.pairs[key]:
                total.index_add_(0, pairs.long(), values.float())
            kept = total.nonzero().squeeze(1)
            labels[key] = unary.half(), kept.short(), total[kept].half()
        return labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+", help="run folders of ner.train or ner.teacher with the same tags")
    parser.add_argument("--weights", type=float, nargs="+", help="of each model in the mean; equal unless given")
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    documents = read_documents(arguments.tokens)
    counts, tags = Counts(), None
    weights = arguments.weights or [1.0] * len(arguments.runs)
    started = time.time()
    for folder, weight in zip(arguments.runs, weights, strict=True):
        run = load(folder)
        assert tags in (None, run.tags), "the models were trained with other tags"
        tags = run.tags
        groups = batches(make_rows(documents, run.config["row_tokens"]), 4096)
        for number, group in enumerate(groups):
            batch, emissions = run.emissions(documents, group)
            unary, pairwise = expected_counts(run.crf, emissions, batch.sentence_lengths)
            for i, (row, start, end) in enumerate(batch.sentences):
                counts.add(
                    (row.document, row.tokens[start]),
                    unary[i, : end - start],
                    pairwise[i].flatten(),
                    weight / sum(weights),
                )
            if number % 50 == 0:
                print(f"{folder.name}  batch {number}/{len(groups)}  {time.time() - started:.0f} s", flush=True)
    labels = counts.mean(len(tags))
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.save({"tags": tags, "labels": labels}, arguments.out / "labels.pt")
    print(f"{len(labels):,} sentences -> {arguments.out}")


if __name__ == "__main__":
    main()
