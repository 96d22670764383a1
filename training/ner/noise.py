"""Suspected label errors: where models that have not seen a document are sure of something else than is annotated.

python -m ner.noise runs/fold-1 runs/fold-2 ... --tokens train.tok.jsonl --out suspects.jsonl

Each document is read by those of the runs whose documents.txt does not name it: runs of `ner.train --leave-out K/N`
or on a share of the documents. `--unseen` says that none of them, nor of teachers, saw any, as dev. Confidences are
means over the runs; calibrate them first. A line of the output has the id, the spans on both sides, and no text.
"""

import argparse
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor

from .data import Document, batches, make_rows, read_documents
from .evaluate import overlap, token_chunks
from .label import load
from .recognize import forced
from .run_folder import Run
from .teacher import Teacher

Chunk = tuple[int, int, str]
Model = Run | Teacher


def emissions_of(run: Model, documents: list[Document]) -> dict[tuple[str, int], Tensor]:
    """[time, tags] of each sentence, by the id of its document and its first token."""
    found = {}
    for group in batches(make_rows(documents, run.config["row_tokens"]), 4096):
        batch, emissions = run.emissions(documents, group)
        for (row, start, end), scores in zip(batch.sentences, emissions, strict=True):
            found[documents[row.document].id, row.tokens[start]] = scores[: end - start].clone()
    return found


@torch.no_grad()
def probabilities(run: Model, emissions: Tensor, candidates: list[Chunk]) -> list[float]:
    """P of each candidate under the CRF of a run; `emissions` [time, tags] of its sentence."""
    ids = {tag: i for i, tag in enumerate(run.tags)}
    cases = [forced(emissions, first, last, ids[f"B-{label}"], ids[f"I-{label}"]) for first, last, label in candidates]
    lengths = torch.full((len(cases) + 1,), len(emissions))
    total, *parts = run.crf.log_partition(torch.stack([emissions, *cases]), lengths, *run.crf.scores())
    return [(part - total).exp().item() for part in parts]


def kind_of(found: Chunk, annotated: list[Chunk]) -> str:
    if not annotated:
        return "not annotated"
    if any(chunk[:2] == found[:2] for chunk in annotated):
        return "label"
    return "bounds" if any(chunk[2] == found[2] for chunk in annotated) else "both"


def suspects_of(gold: list[Chunk], scored: dict[Chunk, float], sure: float) -> list[dict]:
    """Disagreements within a sentence: what is found with a probability of `sure` (over 0.5), and annotated entities
    with one of 1 - `sure` in whose place nothing else is sure. `scored` has every annotated entity.
    """
    found = [chunk for chunk, probability in scored.items() if probability >= sure and chunk not in gold]
    suspects = []
    for chunk in found:
        annotated = [one for one in gold if overlap(one, chunk)]
        kind = kind_of(chunk, annotated)
        suspects.append({"kind": kind, "annotated": annotated, "found": chunk, "confidence": scored[chunk]})
    for chunk in gold:
        if scored[chunk] <= 1 - sure and not any(overlap(one, chunk) for one in found):
            suspects.append({"kind": "not found", "annotated": [chunk], "found": None, "confidence": 1 - scored[chunk]})
    return suspects


def in_text(document: Document, suspect: dict, offset: int) -> dict:
    """A suspect of the sentence that begins at token `offset`, with the offsets of its text for those of tokens."""

    def span(chunk: Chunk) -> Chunk:
        first, last, label = chunk
        return document.spans[offset + first][0], document.spans[offset + last - 1][1], label

    return {
        "id": document.id,
        "kind": suspect["kind"],
        "annotated": [span(chunk) for chunk in suspect["annotated"]],
        "found": span(suspect["found"]) if suspect["found"] else None,
        "confidence": round(suspect["confidence"], 4),
    }


def find_suspects(runs: list[Model], documents: list[Document], seen: list[set[str]], sure: float) -> list[dict]:
    """Suspects of all documents that a run has not seen, the surest first; `seen` has the ids each run saw."""
    emissions = [
        emissions_of(run, [document for document in documents if document.id not in ids])
        for run, ids in zip(runs, seen, strict=True)
    ]
    suspects = []
    for document in documents:
        for start, end in pairwise(document.sentences):
            key = (document.id, start)
            readers = [(run, of_run[key]) for run, of_run in zip(runs, emissions, strict=True) if key in of_run]
            if not readers:
                continue
            gold = token_chunks(document.tags[start:end])
            candidates = dict.fromkeys(gold)
            for run, scores in readers:
                path = run.crf.decode(scores[None], torch.tensor([end - start]))[0]
                candidates |= dict.fromkeys(token_chunks([run.tags[tag] for tag in path]))
            each = [probabilities(run, scores, list(candidates)) for run, scores in readers]
            means = [sum(values) / len(readers) for values in zip(*each, strict=True)]
            scored = dict(zip(candidates, means, strict=True))
            suspects += [in_text(document, suspect, start) for suspect in suspects_of(gold, scored, sure)]
    return sorted(suspects, key=lambda suspect: -suspect["confidence"])


def summary(suspects: list[dict], most: int) -> str:
    def labels(suspect: dict) -> str:
        found = suspect["found"]
        annotated = "+".join(label for _, _, label in suspect["annotated"]) or "nothing"
        return f"{suspect['kind']}: {annotated} -> {found[2] if found else 'nothing'}"

    kinds = Counter(suspect["kind"] for suspect in suspects)
    lines = [f"{count:6d}  {kind}" for kind, count in kinds.most_common()]
    lines += ["", *(f"{count:6d}  {pair}" for pair, count in Counter(map(labels, suspects)).most_common(most))]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--tokens", type=Path, required=True, help="labelled documents")
    parser.add_argument("--unseen", action="store_true", help="no run saw any of the documents")
    parser.add_argument("--sure", type=float, default=0.95, help="mean probability from which models are sure")
    parser.add_argument("--most", type=int, default=20, help="pairs of labels to print")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    runs, documents = [load(folder) for folder in arguments.runs], read_documents(arguments.tokens)
    seen = [set() if arguments.unseen else run.seen() for run in runs]
    suspects = find_suspects(runs, documents, seen, arguments.sure)
    arguments.out.write_text("".join(json.dumps(suspect) + "\n" for suspect in suspects), encoding="utf-8")
    read = sum(any(document.id not in ids for ids in seen) for document in documents)
    print(f"{read:,} of {len(documents):,} documents read by a run that has not seen them")
    print(summary(suspects, arguments.most))
    print(f"{len(suspects):,} suspects -> {arguments.out}")


if __name__ == "__main__":
    main()
