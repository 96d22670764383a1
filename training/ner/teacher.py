"""Step 4a: fine-tune a transformer as a teacher.

python -m ner.teacher --encoder runs/adapted --train train.tok.jsonl --dev dev.tok.jsonl --out runs/teacher-1 --seed 1

The encoder reads rows of several sentences, the first piece of a word stands for it, and a CRF reads sentences, as in
the served model. ner.label lets teachers label text for a student. Resumes from its checkpoint.
"""

import argparse
import json
import math
import random
import shutil
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from . import device, evaluate
from .checkpoint import save
from .crf import CRF
from .data import Document, Row, Sentences, batches, make_rows, read_documents, sentences_of
from .device import moved
from .pieces import PieceBatch, Pieces
from .predict import predict
from .train import Augmentation, metrics_of, tag_list
from .transformer import MPNet


class Tagger(nn.Module):
    """Encoder, dropout, projection; the encoder's last hidden state of a word's first piece."""

    def __init__(self, encoder: MPNet, tags: int):
        super().__init__()
        self.encoder = encoder
        self.projection = nn.Linear(encoder.size, tags)

    def forward(self, batch: PieceBatch) -> Tensor:
        """Emissions [rows, words, tags]."""
        with torch.autocast(batch.ids.device.type, dtype=torch.bfloat16):
            hidden = self.encoder(batch.ids, batch.cases, batch.lengths)
        index = batch.first[..., None].expand(-1, -1, hidden.shape[2])
        words = hidden.gather(1, index).float()
        return self.projection(nn.functional.dropout(words, 0.1, self.training))

    def scores(self, batch: tuple[Sentences, PieceBatch]) -> tuple[Sentences, Tensor]:
        """Emissions [sentences, longest, tags] of the sentences of a batch."""
        sentences, rows = batch
        return sentences, sentences.by_sentence(self(rows))


@dataclass
class Reader:
    """Rows of documents to what a tagger reads."""

    pieces: Pieces
    tag_ids: dict[str, int]

    def batch(self, documents: list[Document], rows: list[Row], transform=None) -> tuple[Sentences, PieceBatch]:
        """`transform` as in `Pieces.batch`."""
        return sentences_of(documents, rows, self.tag_ids), self.pieces.batch(documents, rows, transform)


class Teacher:
    """A run folder of this module, loaded."""

    def __init__(self, folder: Path):
        self.config = json.loads((folder / "config.json").read_text())
        self.tags = (folder / "tags.txt").read_text().split("\n")[:-1]
        self.reader = Reader(Pieces(folder), {tag: i for i, tag in enumerate(self.tags)})
        self.tagger = Tagger(MPNet(self.config["encoder"], dropout=0.0), len(self.tags))
        self.crf = CRF(self.tags)
        state = torch.load(folder / "best.pt", map_location="cpu")
        self.tagger.load_state_dict({name: value.float() for name, value in state["tagger"].items()})
        self.crf.load_state_dict(state["crf"])
        self.tagger.eval()
        self.batch = self.reader.batch
        self.device = "cpu"

    def to(self, device: str) -> "Teacher":
        self.tagger.to(device)
        self.crf.to(device)
        self.device = device
        return self

    @torch.no_grad()
    def scores(self, batch: tuple[Sentences, PieceBatch]) -> tuple[Sentences, Tensor]:
        """[sentences, longest, tags] of the sentences of a batch on the device of the teacher."""
        return self.tagger.scores(batch)

    def emissions(self, documents: list[Document], rows: list[Row]) -> tuple[Sentences, Tensor]:
        """[sentences, longest, tags] of the sentences of the rows."""
        return self.scores(moved(self.batch(documents, rows), self.device))


def parameter_groups(tagger: Tagger, crf: CRF, arguments: argparse.Namespace) -> list[dict]:
    """A lower rate the deeper a layer lies, by the factor `layer_decay` each (Howard and Ruder, 2018)."""
    encoder = tagger.encoder
    groups = [
        {"params": list(tagger.projection.parameters()), "lr": arguments.head_rate},
        {"params": list(crf.parameters()), "lr": arguments.head_rate, "weight_decay": 0.0},
    ]
    # What lies below the lowest layer that learns stays as well: the vectors of pieces that the training set lacks
    # must not be left behind by those that it has.
    for module in (encoder.words, encoder.positions, encoder.norm, encoder.cases, *encoder.layers[: arguments.frozen]):
        module.requires_grad_(False)
    for depth, layer in enumerate(reversed(encoder.layers[arguments.frozen :])):
        groups.append({"params": list(layer.parameters()), "lr": arguments.rate * arguments.layer_decay**depth})
    return groups


