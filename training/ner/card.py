"""Step 6: the tables and plots of a model card, from what was measured.

python -m ner.card --card ../models/ner_jsl/MODEL_CARD.md --scores SCORES --seed-run runs/ner_jsl-1 --seed-run ...

SCORES is a folder with the output of `ner-jsl evaluate --json` on the dev set: none.json, and upper.json, lower.json
and one-line.json for the transforms. Text between `<!-- begin NAME -->` and `<!-- end NAME -->` of the card is
replaced; the calibration plot is written beside it.
"""

import argparse
import json
import re
import statistics
from pathlib import Path

TRANSFORMS = {"upper": "UPPER CASE", "lower": "lower case", "one-line": "newlines become spaces"}


def label_table(scores: dict) -> str:
    lines = ["| Label | Precision | Recall | F1 | Entities |", "|---|---:|---:|---:|---:|"]
    for label, counts in scores["labels"].items():
        figures = " | ".join(f"{counts[name]:.3f}" for name in ("precision", "recall", "f1"))
        lines.append(f"| {label} | {figures} | {counts['gold']} |")
    return "\n".join(lines)


def summary_table(scores: dict, seeds: list[dict]) -> str:
    rows = [
        ("exact-span micro F1", scores["micro"]["f1"], "f1"),
        ("token-level micro F1 (exact tag a token, O left out)", scores["token"]["f1"], "token_f1"),
        ("macro F1 over labels with 10 or more entities", scores["macroF1"], "macro_f1_10"),
        ("partial micro F1 (same label, overlapping span)", scores["partial"]["f1"], None),
        ("expected calibration error of the confidence", scores["calibrationError"], None),
    ]
    several = len(seeds) > 1
    title = (
        f"| Measure | This model | Mean ± sd of {len(seeds)} seeds |"
        if several
        else "| Measure | This model, one seed |"
    )
    lines = [title, "|---|---:|---:|" if several else "|---|---:|"]
    for name, value, key in rows:
        line = f"| {name} | {value:.4f} |"
        if several:
            values = [metrics[key] for metrics in seeds] if key else []
            line += f" {statistics.mean(values):.4f} ± {statistics.stdev(values):.4f} |" if values else " – |"
        lines.append(line)
    return "\n".join(lines)


def robustness_table(scores: dict, transformed: dict[str, dict]) -> str:
    lines = ["| Text | Exact-span micro F1 | Loss |", "|---|---:|---:|"]
    plain = scores["micro"]["f1"]
    lines.append(f"| as annotated | {plain:.4f} | |")
    for name, title in TRANSFORMS.items():
        changed = transformed[name]["micro"]["f1"]
        lines.append(f"| {title} | {changed:.4f} | {plain - changed:.4f} |")
    return "\n".join(lines)


def confusion_table(scores: dict, most: int = 8) -> str:
    lines = ["| Annotated -> found, same span | Entities |", "|---|---:|"]
    for pair, count in list(scores["confusion"].items())[:most]:
        lines.append(f"| {pair} | {count} |")
    return "\n".join(lines)


def plot_calibration(scores: dict, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    bins = [one for one in scores["calibration"] if one["count"]]
    confidence = [one["confidence"] / one["count"] for one in bins]
    accuracy = [one["correct"] / one["count"] for one in bins]
    figure, axes = pyplot.subplots(figsize=(5, 4), dpi=120)
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1, label="perfectly calibrated")
    axes.plot(confidence, accuracy, marker="o", color="C0", label="model")
    for x, y, one in zip(confidence, accuracy, bins, strict=True):
        axes.annotate(str(one["count"]), (x, y), textcoords="offset points", xytext=(4, -10), fontsize=7)
    axes.set(xlabel="mean confidence of the entities in a bin", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1))
    axes.set_title("Calibration on dev; numbers are entities in the bin", fontsize=9)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)


def replace(card: str, name: str, content: str) -> str:
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.S)
    if not pattern.search(card):
        raise SystemExit(f"the card has no section {name}")
    return pattern.sub(lambda _: f"{begin}\n{content}\n{end}", card)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--card", type=Path, required=True)
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--seed-run", type=Path, action="append", required=True)
    arguments = parser.parse_args()

    scores = json.loads((arguments.scores / "none.json").read_text())
    transformed = {name: json.loads((arguments.scores / f"{name}.json").read_text()) for name in TRANSFORMS}
    seeds = [json.loads((run / "metrics.json").read_text()) for run in arguments.seed_run]
    card = arguments.card.read_text(encoding="utf-8")
    card = replace(card, "summary", summary_table(scores, seeds))
    card = replace(card, "labels", label_table(scores))
    card = replace(card, "robustness", robustness_table(scores, transformed))
    card = replace(card, "confusion", confusion_table(scores))
    arguments.card.write_text(card, encoding="utf-8")
    plot_calibration(scores, arguments.card.parent / "calibration.png")


if __name__ == "__main__":
    main()
