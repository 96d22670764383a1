"""Rows of word pieces: what a transformer reads of the rows of `data`."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from .data import SEPARATOR, Document, Row

CASES = 6  # classes of `case_of`
# Pieces kept of a word.
LONGEST_WORD = 12


def case_of(token: str) -> int:
    """What a lower-casing vocabulary loses of a word.

    0 no letters, 1 lower, 2 Capitalized, 3 UPPER, 4 mIxed, 5 with a digit.
    """
    if any(c.isdigit() for c in token):
        return 5
    if not any(c.isalpha() for c in token):
        return 0
    if token.islower():
        return 1
    if token.isupper():
        return 3 if len(token) > 1 else 2
    return 2 if token[0].isupper() and token[1:].islower() else 4


def basic_tokens(token: str) -> list[str]:
    """Lower-cased, accents and control characters dropped, split around punctuation and ideographs."""
    parts: list[str] = []
    joined = False
    for c in unicodedata.normalize("NFD", token.lower()):
        kind = unicodedata.category(c)
        if kind == "Mn" or (kind[0] == "C" and not c.isspace()):
            continue
        alone = (
            kind[0] == "P"
            or "!" <= c <= "/"
            or ":" <= c <= "@"
            or "[" <= c <= "`"
            or "{" <= c <= "~"
            or is_ideograph(c)
        )
        if c.isspace():
            joined = False
        elif joined and not alone:
            parts[-1] += c
        else:
            parts.append(c)
            joined = not alone
    return parts


def is_ideograph(c: str) -> bool:
    return (
        "\u3400" <= c <= "\u4dbf"
        or "\u4e00" <= c <= "\u9fff"
        or "\uf900" <= c <= "\ufaff"
        or "\U00020000" <= c <= "\U0002fa1f"
    )


@dataclass
class PieceBatch:
    ids: Tensor  # [rows, time]
    cases: Tensor  # [rows, time]
    lengths: Tensor  # [rows]
    first: Tensor  # [rows, words] where each word or separator of the row begins; 0 beyond its end


class Pieces:
    """Words to word-piece ids (Devlin et al., 2019; lower case, without accents), each distinct word once.

    The vocabulary is vocab.txt of a folder: the line number, from 0, is the id.
    """

    def __init__(self, folder: Path):
        entries = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
        self.ids = {entry: i for i, entry in enumerate(entries) if entry}
        names = ("<s>", "<pad>", "</s>", "<mask>", "[UNK]")
        self.start, self.padding, self.end, self.mask, self.unknown = (self.ids[name] for name in names)
        self.cache: dict[str, list[int]] = {}

    def of_word(self, token: str) -> list[int]:
        found = self.cache.get(token)
        if found is None:
            ids = [i for part in basic_tokens(token) for i in self._pieces(part)]
            found = self.cache[token] = ids[:LONGEST_WORD] or [self.unknown]
        return found

    def _pieces(self, word: str) -> list[int]:
        """The longest piece that fits, again and again; unknown as a whole when one is missing."""
        ids, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start and ("##" if start else "") + word[start:end] not in self.ids:
                end -= 1
            if end == start:
                return [self.unknown]
            ids.append(self.ids[("##" if start else "") + word[start:end]])
            start = end
        return ids if len(word) <= 100 else [self.unknown]

    def batch(self, documents: list[Document], rows: list[Row], transform=None) -> PieceBatch:
        """`<s> pieces </s> pieces </s>`: sentences separated as their ends are marked; `transform` maps their words."""
        ids, cases, first = [], [], []
        for row in rows:
            document = documents[row.document]
            words = [SEPARATOR if t < 0 else document.tokens[t] for t in row.tokens]
            if transform:
                words = transform(words)
            row_ids, row_cases, row_first = [self.start], [0], []
            for word, t in zip(words, row.tokens, strict=True):
                row_first.append(len(row_ids))
                pieces = [self.end] if t < 0 else self.of_word(word)
                row_ids += pieces
                row_cases += [0 if t < 0 else case_of(word)] * len(pieces)
            ids.append([*row_ids, self.end])
            cases.append([*row_cases, 0])
            first.append(row_first)
        # Few distinct widths: a matrix kernel is prepared once for each.
        time = (max(map(len, ids)) + 15) // 16 * 16
        return PieceBatch(
            padded(ids, time, self.padding),
            padded(cases, time, 0),
            torch.tensor([len(row) for row in ids]),
            padded(first, max(map(len, first)), 0),
        )


def padded(rows: list[list[int]], time: int, value: int) -> Tensor:
    return torch.tensor([row + [value] * (time - len(row)) for row in rows])
