"""Scores: exact-span micro F1, per label, and token-level F1 as the original publishes it."""

from collections import Counter
from dataclasses import dataclass, field


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
            scores.token.predicted += mine != "O"
            scores.token.gold += right != "O"
            scores.token.correct += mine != "O" and mine == right
    for counts in scores.labels.values():
        scores.micro.correct += counts.correct
        scores.micro.predicted += counts.predicted
        scores.micro.gold += counts.gold
    return scores


def table(scores: Scores) -> str:
    lines = [f"{'label':38}{'precision':>10}{'recall':>8}{'F1':>8}{'gold':>7}"]
    rows = [*sorted(scores.labels.items()), ("micro", scores.micro), ("token micro", scores.token)]
    for label, counts in rows:
        lines.append(f"{label:38}{counts.precision:10.3f}{counts.recall:8.3f}{counts.f1:8.3f}{counts.gold:7d}")
    return "\n".join(lines)
