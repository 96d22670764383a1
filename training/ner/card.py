"""Step 6: the tables and plots of a model card, from what was measured.

python -m ner.card --card ../models/ner_jsl/MODEL_CARD.md --scores SCORES --seed-run runs/ner_jsl-1 --seed-run ... \\
    --peer "Original, its test set=peers/ner_jsl-2.4.2" --peer Dictionary=runs/dictionary --curve-run runs/half-1 ...

SCORES is a folder with the output of `ner-jsl evaluate --json` on the dev set: none.json, and upper.json, lower.json
and one-line.json for the transforms. The first seed run is the one that was exported. Peers are folders with a
metrics.json. Text between `<!-- begin NAME -->` and `<!-- end NAME -->` of the card is replaced: summary, labels,
robustness and confusion; peers and peer-labels when there are peers; curve when there are runs for it. The plots are
written beside the card.
"""

import argparse
import json
import re
import statistics
from pathlib import Path

from .evaluate import Counts
from .plots import learning_points, plot_calibration, plot_learning_curve

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


def peers_table(scores: dict, peers: dict[str, dict]) -> str:
    """Peers by title, as their metrics.json has them; what is not known of one is left out."""
    rows = [
        ("token-level micro F1", "token_f1", scores["token"]["f1"]),
        ("exact-span micro F1", "f1", scores["micro"]["f1"]),
        ("macro F1 over labels with 10 or more entities", "macro_f1_10", scores["macroF1"]),
    ]
    lines = [f"| | {' | '.join(peers)} | This model |", f"|---|{'---:|' * (len(peers) + 1)}"]
    for name, key, own in rows:
        values = [f"{peer[key]:.4f}" if key in peer else "–" for peer in peers.values()]
        lines.append(f"| {name} | {' | '.join(values)} | {own:.4f} |")
    return "\n".join(lines)


def peer_labels_table(metrics: dict, peers: dict[str, dict]) -> str:
    """Token-level F1 of each label, B- and I- together; `metrics` of the run that is this model."""

    def f1(counts: dict | None) -> str:
        if not counts or not counts["gold"]:
            return "–"
        return f"{Counts(**counts).f1:.3f}"

    lines = [f"| Label | {' | '.join(peers)} | This model |", f"|---|{'---:|' * (len(peers) + 1)}"]
    for label in sorted({label for one in (metrics, *peers.values()) for label in one["token_labels"]}):
        values = [f1(one["token_labels"].get(label)) for one in (*peers.values(), metrics)]
        lines.append(f"| {label} | {' | '.join(values)} |")
    return "\n".join(lines)


def curve_table(points: list[dict]) -> str:
    lines = ["| Documents | Share | Seeds | Mean | Least | Largest |", "|---:|---:|---:|---:|---:|---:|"]
    for point in points:
        figures = " | ".join(f"{point[name]:.4f}" for name in ("mean", "least", "largest"))
        lines.append(f"| {point['documents']:,} | {100 * point['share']:.3g} % | {point['seeds']} | {figures} |")
    return "\n".join(lines)


def replace(card: str, name: str, content: str) -> str:
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.S)
    if not pattern.search(card):
        raise SystemExit(f"the card has no section {name}")
    return pattern.sub(lambda _: f"{begin}\n{content}\n{end}", card)


def read_metrics(folder: Path) -> dict:
    return json.loads((folder / "metrics.json").read_text())


def peer(text: str) -> tuple[str, dict]:
    """TITLE=FOLDER of the command line."""
    title, folder = text.split("=", 1)
    return title, read_metrics(Path(folder))


def curve_run(folder: Path) -> dict:
    config = json.loads((folder / "config.json").read_text())
    return {"share": config["share"], "documents": config["documents"], "f1": read_metrics(folder)["f1"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--card", type=Path, required=True)
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--seed-run", type=Path, action="append", required=True)
    parser.add_argument("--peer", type=peer, action="append", default=[], metavar="TITLE=FOLDER")
    parser.add_argument("--curve-run", type=Path, action="append", default=[], help="run on a share of the documents")
    arguments = parser.parse_args()

    scores = json.loads((arguments.scores / "none.json").read_text())
    transformed = {name: json.loads((arguments.scores / f"{name}.json").read_text()) for name in TRANSFORMS}
    seeds = [read_metrics(run) for run in arguments.seed_run]
    card = arguments.card.read_text(encoding="utf-8")
    card = replace(card, "summary", summary_table(scores, seeds))
    card = replace(card, "labels", label_table(scores))
    card = replace(card, "robustness", robustness_table(scores, transformed))
    card = replace(card, "confusion", confusion_table(scores))
    if arguments.peer:
        peers = dict(arguments.peer)
        card = replace(card, "peers", peers_table(scores, peers))
        card = replace(card, "peer-labels", peer_labels_table(seeds[0], peers))
    if arguments.curve_run:
        points = learning_points([curve_run(run) for run in arguments.curve_run])
        card = replace(card, "curve", curve_table(points))
        plot_learning_curve(points, arguments.card.parent / "learning_curve.png")
    arguments.card.write_text(card, encoding="utf-8")
    plot_calibration(scores["calibration"], arguments.card.parent / "calibration.png")


if __name__ == "__main__":
    main()
