"""Tokenized documents as rows of the network, and rows as padded batches."""

import json
import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .vocabulary import Vocabulary

# Stands between two sentences of a row, so that the network reads each in the context of its neighbours.
# The CRF sees sentences only: no tag is ever given to a separator.
SEPARATOR = "<s>"


@dataclass
class Document:
    id: str
    tokens: list[str]
    spans: list[tuple[int, int]]
    sentences: list[int]  # token index where each starts, then the number of tokens
    tags: list[str]
    entities: list[tuple[int, int, str]]


@dataclass
class Row:
    """What the network reads at once: token indices of a document, -1 for a separator."""

    document: int
    tokens: list[int]
    sentences: list[tuple[int, int]]  # [start, end) of each sentence among `tokens`


def read_documents(path: Path) -> list[Document]:
    documents = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            item = json.loads(line)
            documents.append(
                Document(
                    item["id"],
                    item["tokens"],
                    [tuple(span) for span in item["spans"]],
                    item["sentences"],
                    item.get("tags", []),
                    [tuple(entity) for entity in item.get("entities", [])],
                )
            )
    return documents


def make_rows(documents: list[Document], limit: int, rng: random.Random | None = None) -> list[Row]:
    """Consecutive sentences of a document joined while they and their separators fit into `limit` tokens.

    A longer sentence is a row of its own; a limit of 0 makes every sentence one. With `rng` the limit of each
    row is drawn from a quarter of it upwards, so that no sentence has always the same neighbours.
    """
    rows: list[Row] = []
    for number, document in enumerate(documents):
        row: Row | None = None
        bound = limit
        for start, end in pairwise(document.sentences):
            if row is None or len(row.tokens) + 1 + end - start > bound:
                row = Row(number, [], [])
                rows.append(row)
                bound = rng.randint(limit // 4, limit) if rng else limit
            else:
                row.tokens.append(-1)
            row.sentences.append((len(row.tokens), len(row.tokens) + end - start))
            row.tokens.extend(range(start, end))
    return rows


@dataclass
class Sentences:
    """Where the sentences of padded rows stand, for the CRF."""

    positions: Tensor  # [sentences, longest] index into [rows * time]; 0 beyond the end of a sentence
    sentence_lengths: Tensor  # [sentences]
    tags: Tensor  # [sentences, longest]
    sentences: list[tuple[Row, int, int]]

    def by_sentence(self, emissions: Tensor) -> Tensor:
        """[rows, time, tags] -> [sentences, longest, tags]"""
        return emissions.flatten(0, 1)[self.positions]


def sentences_of(documents: list[Document], rows: list[Row], tag_ids: dict[str, int]) -> Sentences:
    """Of rows that are padded to the longest of them."""
    time = max(len(row.tokens) for row in rows)
    sentences = [(i, row, start, end) for i, row in enumerate(rows) for start, end in row.sentences]
    longest = max(end - start for _, _, start, end in sentences)
    positions = torch.zeros(len(sentences), longest, dtype=torch.long)
    tags = torch.zeros(len(sentences), longest, dtype=torch.long)
    for i, (number, row, start, end) in enumerate(sentences):
        positions[i, : end - start] = torch.arange(start, end) + number * time
        document = documents[row.document]
        if document.tags:
            tags[i, : end - start] = torch.tensor([tag_ids[document.tags[t]] for t in row.tokens[start:end]])
    lengths = torch.tensor([end - start for _, _, start, end in sentences])
    return Sentences(positions, lengths, tags, [(row, start, end) for _, row, start, end in sentences])


@dataclass
class Batch(Sentences):
    """Padded rows for the network."""

    word_ids: Tensor  # [rows, time]
    character_ids: Tensor  # [rows, time, characters]
    lengths: Tensor  # [rows]


class Encoder:
    """Documents to ids, each distinct token form once."""

    def __init__(self, words: Vocabulary, characters: Vocabulary, tags: list[str], character_length: int):
        self.words, self.characters, self.character_length = words, characters, character_length
        self.tag_ids = {tag: i for i, tag in enumerate(tags)}
        self.cache: dict[str, tuple[int, np.ndarray]] = {
            SEPARATOR: (words.ids[SEPARATOR], np.zeros(character_length, dtype=np.int64)),
        }

    def form(self, token: str) -> tuple[int, np.ndarray]:
        """Word id and character ids [characters]."""
        found = self.cache.get(token)
        if found is None:
            characters = self.characters.character_ids(token, self.character_length)
            found = self.cache[token] = self.words.word_id(token), np.array(characters, dtype=np.int64)
        return found

    def batch(self, documents: list[Document], rows: list[Row], transform=None) -> Batch:
        """Pads rows; `transform` maps the token strings of a row (augmentation)."""
        time = max(len(row.tokens) for row in rows)
        words = torch.zeros(len(rows), time, dtype=torch.long)
        characters = torch.zeros(len(rows), time, self.character_length, dtype=torch.long)
        for i, row in enumerate(rows):
            document = documents[row.document]
            strings = [SEPARATOR if t < 0 else document.tokens[t] for t in row.tokens]
            forms = [self.form(token) for token in (transform(strings) if transform else strings)]
            words[i, : len(forms)] = torch.tensor([word for word, _ in forms])
            characters[i, : len(forms)] = torch.from_numpy(np.stack([ids for _, ids in forms]))
        return Batch(
            **vars(sentences_of(documents, rows, self.tag_ids)),
            word_ids=words,
            character_ids=characters,
            lengths=torch.tensor([len(row.tokens) for row in rows]),
        )


def batches(rows: list[Row], budget: int, rng: random.Random | None = None) -> list[list[Row]]:
    """Rows of like length under a budget of padded tokens; shuffled with `rng`."""
    keyed = sorted(rows, key=lambda row: len(row.tokens) + (rng.random() * 8 if rng else 0))
    groups: list[list[Row]] = []
    for row in keyed:
        longest = max(len(row.tokens), max((len(r.tokens) for r in groups[-1]), default=0)) if groups else 0
        if groups and longest * (len(groups[-1]) + 1) <= budget:
            groups[-1].append(row)
        else:
            groups.append([row])
    if rng:
        rng.shuffle(groups)
    return groups
