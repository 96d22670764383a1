"""What a run does wrong on dev, and to which entities: counts and labels, no text.

python -m ner.errors runs/ner_jsl-1 --train train.tok.jsonl --dev dev.tok.jsonl

An annotated entity is right, or found with another label, with other bounds, with both, or missed; what was found
where nothing is annotated is spurious. `--show` prints each error with its words: patient text, for a terminal only.
"""

import argparse
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from .data import Document, make_rows, read_documents
from .evaluate import chunks, overlap, token_chunks
from .predict import predict
from .run_folder import Run

Entity = tuple[int, int, str]

WRONG = ("label", "bounds", "both", "missed")


@dataclass
class Judged:
    """An annotated entity and what was found in its place; `gold` is missing when it is spurious."""

    document: Document
    kind: str  # right, one of WRONG, or spurious
    gold: Entity | None
    found: Entity | None


def judge(document: Document, tags: list[str]) -> list[Judged]:
    found = chunks(tags, document.spans)
    judged = []
    for gold in document.entities:
        near = [entity for entity in found if overlap(gold, entity)]
        choices = [
            ("right", [entity for entity in near if entity == gold]),
            ("label", [entity for entity in near if entity[:2] == gold[:2]]),
            ("bounds", [entity for entity in near if entity[2] == gold[2]]),
            ("both", near),
            ("missed", [None]),
        ]
        kind, entities = next((kind, entities) for kind, entities in choices if entities)
        judged.append(Judged(document, kind, gold, entities[0]))
    for entity in found:
        if not any(overlap(gold, entity) for gold in document.entities):
            judged.append(Judged(document, "spurious", None, entity))
    return judged


def words_of(document: Document, entity: Entity) -> tuple[str, ...]:
    """Lower-cased tokens that an entity touches."""
    return tuple(
        token.lower()
        for token, (start, end) in zip(document.tokens, document.spans, strict=True)
        if start < entity[1] and entity[0] < end
    )


class Training:
    """What the training documents say of words and phrases."""

    def __init__(self, documents: list[Document]):
        self.words = {token.lower() for document in documents for token in document.tokens}
        self.labels: dict[tuple[str, ...], Counter] = defaultdict(Counter)
        for document in documents:
            for first, last, label in token_chunks(document.tags):
                self.labels[tuple(token.lower() for token in document.tokens[first:last])][label] += 1

    def traits(self, document: Document, gold: Entity) -> list[tuple[str, str]]:
        """Groups that an annotated entity belongs to, as (question, answer)."""
        words = words_of(document, gold)
        labels = self.labels.get(words, Counter())
        if not labels:
            phrase = "never annotated"
        elif gold[2] not in labels:
            phrase = "with other labels only"
        else:
            phrase = "with this label only" if len(labels) == 1 else "with this label and others"
        expressible = gold in chunks(document.tags, document.spans)
        return [
            ("tokens", "5 or more" if len(words) > 4 else str(len(words))),
            ("words", "all in training" if self.words.issuperset(words) else "one or more not in training"),
            ("phrase in training", phrase),
            ("bounds", "at tokens of one sentence" if expressible else "no tag can express them"),
        ]


def label_table(judged: list[Judged]) -> str:
    counts: dict[str, Counter] = defaultdict(Counter)
    for one in judged:
        counts[(one.gold or one.found)[2]][one.kind] += 1
    kinds = ("right", *WRONG, "spurious")
    lines = [f"{'label':38}{'gold':>6}" + "".join(f"{kind:>10}" for kind in kinds)]
    rows = [*sorted(counts.items()), ("all", sum(counts.values(), Counter()))]
    for label, count in rows:
        gold = sum(count.values()) - count["spurious"]
        lines.append(f"{label:38}{gold:6d}" + "".join(f"{count[kind]:10d}" for kind in kinds))
    return "\n".join(lines)


def confusion_table(judged: list[Judged], most: int) -> str:
    """Annotated and found labels that differ, whatever the bounds, by how often."""
    pairs = Counter((one.gold[2], one.found[2]) for one in judged if one.kind in ("label", "both"))
    lines = ["annotated -> found"]
    lines += [f"{count:6d}  {gold} -> {found}" for (gold, found), count in pairs.most_common(most)]
    return "\n".join(lines)


def trait_table(judged: list[Judged], training: Training) -> str:
    """Of the annotated entities of each group, how many are not right, and what part that is of all such errors."""
    gold, wrong = Counter(), Counter()
    for one in judged:
        if one.gold:
            for trait in training.traits(one.document, one.gold):
                gold[trait] += 1
                wrong[trait] += one.kind != "right"
    errors = max(1, sum(one.kind in WRONG for one in judged))
    lines = [f"{'annotated entities':48}{'gold':>6}{'wrong':>8}{'rate':>8}{'of all':>8}"]
    for trait in sorted(gold):
        name = ": ".join(trait)
        rate = wrong[trait] / gold[trait]
        lines.append(f"{name:48}{gold[trait]:6d}{wrong[trait]:8d}{rate:8.3f}{wrong[trait] / errors:8.3f}")
    return "\n".join(lines)


def shown(one: Judged) -> str:
    """An error with its words."""
    sides = [
        f"{entity[2]} '{' '.join(words_of(one.document, entity))}'" if entity else "-"
        for entity in (one.gold, one.found)
    ]
    return f"{one.kind:9} {one.document.id} {(one.gold or one.found)[0]}: {' -> '.join(sides)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--most", type=int, default=15, help="pairs of labels to print")
    parser.add_argument("--show", action="store_true", help="print each error with its words")
    arguments = parser.parse_args()

    run, dev = Run(arguments.run), read_documents(arguments.dev)
    training = Training(read_documents(arguments.train))
    rows = make_rows(dev, run.config["row_tokens"])
    predicted = predict(run.emissions, run.crf, dev, rows, run.tags)
    judged = [one for document, tags in zip(dev, predicted, strict=True) for one in judge(document, tags)]
    print(label_table(judged), confusion_table(judged, arguments.most), trait_table(judged, training), sep="\n\n")
    if arguments.show:
        print(*(shown(one) for one in judged if one.kind != "right"), sep="\n")


if __name__ == "__main__":
    main()
