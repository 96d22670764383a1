"""The network: word vectors and a character CNN, BiLSTM, projection to tag scores (emissions)."""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .data import Batch, Document, Encoder, Row
from .device import moved


def locked_dropout(values: Tensor, rate: float, training: bool) -> Tensor:
    """Dropout of [batch, time, size] with one mask for all steps of a row (Gal and Ghahramani, 2016)."""
    if not training or rate == 0:
        return values
    mask = values.new_empty(values.shape[0], 1, values.shape[2]).bernoulli_(1 - rate) / (1 - rate)
    return values * mask


class WordEmbedding(nn.Module):
    """Pre-trained vectors; the first `tuned` rows (words of the training set) are learned further."""

    def __init__(self, vectors: Tensor, tuned: int):
        super().__init__()
        self.register_buffer("fixed", vectors, persistent=True)  # [words, size]
        self.tuned = nn.Parameter(vectors[:tuned].clone())  # [tuned, size]

    def forward(self, ids: Tensor) -> Tensor:
        known = ids < self.tuned.shape[0]
        learned = nn.functional.embedding(torch.where(known, ids, 0), self.tuned)
        return torch.where(known[..., None], learned, nn.functional.embedding(ids, self.fixed))

    @torch.no_grad()
    def matrix(self) -> Tensor:
        """[words, size] as it is served."""
        return torch.cat([self.tuned, self.fixed[self.tuned.shape[0] :]])


class CharacterCNN(nn.Module):
    """Convolution of width 3 over the characters of a word, ReLU, maximum over its characters."""

    def __init__(self, characters: int, size: int, filters: int):
        super().__init__()
        self.embedding = nn.Embedding(characters, size, padding_idx=0)
        self.convolution = nn.Conv1d(size, filters, 3, padding=1)

    def forward(self, ids: Tensor) -> Tensor:
        """[..., characters] -> [..., filters]; ids of 0 are padding and never win."""
        shape = ids.shape
        flat = ids.reshape(-1, shape[-1])
        index = None
        if not ids.is_cuda:  # where finding equal forms costs less than reading them again
            flat, index = torch.unique(flat, dim=0, return_inverse=True)
        found = self.convolution(self.embedding(flat).transpose(1, 2)).relu()  # [forms, filters, characters]
        found = found * (flat != 0)[:, None, :]
        best = found.max(2).values
        return (best if index is None else best[index]).reshape(*shape[:-1], -1)


class Network(nn.Module):
    def __init__(
        self,
        vectors: Tensor,
        tuned: int,
        characters: int,
        tags: int,
        *,
        character_size: int,
        character_filters: int,
        hidden: int,
        layers: int,
        input_dropout: float,
        output_dropout: float,
    ):
        super().__init__()
        self.words = WordEmbedding(vectors, tuned)
        self.characters = CharacterCNN(characters, character_size, character_filters)
        self.lstm = nn.LSTM(
            vectors.shape[1] + character_filters,
            hidden,
            layers,
            bidirectional=True,
            batch_first=True,
            dropout=output_dropout if layers > 1 else 0.0,
        )
        self.projection = nn.Linear(2 * hidden, tags)
        self.input_dropout, self.output_dropout = input_dropout, output_dropout

    def hidden(self, word_ids: Tensor, character_ids: Tensor, lengths: Tensor) -> Tensor:
        """[batch, time, 2 hidden] of ids [batch, time], [batch, time, characters] and lengths [batch]."""
        inputs = torch.cat([self.words(word_ids), self.characters(character_ids)], 2)  # [batch, time, size]
        inputs = locked_dropout(inputs, self.input_dropout, self.training)
        packed = pack_padded_sequence(inputs, lengths.cpu(), batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=word_ids.shape[1])[0]

    def forward(self, word_ids: Tensor, character_ids: Tensor, lengths: Tensor) -> Tensor:
        """Emissions [batch, time, tags]."""
        hidden = self.hidden(word_ids, character_ids, lengths)
        return self.projection(locked_dropout(hidden, self.output_dropout, self.training))

    def scores(self, encoder: Encoder, documents: list[Document], rows: list[Row]) -> tuple[Batch, Tensor]:
        """Emissions [sentences, longest, tags] of the sentences of the rows."""
        batch = moved(encoder.batch(documents, rows), self.projection.weight.device)
        return batch, self.by_sentence(batch)

    def by_sentence(self, batch: Batch) -> Tensor:
        """Emissions [sentences, longest, tags] of a batch."""
        return batch.by_sentence(self(batch.word_ids, batch.character_ids, batch.lengths))
