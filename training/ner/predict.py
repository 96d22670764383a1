"""Tags of documents by any model that scores the sentences of rows: a network, a teacher, a run folder."""

from collections.abc import Callable

import torch
from torch import Tensor

from .crf import CRF
from .data import Document, Row, Sentences, batches

# Sentences of some rows, and their emissions [sentences, longest, tags].
Scorer = Callable[[list[Document], list[Row]], tuple[Sentences, Tensor]]


@torch.no_grad()
def predict(scorer: Scorer, crf: CRF, documents: list[Document], rows: list[Row], tags: list[str]) -> list[list[str]]:
    """Tags of every token of every document."""
    found = [["O"] * len(document.tokens) for document in documents]
    for group in batches(rows, 4096):
        batch, emissions = scorer(documents, group)
        for (row, start, end), path in zip(batch.sentences, crf.decode(emissions, batch.sentence_lengths), strict=True):
            for token, tag in zip(row.tokens[start:end], path, strict=True):
                found[row.document][token] = tags[tag]
    return found
