"""Step 4d: scores a run again, on dev as it is tokenized now.

python -m ner.score runs/ner_jsl-1 --dev dev.tok.jsonl

When the rules of the pipeline change, the scores that training kept are of other sentences; this writes new ones into
metrics.json and dev.txt of the run folder. The weights stay as they are.
"""

import argparse
from pathlib import Path

from . import evaluate
from .data import make_rows, read_documents
from .predict import predict
from .run_folder import Run
from .train import metrics_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--dev", type=Path, required=True)
    arguments = parser.parse_args()

    run, dev = Run(arguments.run), read_documents(arguments.dev)
    rows = make_rows(dev, run.config["row_tokens"])
    scores = evaluate.score(dev, predict(run.emissions, run.crf, dev, rows, run.tags))
    evaluate.write(arguments.run, metrics_of(scores, run.metrics["epoch"]), scores)
    print(f"dev F1 {scores.micro.f1:.4f}  token {scores.token.f1:.4f}  macro {scores.macro(10):.4f}")


if __name__ == "__main__":
    main()
