"""Scores on dev of several runs or teachers as one model: the mean of their emissions and transitions.

python -m ner.ensemble runs/teacher-1 runs/teacher-2 --dev dev.tok.jsonl

What the soft labels of `ner.label` by the same models and weights are worth, nearly: a mixture of distributions has no
best sequence that is cheap to find, the mean of scores has.
"""

import argparse
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor

from . import evaluate
from .crf import CRF
from .data import Document, batches, make_rows, read_documents
from .label import load


def emissions_of(run, documents: list[Document]) -> list[Tensor]:
    """Emissions [tokens, tags] of each document by a run or a teacher."""
    found = [torch.zeros(len(document.tokens), len(run.tags)) for document in documents]
    for group in batches(make_rows(documents, run.config["row_tokens"]), 4096):
        sentences, emissions = run.emissions(documents, group)
        for (row, start, end), scores in zip(sentences.sentences, emissions, strict=True):
            found[row.document][row.tokens[start] : row.tokens[end - 1] + 1] = scores[: end - start].cpu()
    return found


def mean_crf(crfs: list[CRF], tags: list[str], weights: list[float]) -> CRF:
    mean = CRF(tags)
    states = [crf.state_dict() for crf in crfs]
    mean.load_state_dict(
        {name: sum(w * state[name].cpu() for w, state in zip(weights, states, strict=True)) for name in states[0]}
    )
    return mean


def decode(crf: CRF, document: Document, emissions: Tensor, tags: list[str]) -> list[str]:
    """Tags of a document of emissions [tokens, tags], sentence by sentence."""
    found = []
    for start, end in pairwise(document.sentences):
        path = crf.decode(emissions[None, start:end], torch.tensor([end - start]))[0]
        found.extend(tags[tag] for tag in path)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+", help="run folders of ner.train or ner.teacher with the same tags")
    parser.add_argument("--weights", type=float, nargs="+", help="of each model in the mean; equal unless given")
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--device", default="cpu", help="of PyTorch: cpu, cuda")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    dev = read_documents(arguments.dev)
    weights = arguments.weights or [1.0] * len(arguments.runs)
    weights = [weight / sum(weights) for weight in weights]
    crfs, mean, tags = [], [0.0] * len(dev), None
    for folder, weight in zip(arguments.runs, weights, strict=True):
        run = load(folder).to(arguments.device)
        assert tags in (None, run.tags), "the models were trained with other tags"
        tags = run.tags
        crfs.append(run.crf)
        mean = [total + weight * scores for total, scores in zip(mean, emissions_of(run, dev), strict=True)]
    crf = mean_crf(crfs, tags, weights)
    scores = evaluate.score(dev, [decode(crf, *pair, tags) for pair in zip(dev, mean, strict=True)])
    print(f"dev F1 {scores.micro.f1:.4f}  token {scores.token.f1:.4f}  macro {scores.macro(10):.4f}")


if __name__ == "__main__":
    main()
