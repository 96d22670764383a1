"""What the tests are made of: small CRFs, documents and vocabularies. Every name and sentence is invented."""

from collections.abc import Iterator
from itertools import product
from random import Random

import torch
from torch import Tensor

from ner.crf import CRF
from ner.data import SEPARATOR, Document
from ner.model import Network
from ner.vocabulary import RESERVED, Vocabulary

TAGS = ["O", "B-Drug", "B-Sign", "I-Drug", "I-Sign"]


def make_crf(seed: int) -> CRF:
    """Scores far larger than those of a fresh CRF, so that transitions matter; float64."""
    torch.manual_seed(seed)
    crf = CRF(TAGS).double()
    with torch.no_grad():
        for parameter in crf.parameters():
            parameter.normal_(0, 1.5)
    return crf


def make_emissions(seed: int, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, len(TAGS), generator=generator, dtype=torch.float64) * 2


def is_legal(path: tuple[int, ...]) -> bool:
    """IOB2, written apart from ner.crf: an I-X follows a B-X or I-X."""
    previous = "O"
    for tag in (TAGS[i] for i in path):
        if tag[0] == "I" and previous[1:] != tag[1:]:
            return False
        previous = tag
    return True


def path_score(crf: CRF, emissions: Tensor, path: tuple[int, ...]) -> float:
    """Score of one tag sequence, written apart from ner.crf; `emissions` [time, tags]."""
    total = crf.start[path[0]].item() + crf.end[path[-1]].item()
    for token, tag in enumerate(path):
        total += emissions[token, tag].item()
        if token > 0:
            total += crf.transitions[path[token - 1], tag].item()
    return total


def all_paths(length: int) -> Iterator[tuple[int, ...]]:
    return product(range(len(TAGS)), repeat=length)


def legal_scores(crf: CRF, emissions: Tensor) -> dict[tuple[int, ...], float]:
    """Every legal tag sequence of a sentence with its score."""
    return {path: path_score(crf, emissions, path) for path in all_paths(len(emissions)) if is_legal(path)}


def probabilities(crf: CRF, emissions: Tensor) -> dict[tuple[int, ...], float]:
    """Every legal tag sequence of a sentence with its probability."""
    scores = legal_scores(crf, emissions)
    weights = torch.tensor(list(scores.values()), dtype=torch.float64).softmax(0)
    return dict(zip(scores, weights.tolist(), strict=True))


def make_document(tokens: list[str], sentences: list[int], tags: list[str] | None = None) -> Document:
    """Tokens one space apart."""
    spans, offset = [], 0
    for token in tokens:
        spans.append((offset, offset + len(token)))
        offset += len(token) + 1
    return Document("note", tokens, spans, sentences, tags or [], [])


def make_vocabularies() -> tuple[Vocabulary, Vocabulary]:
    """40 words: <pad>, <unk>, <s> and 37 syllables; characters a to p."""
    syllables = [a + b for a, b in product("bdfgklmp", "aeio")] + ["000", "0", "apa", "epe", "ipi"]
    return Vocabulary([*RESERVED, SEPARATOR, *syllables]), Vocabulary([*RESERVED, *"abcdefghijklmnop"])


def make_network(seed: int, layers: int, characters: int) -> Network:
    """40 words of 8, hidden 6, in evaluation, embeddings rounded to half precision as they are served."""
    torch.manual_seed(seed)
    network = Network(
        torch.randn(40, 8).half().float(),
        10,
        characters,
        len(TAGS),
        character_size=4,
        character_filters=7,
        hidden=6,
        layers=layers,
        input_dropout=0.3,
        output_dropout=0.5,
    )
    with torch.no_grad():
        network.words.tuned.normal_().copy_(network.words.tuned.half().float())
        for weight in (*network.lstm.parameters(), network.projection.weight):
            weight.mul_(3)  # a fresh network says the same of every token
    return network.eval()


def make_documents(seed: int, lengths: list[list[int]]) -> list[Document]:
    """Documents of random words, known and unknown, short and longer than any row of characters."""
    random = Random(seed)
    words, _ = make_vocabularies()
    known = words.entries[3:]
    documents = []
    for sentences in lengths:
        tokens = [
            random.choice([random.choice(known), random.choice(known).upper(), "zz" * random.randint(1, 9), "512"])
            for _ in range(sum(sentences))
        ]
        bounds = [sum(sentences[:i]) for i in range(len(sentences) + 1)]
        documents.append(make_document(tokens, bounds))
    return documents
