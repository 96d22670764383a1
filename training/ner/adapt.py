"""Step 3c: adapt a pre-trained transformer to the corpus by masked-language training (Gururangan et al., 2020).

python -m ner.adapt --encoder all-mpnet-base-v2 --tokens corpus.tok.jsonl --weight notes=2 --out runs/adapted

Whole words are masked. The result is a folder for ner.teacher. Resumes from its checkpoint.
"""

import argparse
import json
import random
import shutil
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from . import device
from .checkpoint import save
from .data import batches, make_rows
from .pieces import PieceBatch, Pieces
from .pretrain import joined, load, parse_weights
from .train import rate_at
from .transformer import MPNet

MASKED = 0.15


class MaskedWords(nn.Module):
    """The head of BERT: a layer, then the similarity with the vectors of all pieces."""

    def __init__(self, size: int, pieces: int):
        super().__init__()
        self.dense = nn.Linear(size, size)
        nn.init.eye_(self.dense.weight)
        self.norm = nn.LayerNorm(size)
        self.bias = nn.Parameter(torch.zeros(pieces))

    def forward(self, hidden: Tensor, vectors: Tensor) -> Tensor:
        return nn.functional.linear(self.norm(nn.functional.gelu(self.dense(hidden))), vectors, self.bias)


def mask(batch: PieceBatch, pieces: Pieces, rng: random.Random, vocabulary: int) -> tuple[Tensor, Tensor]:
    """Ids with masked words, and which pieces are to be told; of ten, one stays as it is and one becomes another."""
    ids, chosen = batch.ids.clone(), torch.zeros_like(batch.ids, dtype=torch.bool)
    for row in range(len(ids)):
        starts = [s for s in batch.first[row].tolist() if s]
        bounds = [*starts, int(batch.lengths[row]) - 1]
        for start, end in zip(starts, bounds[1:], strict=True):
            if ids[row, start] == pieces.end or rng.random() >= MASKED:
                continue
            chosen[row, start:end] = True
            draw = rng.random()
            if draw < 0.8:
                ids[row, start:end] = pieces.mask
            elif draw < 0.9:
                ids[row, start:end] = torch.tensor([rng.randrange(5, vocabulary) for _ in range(start, end)])
    return ids, chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, required=True, help="config.json, model.safetensors, vocab.txt")
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--weight", action="append", default=[], metavar="ID_PREFIX=RATE")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, help="batches in all; an epoch unless given")
    parser.add_argument("--row-tokens", type=int, default=128)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--parts", type=int, default=20, help="checkpoints")
    parser.add_argument("--seed", type=int, default=1)
    device.add_options(parser)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    pieces, encoder = Pieces(arguments.encoder), MPNet.from_folder(arguments.encoder, dropout=0.05)
    vocabulary = encoder.words.num_embeddings
    encoder, head = encoder.to(arguments.device), MaskedWords(encoder.size, vocabulary).to(arguments.device)
    documents = joined(load(arguments.tokens, parse_weights(arguments.weight), rng), arguments.row_tokens * 4)
    groups = batches(make_rows(documents, arguments.row_tokens, rng), arguments.batch_tokens, rng)
    steps = arguments.steps or len(groups)
    tokens = sum(len(row.tokens) for group in groups for row in group)
    print(f"{len(documents):,} documents, {tokens:,} tokens, {len(groups):,} batches, {steps:,} steps", flush=True)
    parameters = [p for module in (encoder, head) for p in module.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=arguments.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps, min(100, steps // 10)))

    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "vocab.txt"):
        shutil.copy(arguments.encoder / name, arguments.out / name)
    checkpoint = arguments.out / "last.pt"
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location="cpu")
        encoder.load_state_dict(state["encoder"])
        head.load_state_dict(state["head"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        first = state["step"]
        print(f"resumed after step {first}")
    started, total, seen = time.time(), 0.0, 0
    part = max(1, steps // arguments.parts)
    encoder.train()

    def masked(step: int) -> tuple[PieceBatch, Tensor, Tensor]:
        batch = pieces.batch(documents, groups[step % len(groups)])
        return batch, *mask(batch, pieces, random.Random(f"{arguments.seed} {step}"), vocabulary)

    for step, (batch, ids, chosen) in enumerate(device.prepared(range(first, steps), masked, arguments), first):
        with torch.autocast(arguments.device, dtype=torch.bfloat16):
            hidden = encoder(ids, batch.cases, batch.lengths)
            scores = head(hidden[chosen], encoder.words.weight)
        loss = nn.functional.cross_entropy(scores.float(), batch.ids[chosen])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        total, seen = total + loss.item(), seen + 1
        if (step + 1) % part == 0 or step + 1 == steps:
            print(f"step {step + 1}/{steps}  loss {total / seen:.4f}  {time.time() - started:.0f} s", flush=True)
            total, seen = 0.0, 0
            state = {
                "encoder": encoder.state_dict(),
                "head": head.state_dict(),
                "optimizer": optimizer.state_dict(),
                "schedule": schedule.state_dict(),
                "step": step + 1,
            }
            save(state, checkpoint)
    torch.save(encoder.state_dict(), arguments.out / "encoder.pt")
    torch.save(head.state_dict(), arguments.out / "head.pt")
    (arguments.out / "adapt.json").write_text(json.dumps(vars(arguments), default=str, indent=2) + "\n")


if __name__ == "__main__":
    main()