def augmented(reader: Reader, documents: list[Document], item: tuple[list[Row], int]) -> tuple[Sentences, PieceBatch]:
    """Batch of rows and the seed of their case noise."""
    rows, seed = item
    return reader.batch(documents, rows, Augmentation(random.Random(seed), 0.08, 0.08))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, required=True, help="folder of ner.adapt, or of the original weights")
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--row-tokens", type=int, default=128)
    parser.add_argument("--batch-tokens", type=int, default=2560)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--layer-decay", type=float, default=0.9)
    parser.add_argument("--frozen", type=int, default=4, help="layers, from below, that stay as they are")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    device.add_options(parser)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    train, dev = read_documents(arguments.train), read_documents(arguments.dev)
    tags = tag_list(train)
    reader = Reader(Pieces(arguments.encoder), {tag: i for i, tag in enumerate(tags)})
    encoder = MPNet.from_folder(arguments.encoder, arguments.dropout)
    tagger, crf = Tagger(encoder, len(tags)).to(arguments.device), CRF(tags).to(arguments.device)
    groups = parameter_groups(tagger, crf, arguments)
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    parameters = [p for group in groups for p in group["params"]]
    tokens = sum(len(document.tokens) for document in train)
    steps = arguments.epochs * math.ceil(tokens * 1.1 / arguments.batch_tokens)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.08 * steps), max(0.01, (steps - step) / (0.92 * steps)))
    )

    arguments.out.mkdir(parents=True, exist_ok=True)
    shutil.copy(arguments.encoder / "vocab.txt", arguments.out / "vocab.txt")
    (arguments.out / "tags.txt").write_text("".join(f"{tag}\n" for tag in tags))
    config = vars(arguments) | {"encoder": json.loads((arguments.encoder / "config.json").read_text())}
    config["from"] = arguments.encoder.name
    (arguments.out / "config.json").write_text(json.dumps(config, default=str, indent=2) + "\n")
    dev_rows = make_rows(dev, arguments.row_tokens)
    best, first, history = 0.0, 0, []
    checkpoint = arguments.out / "last.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False, map_location="cpu")
        tagger.load_state_dict(state["tagger"])
        crf.load_state_dict(state["crf"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        best, first, history = state["best"], state["epoch"], state["history"]
        rng.setstate(state["rng"])
        torch.set_rng_state(state["torch_rng"])
        print(f"resumed after epoch {first}")

    def score_rows(documents: list[Document], rows: list[Row]) -> tuple[Sentences, Tensor]:
        return tagger.scores(moved(reader.batch(documents, rows), arguments.device))

    for epoch in range(first, arguments.epochs):
        tagger.train()
        started, total, seen = time.time(), 0.0, 0
        work = batches(make_rows(train, arguments.row_tokens, rng), arguments.batch_tokens, rng)
        items = [(group, rng.getrandbits(32)) for group in work]
        for number, batch in enumerate(device.prepared(items, partial(augmented, reader, train), arguments)):
            sentences, emissions = tagger.scores(batch)
            likelihood = crf.log_likelihood(emissions, sentences.tags, sentences.sentence_lengths)
            loss = -likelihood.sum() / sentences.sentence_lengths.sum()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            total, seen = total + loss.item(), seen + 1
            if number % 50 == 0:
                print(f"  {number}/{len(work)}  loss {total / seen:.4f}  {time.time() - started:.0f} s", flush=True)
        tagger.eval()
        scores = evaluate.score(dev, predict(score_rows, crf, dev, dev_rows, tags))
        history.append({"epoch": epoch + 1, "loss": total / seen, "f1": scores.micro.f1, "token_f1": scores.token.f1})
        print(
            f"epoch {epoch + 1:3d}/{arguments.epochs}  loss {total / seen:.4f}  dev F1 {scores.micro.f1:.4f}  "
            f"token {scores.token.f1:.4f}  macro {scores.macro(10):.4f}  {time.time() - started:.0f} s",
            flush=True,
        )
        if scores.micro.f1 > best:
            best = scores.micro.f1
            # Half precision is what a teacher needs, and a third of the place its checkpoint takes.
            kept = {name: value.bfloat16() for name, value in tagger.state_dict().items()}
            torch.save({"tagger": kept, "crf": crf.state_dict()}, arguments.out / "best.pt")
            evaluate.write(arguments.out, metrics_of(scores, epoch + 1), scores)
        state = {
            "tagger": tagger.state_dict(),
            "crf": crf.state_dict(),
            "optimizer": optimizer.state_dict(),
            "schedule": schedule.state_dict(),
            "best": best,
            "epoch": epoch + 1,
            "history": history,
            "rng": rng.getstate(),
            "torch_rng": torch.get_rng_state(),
        }
        save(state, checkpoint)
        (arguments.out / "history.json").write_text(json.dumps(history, indent=1) + "\n")
    print(f"best dev F1 {best:.4f}")


if __name__ == "__main__":
    main()
