"""Entities of tokenized documents with their probabilities: the independent truth for the service's decoder."""

from dataclasses import dataclass

import torch
from torch import Tensor

from .crf import CRF, FORBIDDEN
from .data import Document, make_rows
from .evaluate import token_chunks
from .run_folder import Run


@dataclass
class RecognizedRow:
    forms: list[str]
    word_ids: list[int]
    character_ids: list[list[int]]
    emissions: Tensor  # [time, tags]


@dataclass
class Recognized:
    rows: list[RecognizedRow]
    tags: list[str]
    entities: list[dict]


def forced(emissions: Tensor, first: int, last: int, begin: int, inside: int) -> Tensor:
    """Emissions [time, tags] that leave only the sequences in which tokens first..last-1 are exactly one entity."""
    kept = emissions.clone()
    for token in range(first, last):
        keep = begin if token == first else inside
        only = torch.full_like(kept[token], FORBIDDEN)
        only[keep] = kept[token, keep]
        kept[token] = only
    if last < emissions.shape[0]:
        kept[last, inside] = FORBIDDEN
    return kept


def entity_probability(crf: CRF, emissions: Tensor, first: int, last: int, begin: int, inside: int) -> float:
    """P(tokens first..last-1 are exactly one entity) = Z of the sequences that say so / Z of all.

    `emissions` [time, tags] of one sentence.
    """
    length = torch.tensor([emissions.shape[0]])
    with torch.no_grad():
        total = crf.log_partition(emissions[None].double(), length, *crf.scores())
        part = crf.log_partition(forced(emissions, first, last, begin, inside)[None].double(), length, *crf.scores())
    return (part - total).exp().item()


@torch.no_grad()
def recognize(run: Run, document: Document) -> Recognized:
    encoder = run.encoder
    crf = run.crf.double()
    tags = ["O"] * len(document.tokens)
    entities: list[dict] = []
    kept: list[RecognizedRow] = []
    for row in make_rows([document], run.config["row_tokens"]):
        batch = encoder.batch([document], [row])
        emissions = run.network(batch.word_ids, batch.character_ids, batch.lengths)
        kept.append(
            RecognizedRow(
                [document.tokens[t] if t >= 0 else "<s>" for t in row.tokens],
                batch.word_ids[0].tolist(),
                batch.character_ids[0].tolist(),
                emissions[0],
            )
        )
        for start, end in row.sentences:
            sentence = emissions[0, start:end]
            path = crf.decode(sentence[None].double(), torch.tensor([end - start]))[0]
            offset = row.tokens[start]
            for token, tag in enumerate(path):
                tags[offset + token] = run.tags[tag]
            for first, last, label in token_chunks([run.tags[tag] for tag in path]):
                begin, inside = run.tags.index(f"B-{label}"), run.tags.index(f"I-{label}")
                entities.append(
                    {
                        "start": document.spans[offset + first][0],
                        "end": document.spans[offset + last - 1][1],
                        "label": label,
                        "confidence": entity_probability(crf, sentence, first, last, begin, inside),
                    }
                )
    return Recognized(kept, tags, entities)
