"""A baseline: the phrases of the training set, by longest match.

python -m ner.dictionary --train train.tok.jsonl --dev dev.tok.jsonl --out runs/dictionary

A phrase has the label it bears most often, if it bears it in at least half of its occurrences. Says what can be had
without a model, and how much of the rest is context.
"""

import argparse
from collections import Counter, defaultdict
from pathlib import Path

from . import evaluate
from .data import Document, read_documents


def sentences(document: Document):
    """Token ranges of the sentences of a document."""
    yield from zip(document.sentences, document.sentences[1:], strict=False)


def learn(documents: list[Document], share: float = 0.5) -> dict[tuple[str, ...], str]:
    """Phrases, as lower-cased tokens, to labels."""
    labels: dict[tuple[str, ...], Counter] = defaultdict(Counter)
    for document in documents:
        for first, last, label in evaluate.token_chunks(document.tags):
            labels[tuple(token.lower() for token in document.tokens[first:last])][label] += 1
    longest = max(map(len, labels), default=0)
    seen: Counter = Counter()
    for document in documents:
        words = [token.lower() for token in document.tokens]
        for start, end in sentences(document):
            for first in range(start, end):
                for last in range(first + 1, min(end, first + longest) + 1):
                    phrase = tuple(words[first:last])
                    if phrase in labels:
                        seen[phrase] += 1
    best = {phrase: counts.most_common(1)[0] for phrase, counts in labels.items()}
    return {phrase: label for phrase, (label, count) in best.items() if count >= share * seen[phrase]}


def tag(document: Document, phrases: dict[tuple[str, ...], str]) -> list[str]:
    """IOB2 tags by the longest phrase that begins at each token, from left to right."""
    longest = max(map(len, phrases), default=0)
    words = [token.lower() for token in document.tokens]
    tags = ["O"] * len(words)
    for start, end in sentences(document):
        first = start
        while first < end:
            for last in range(min(end, first + longest), first, -1):
                label = phrases.get(tuple(words[first:last]))
                if label:
                    tags[first:last] = [f"B-{label}", *[f"I-{label}"] * (last - first - 1)]
                    first = last
                    break
            else:
                first += 1
    return tags


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    phrases = learn(read_documents(arguments.train))
    dev = read_documents(arguments.dev)
    print(f"{len(phrases):,} phrases")
    scores = evaluate.score(dev, [tag(document, phrases) for document in dev])
    arguments.out.mkdir(parents=True, exist_ok=True)
    evaluate.write(arguments.out, evaluate.as_json(scores), scores)
    print(evaluate.table(scores))


if __name__ == "__main__":
    main()
