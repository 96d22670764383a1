"""Scores: exact-span micro F1, per label, and token-level F1 as the original publishes it."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Counts:
    correct: int = 0
    predicted: int = 0
    gold: int = 0

    @property
    def precision(self) -> float:
        return self.correct / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.correct / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        total = self.predicted + self.gold
        return 2 * self.correct / total if total else 0.0


@dataclass
class Scores:
    micro: Counts = field(default_factory=Counts)
    token: Counts = field(default_factory=Counts)
    labels: dict[str, Counts] = field(default_factory=dict)
    token_labels: dict[str, Counts] = field(default_factory=dict)  # B- and I- of a label together

    def macro(self, at_least: int) -> float:
        chosen = [counts.f1 for counts in self.labels.values() if counts.gold >= at_least]
        return sum(chosen) / len(chosen) if chosen else 0.0


def token_chunks(tags: list[str]) -> list[tuple[int, int, str]]:
    """(first, last + 1, label) of IOB2 tags; the constrained decoder never yields an I- without its B-."""
    found: list[list] = []
    for token, tag in enumerate(tags):
        if tag.startswith("B-"):
            found.append([token, token + 1, tag[2:]])
        elif tag.startswith("I-"):
            found[-1][1] = token + 1
    return [tuple(chunk) for chunk in found]


def chunks(tags: list[str], spans: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """(start, end, label) of IOB2 tags, in the unit of the spans."""
    return [(spans[first][0], spans[last - 1][1], label) for first, last, label in token_chunks(tags)]


def overlap(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def score(documents, predicted: list[list[str]]) -> Scores:
    """Scores predicted tags (one list a document) against the gold entities and tags of the documents."""
    scores = Scores()
    for document, tags in zip(documents, predicted, strict=True):
        found = set(chunks(tags, document.spans))
        gold = set(document.entities)
        for entities, name in ((found, "predicted"), (gold, "gold"), (found & gold, "correct")):
            for label, count in Counter(label for _, _, label in entities).items():
                counts = scores.labels.setdefault(label, Counts())
                setattr(counts, name, getattr(counts, name) + count)
        for mine, right in zip(tags, document.tags, strict=True):
            if mine != "O":
                counts = scores.token_labels.setdefault(mine[2:], Counts())
                counts.predicted += 1
                counts.correct += mine == right
            if right != "O":
                scores.token_labels.setdefault(right[2:], Counts()).gold += 1
    for total, parts in ((scores.micro, scores.labels), (scores.token, scores.token_labels)):
        for counts in parts.values():
            total.correct += counts.correct
            total.predicted += counts.predicted
            total.gold += counts.gold
    return scores


def table(scores: Scores) -> str:
    lines = [f"{'label':38}{'precision':>10}{'recall':>8}{'F1':>8}{'gold':>7}"]
    rows = [*sorted(scores.labels.items()), ("micro", scores.micro), ("token micro", scores.token)]
    for label, counts in rows:
        lines.append(f"{label:38}{counts.precision:10.3f}{counts.recall:8.3f}{counts.f1:8.3f}{counts.gold:7d}")
    return "\n".join(lines)


def as_json(scores: Scores) -> dict:
    """What metrics.json holds of them."""
    return {
        "f1": scores.micro.f1,
        "token_f1": scores.token.f1,
        "macro_f1_10": scores.macro(10),
        "labels": {label: vars(counts) for label, counts in sorted(scores.labels.items())},
        "token_labels": {label: vars(counts) for label, counts in sorted(scores.token_labels.items())},
    }


def write(folder: Path, metrics: dict, scores: Scores) -> None:
    """metrics.json and dev.txt of a run folder."""
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n")
    (folder / "dev.txt").write_text(table(scores) + "\n")
