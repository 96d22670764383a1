"""A finished run, loaded for export."""

import json
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from .crf import CRF
from .data import Batch, Document, Encoder, Row
from .model import Network
from .vocabulary import Vocabulary

TEMPERATURE = "temperature.json"
DOCUMENTS = "documents.txt"


class Run:
    """Configuration, vocabularies and best weights of a run folder, as they are served: embeddings rounded, scores
    divided by the temperature when the run was calibrated.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.config = json.loads((folder / "config.json").read_text())
        self.metrics = json.loads((folder / "metrics.json").read_text())
        self.words = Vocabulary.read(folder / "words.txt")
        self.characters = Vocabulary.read(folder / "chars.txt")
        self.tags = (folder / "tags.txt").read_text().split("\n")[:-1]
        state = torch.load(folder / "best.pt", map_location="cpu")
        self.network = Network(
            state["network"]["words.fixed"],
            self.config["tuned_words"],
            len(self.characters),
            len(self.tags),
            character_size=self.config["character_size"],
            character_filters=self.config["character_filters"],
            hidden=self.config["hidden"],
            layers=self.config["layers"],
            input_dropout=0.0,
            output_dropout=0.0,
        )
        self.network.load_state_dict(state["network"])
        with torch.no_grad():
            words = self.network.words
            words.fixed.copy_(words.fixed.half().float())
            words.tuned.copy_(words.tuned.half().float())
        self.crf = CRF(self.tags)
        self.crf.load_state_dict(state["crf"])
        self.network.eval()
        if (folder / TEMPERATURE).exists():
            self._divide_scores(json.loads((folder / TEMPERATURE).read_text())["temperature"])

    @torch.no_grad()
    def _divide_scores(self, temperature: float) -> None:
        projection = self.network.projection
        for parameter in (projection.weight, projection.bias, *self.crf.parameters()):
            parameter /= temperature

    def seen(self) -> set[str]:
        """Ids of the documents it was trained on."""
        return set((self.folder / DOCUMENTS).read_text(encoding="utf-8").split("\n")[:-1])

    @property
    def labels(self) -> list[str]:
        return [tag[2:] for tag in self.tags if tag.startswith("B-")]

    def to(self, device: str) -> "Run":
        self.network.to(device)
        self.crf.to(device)
        return self

    def batch(self, documents: list[Document], rows: list[Row]) -> Batch:
        return self.encoder.batch(documents, rows)

    @torch.no_grad()
    def scores(self, batch: Batch) -> tuple[Batch, Tensor]:
        """[sentences, longest, tags] of the sentences of a batch on the device of the run."""
        return batch, self.network.by_sentence(batch)

    @torch.no_grad()
    def emissions(self, documents: list[Document], rows: list[Row]) -> tuple[Batch, Tensor]:
        """[sentences, longest, tags] of the sentences of the rows."""
        return self.network.scores(self.encoder, documents, rows)

    @cached_property
    def encoder(self) -> Encoder:
        return Encoder(self.words, self.characters, self.tags, self.config["character_length"])
