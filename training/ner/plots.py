"""The plots of a model card: a learning curve and a calibration plot.

White on any page, 1,000 points wide for a place of 500, and the same bytes from the same figures.
"""

from io import BytesIO
from itertools import groupby
from pathlib import Path

from matplotlib import pyplot
from PIL import Image

# Files only: no screen is looked for.
pyplot.switch_backend("Agg")

BLUE, GREY = "#1f5fa8", "#8a8f98"
STYLE = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "figure.facecolor": "white"}


def save(figure, path: Path) -> None:
    content = BytesIO()
    figure.savefig(content, dpi=200)
    pyplot.close(figure)
    # A plot has few colors: a palette makes the file a third of the size.
    Image.open(content).convert("RGB").quantize(64).save(path, optimize=True)


def learning_points(runs: list[dict]) -> list[dict]:
    """Runs (`share`, `documents`, `f1` of each) by share: number of seeds, mean, least and largest F1."""
    points = []
    for share, group in groupby(sorted(runs, key=lambda run: run["share"]), key=lambda run: run["share"]):
        same = list(group)
        values = [run["f1"] for run in same]
        points.append(
            {
                "share": share,
                "documents": round(sum(run["documents"] for run in same) / len(same)),
                "seeds": len(values),
                "mean": sum(values) / len(values),
                "least": min(values),
                "largest": max(values),
            }
        )
    return points


def plot_learning_curve(points: list[dict], path: Path) -> None:
    """Mean F1 over the number of documents, on a scale where each doubling is a step of the same width."""
    documents = [point["documents"] for point in points]
    means = [point["mean"] for point in points]
    reach = [
        [point["mean"] - point["least"] for point in points],
        [point["largest"] - point["mean"] for point in points],
    ]
    with pyplot.rc_context(STYLE):
        figure, axes = pyplot.subplots(figsize=(5, 3.4), layout="constrained")
        axes.errorbar(documents, means, yerr=reach, marker="o", markersize=4, linewidth=1.5, capsize=3, color=BLUE)
        for point in points:
            axes.annotate(
                f"{point['mean']:.3f}",
                (point["documents"], point["largest"]),
                textcoords="offset points",
                xytext=(0, 5),
                ha="center",
            )
        axes.set_xscale("log", base=2)
        axes.set_xticks(documents, [f"{point['documents']:,}\n{100 * point['share']:.3g} %" for point in points])
        axes.minorticks_off()
        axes.margins(x=0.1, y=0.15)
        axes.grid(axis="y", color="0.9")
        axes.set_axisbelow(True)
        axes.set(xlabel="training documents, and their share of all", ylabel="exact-span micro F1 on dev")
        axes.set_title("Learning curve; bars from the worst to the best seed", fontsize=9, loc="left")
        save(figure, path)


def plot_calibration(bins: list[dict], path: Path) -> None:
    """Reliability diagram of bins (`count`, `correct`, and `confidence` summed up), over the counts of the bins."""
    edges = [i / len(bins) for i in range(len(bins))]
    width = 1 / len(bins)
    filled = [one for one in bins if one["count"]]
    confidence = [one["confidence"] / one["count"] for one in filled]
    correct = [one["correct"] / one["count"] for one in filled]
    with pyplot.rc_context(STYLE):
        figure, (upper, lower) = pyplot.subplots(
            2, 1, figsize=(5, 4.6), sharex=True, height_ratios=(3, 1), layout="constrained"
        )
        upper.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--", label="perfectly calibrated")
        upper.plot(
            confidence, correct, marker="o", markersize=4, linewidth=1.5, color=BLUE, label="this model", clip_on=False
        )
        upper.grid(color="0.9")
        upper.set(ylabel="share that is right", xlim=(0, 1), ylim=(0, 1.03))
        upper.legend(frameon=False, loc="upper left")
        upper.set_title("Calibration of the confidence on dev", fontsize=9, loc="left")

        counts = [one["count"] for one in bins]
        lower.bar(edges, counts, width=width * 0.9, align="edge", color=BLUE)
        for edge, count in zip(edges, counts, strict=True):
            lower.annotate(
                f"{count:,}",
                (edge + width * 0.45, count),
                textcoords="offset points",
                xytext=(0, 2),
                ha="center",
                fontsize=7,
            )
        lower.margins(y=0.25)
        lower.set(xlabel="confidence of the entity", ylabel="entities")
        save(figure, path)
