"""Soft labels of documents: what a distribution over tag sequences expects of each token and pair of neighbours.

A folder of flat arrays in the order of the documents, read without being loaded:

tags.txt         one tag a line
unary.npy        float16 [tokens, tags], expected count of each tag at each token
pair_starts.npy  int64 [sentences + 1], where the pairs of each sentence begin
pairs.npy        uint16, from * tags + to; pairs expected less often than LEAST_PAIR in a sentence are left out
pair_counts.npy  float16
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .data import Document, Sentences

LEAST_PAIR = 1e-3
# Sentences of which the pairs are sorted out at once.
CHUNK = 4096


class Places:
    """Numbers of the tokens and sentences of documents, all counted through."""

    def __init__(self, documents: list[Document]):
        first_token = np.cumsum([0, *(len(document.tokens) for document in documents)])
        self.first_token, self.tokens = first_token[:-1], int(first_token[-1])
        starts = [np.array(document.sentences[:-1], dtype=np.int64) for document in documents]
        self.sentence_starts = np.concatenate(
            [start + first for start, first in zip(starts, self.first_token, strict=True)]
        )

    def of(self, sentences: Sentences) -> tuple[np.ndarray, np.ndarray]:
        """First token and number of each sentence of some rows."""
        first = [self.first_token[row.document] + row.tokens[start] for row, start, _ in sentences.sentences]
        return np.array(first), np.searchsorted(self.sentence_starts, first)


class Accumulator:
    """Weighted sum of the expected counts of several models."""

    def __init__(self, places: Places, tags: int, device: str):
        self.places, self.tags = places, tags
        self.unary = torch.zeros(places.tokens, tags, device=device)
        self.pairwise = torch.zeros(len(places.sentence_starts), tags * tags, dtype=torch.float16, device=device)

    def add(self, sentences: Sentences, unary: Tensor, pairwise: Tensor, weight: float) -> None:
        """Of sentences [sentences, longest, tags] and [sentences, tags, tags], none of them twice in one model."""
        first, number = (torch.from_numpy(places).to(unary.device) for places in self.places.of(sentences))
        steps = torch.arange(unary.shape[1], device=unary.device)
        inside = steps[None] < sentences.sentence_lengths[:, None].to(unary.device)
        self.unary[(first[:, None] + steps)[inside]] += weight * unary[inside]
        self.pairwise[number] += (weight * pairwise.flatten(1)).half()

    def write(self, folder: Path, tags: list[str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tags.txt").write_text("".join(f"{tag}\n" for tag in tags))
        np.save(folder / "unary.npy", self.unary.half().cpu().numpy())
        sizes, pairs, counts = [np.zeros(1, dtype=np.int64)], [], []
        for chunk in self.pairwise.split(CHUNK):
            kept = chunk > LEAST_PAIR
            sizes.append(kept.sum(1).cpu().numpy())
            pairs.append(kept.nonzero()[:, 1].cpu().numpy().astype(np.uint16))
            counts.append(chunk[kept].cpu().numpy())
        np.save(folder / "pair_starts.npy", np.cumsum(np.concatenate(sizes)))
        np.save(folder / "pairs.npy", np.concatenate(pairs))
        np.save(folder / "pair_counts.npy", np.concatenate(counts))


class SoftLabels:
    """A folder as written above, with the documents that it labels."""

    def __init__(self, folder: Path, documents: list[Document]):
        self.tags = (folder / "tags.txt").read_text().split("\n")[:-1]
        self.places = Places(documents)
        files = ("unary", "pair_starts", "pairs", "pair_counts")
        self.unary, self.pair_starts, self.pairs, self.pair_counts = (
            np.load(folder / f"{name}.npy", mmap_mode="r") for name in files
        )
        assert len(self.unary) == self.places.tokens, "the labels are of other documents"
        assert len(self.pair_starts) == len(self.places.sentence_starts) + 1, "the labels are of other documents"

    def of(self, sentences: Sentences) -> tuple[Tensor, Tensor]:
        """Expected counts: unary [sentences, longest, tags] and pairwise [tags, tags] of them all."""
        count = len(self.tags)
        unary = np.zeros((*sentences.positions.shape, count), dtype=np.float32)
        pairwise = np.zeros(count * count, dtype=np.float32)
        lengths = sentences.sentence_lengths.tolist()
        for i, (first, number, length) in enumerate(zip(*self.places.of(sentences), lengths, strict=True)):
            unary[i, :length] = self.unary[first : first + length]
            pairs = slice(self.pair_starts[number], self.pair_starts[number + 1])
            pairwise[self.pairs[pairs]] += self.pair_counts[pairs]  # each pair once in a sentence
        return torch.from_numpy(unary), torch.from_numpy(pairwise).view(count, count)
