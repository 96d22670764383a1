"""Step 4c: the temperature of a run, by which its confidences become probabilities (Guo et al., 2017).

python -m ner.calibrate runs/ner_jsl-1 --dev dev.tok.jsonl

All scores of the CRF divided by one number leave the best sequence as it is and soften the probabilities. The one
with the best likelihood on dev is written to temperature.json of the run folder; export applies it.
"""

import argparse
import json
from pathlib import Path

import torch

from .data import batches, make_rows, read_documents
from .run_folder import TEMPERATURE, Run

CANDIDATES = [round(0.8 + 0.05 * i, 2) for i in range(45)]


@torch.no_grad()
def likelihoods(run: Run, documents, candidates: list[float]) -> dict[float, float]:
    """Mean log likelihood a token of the annotated tags, by temperature."""
    totals, tokens = dict.fromkeys(candidates, 0.0), 0
    start, transitions, end = run.crf.scores()
    for group in batches(make_rows(documents, run.config["row_tokens"]), 4096):
        batch, emissions = run.emissions(documents, group)
        path = run.crf.path_score(emissions, batch.tags, batch.sentence_lengths)
        tokens += int(batch.sentence_lengths.sum())
        for temperature in candidates:
            scaled = [scores / temperature for scores in (emissions, start, transitions, end)]
            total = run.crf.log_partition(scaled[0], batch.sentence_lengths, *scaled[1:])
            totals[temperature] += float((path / temperature - total).sum())
    return {temperature: total / tokens for temperature, total in totals.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--dev", type=Path, required=True)
    arguments = parser.parse_args()

    (arguments.run / TEMPERATURE).unlink(missing_ok=True)
    found = likelihoods(Run(arguments.run), read_documents(arguments.dev), CANDIDATES)
    best = max(found, key=found.__getitem__)
    (arguments.run / TEMPERATURE).write_text(json.dumps({"temperature": best}) + "\n")
    print(f"temperature {best}: log likelihood a token {found[best]:.4f}, at 1.0 {found[1.0]:.4f}")


if __name__ == "__main__":
    main()
