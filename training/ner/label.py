"""Step 4b: soft labels of unlabelled documents by an ensemble, for a student to learn from.

python -m ner.label runs/ner_jsl-1 runs/ner_jsl-2 runs/ner_jsl-3 --tokens silver.tok.jsonl --out runs/silver

The ensemble is the mixture of its CRFs. What a student needs of a distribution over tag sequences are its expected
counts: of a tag at each token, and of each pair of neighbouring tags. Those of a CRF are the gradient of its
log-partition, and those of a mixture are their mean.
"""

import argparse
import json
import time
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from . import device
from .crf import CRF
from .data import batches, make_rows, read_documents
from .run_folder import Run
from .soft_labels import Accumulator, Places
from .teacher import Teacher


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+", help="run folders of ner.train or ner.teacher with the same tags")
    parser.add_argument("--weights", type=float, nargs="+", help="of each model in the mean; equal unless given")
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    device.add_options(parser)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    documents = read_documents(arguments.tokens)
    weights = arguments.weights or [1.0] * len(arguments.runs)
    accumulator, tags, started = None, None, time.time()
    for folder, weight in zip(arguments.runs, weights, strict=True):
        run = load(folder).to(arguments.device)
        assert tags in (None, run.tags), "the models were trained with other tags"
        tags = run.tags
        accumulator = accumulator or Accumulator(Places(documents), len(tags), arguments.device)
        groups = batches(make_rows(documents, run.config["row_tokens"]), arguments.batch_tokens)
        work = device.prepared(groups, partial(run.batch, documents), arguments)
        for number, batch in enumerate(work):
            sentences, emissions = run.scores(batch)
            unary, pairwise = expected_counts(run.crf, emissions, sentences.sentence_lengths)
            accumulator.add(sentences, unary, pairwise, weight / sum(weights))
            if number % 50 == 0:
                print(f"{folder.name}  batch {number}/{len(groups)}  {time.time() - started:.0f} s", flush=True)
    accumulator.write(arguments.out, tags)
    print(f"{len(documents):,} documents -> {arguments.out}")


if __name__ == "__main__":
    main()
