"""Step 4b: soft labels of unlabelled documents by an ensemble, for a student to learn from.

python -m ner.label runs/ner_jsl-1 runs/ner_jsl-2 runs/ner_jsl-3 --tokens silver.tok.jsonl --out runs/silver

The ensemble is the mixture of its CRFs. What a student needs of a distribution over tag sequences are its expected
counts: of a tag at each token, and of each pair of neighbouring tags. Those of a CRF are the gradient of its
log-partition, and those of a mixture are their mean.
"""

import argparse
import time
from pathlib import Path

import torch
from torch import Tensor

from .crf import CRF
from .data import batches, make_rows, read_documents
from .run_folder import Run

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+", help="run folders with the same vocabulary and tags")
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    runs = [Run(folder) for folder in arguments.runs]
    first = runs[0]
    assert all(run.words.entries == first.words.entries and run.tags == first.tags for run in runs)
    documents = read_documents(arguments.tokens)
    encoder = first.encoder()
    groups = batches(make_rows(documents, first.config["row_tokens"]), 4096)
    labels: dict[tuple[int, int], tuple[Tensor, Tensor, Tensor]] = {}
    started = time.time()
    for number, group in enumerate(groups):
        batch = encoder.batch(documents, group)
        with torch.no_grad():
            scored = [
                (run.crf, batch.by_sentence(run.network(batch.word_ids, batch.character_ids, batch.lengths)))
                for run in runs
            ]
        counts = [expected_counts(crf, emissions, batch.sentence_lengths) for crf, emissions in scored]
        unary = torch.stack([one for one, _ in counts]).mean(0)
        pairwise = torch.stack([two for _, two in counts]).mean(0).flatten(1)
        for i, (row, start, end) in enumerate(batch.sentences):
            pairs = (pairwise[i] > LEAST_PAIR).nonzero().squeeze(1)
            labels[row.document, row.tokens[start]] = (
                unary[i, : end - start].half(),
                pairs.short(),
                pairwise[i, pairs].half(),
            )
        if number % 50 == 0:
            print(f"batch {number}/{len(groups)}  {time.time() - started:.0f} s", flush=True)
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.save({"tags": first.tags, "labels": labels}, arguments.out / "labels.pt")
    print(f"{len(labels):,} sentences -> {arguments.out}")


if __name__ == "__main__":
    main()
