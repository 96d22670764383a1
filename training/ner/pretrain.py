"""Step 3b: pre-train the network as a two-way language model on unlabelled text (Dai and Le, 2015).

python -m ner.pretrain configs/annotated.toml --tokens corpus.tok.jsonl --train train.tok.jsonl \\
    --vectors runs/vectors --out runs/pretrained

The forward half of the BiLSTM predicts the next word of a row, the backward half the one before; the same words,
characters and rows as in `ner.train`, which starts from the result. Words are predicted through a sampled softmax
whose output vectors start as the word vectors. Resumes from its checkpoint.
"""

import argparse
import json
import random
import time
import tomllib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from .checkpoint import save
from .data import Document, Encoder, batches, make_rows
from .model import Network
from .train import build_network, build_vocabularies, rate_at, read_documents
from .vocabulary import PADDING, UNKNOWN

# Words drawn a batch against which each right word is told apart.
SAMPLES = 2048


class WordPredictor(nn.Module):
    """Sampled softmax over the vocabulary: [hidden] -> word, corrected for the sampling distribution."""

    def __init__(self, hidden: int, vectors: Tensor, frequency: Tensor):
        super().__init__()
        self.project = nn.Linear(hidden, vectors.shape[1])
        self.register_buffer("vectors", vectors.clone())
        self.bias = nn.Parameter(frequency.clamp_min(1e-9).log())
        self.register_buffer("frequency", frequency)  # [words], sums to 1

    def loss(self, hidden: Tensor, words: Tensor) -> Tensor:
        """Mean cross entropy of `words` [n] given `hidden` [n, hidden]."""
        samples = torch.multinomial(self.frequency, SAMPLES, replacement=True)
        expected = (self.frequency * SAMPLES).log()
        query = self.project(hidden)  # [n, size]
        right = (query * self.vectors[words]).sum(1) + self.bias[words] - expected[words]  # [n]
        wrong = query @ self.vectors[samples].T + self.bias[samples] - expected[samples]  # [n, samples]
        wrong = wrong.masked_fill(samples[None] == words[:, None], -1e4)
        return nn.functional.cross_entropy(
            torch.cat([right[:, None], wrong], 1), torch.zeros(len(words), dtype=torch.long)
        )


def language_model_loss(
    network: Network,
    forward: WordPredictor,
    backward: WordPredictor,
    word_ids: Tensor,
    character_ids: Tensor,
    lengths: Tensor,
) -> Tensor:
    hidden = network.hidden(word_ids, character_ids, lengths)  # [rows, time, 2 hidden]
    half = hidden.shape[2] // 2
    real = word_ids > UNKNOWN  # padding and unknown words are not predicted
    inside = word_ids != PADDING
    ahead = real[:, 1:] & inside[:, :-1]
    behind = real[:, :-1] & inside[:, 1:]
    loss = forward.loss(hidden[:, :-1, :half][ahead], word_ids[:, 1:][ahead])
    return (loss + backward.loss(hidden[:, 1:, half:][behind], word_ids[:, :-1][behind])) / 2


def parse_weights(pairs: list[str]) -> dict[str, float]:
    """`ID_PREFIX=RATE` as on the command line."""
    return {name: float(rate) for name, rate in (pair.split("=") for pair in pairs)}


def load(path: Path, weights: dict[str, float], rng: random.Random) -> list[Document]:
    """Documents, each kept, repeated or left out at the rate of its source (1 unless given)."""
    kept = []
    for document in read_documents(path):
        rate = weights.get(document.id.rsplit("-", 1)[0], 1.0)
        times = int(rate) + (rng.random() < rate - int(rate))
        kept.extend([document] * times)
    return kept


def joined(documents: list[Document], limit: int) -> list[Document]:
    """Short neighbours (lines of one source) joined, so that rows hold several sentences as they do in notes."""
    whole: list[Document] = []
    for document in documents:
        last = whole[-1] if whole else None
        if last and len(last.tokens) + len(document.tokens) <= limit and source(last) == source(document):
            offset = len(last.tokens)
            last.tokens.extend(document.tokens)
            last.sentences.extend(offset + bound for bound in document.sentences[1:])
        else:
            whole.append(Document(document.id, list(document.tokens), [], list(document.sentences), [], []))
    return whole


def source(document: Document) -> str:
    return document.id.rsplit("-", 1)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True, help="fixes the vocabulary")
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--weight", action="append", default=[], metavar="ID_PREFIX=RATE")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--parts", type=int, default=20, help="checkpoints an epoch")
    parser.add_argument("--rate", type=float, default=0.002)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    config = tomllib.loads(arguments.config.read_text()) | {"seed": arguments.seed}
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    labelled = read_documents(arguments.train)
    words, vectors, tuned, characters = build_vocabularies(labelled, arguments.vectors, config)
    encoder = Encoder(words, characters, ["O"], config["character_length"])
    network = build_network(config, vectors, tuned, len(characters), 1)

    weights = parse_weights(arguments.weight)
    documents = joined(load(arguments.tokens, weights, rng), config["row_tokens"] * 4)
    counts = np.ones(len(words))
    for document in documents:
        for token in document.tokens:
            counts[encoder.form(token)[0]] += 1
    counts[: UNKNOWN + 1] = 0
    frequency = torch.tensor(counts**0.75 / (counts**0.75).sum(), dtype=torch.float32)
    predictors = [WordPredictor(config["hidden"], vectors, frequency) for _ in range(2)]

    rows = make_rows(documents, config["row_tokens"], rng)
    groups = batches(rows, config["batch_tokens"] * 2, rng)
    tokens = sum(len(row.tokens) for row in rows)
    print(f"{len(documents):,} documents, {tokens:,} tokens, {len(groups):,} batches an epoch", flush=True)
    parameters = [p for module in (network, *predictors) for p in module.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(parameters, lr=arguments.rate)
    steps = arguments.epochs * len(groups)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps, 200))

    arguments.out.mkdir(parents=True, exist_ok=True)
    checkpoint = arguments.out / "last.pt"
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint)
        network.load_state_dict(state["network"])
        for predictor, values in zip(predictors, state["predictors"], strict=True):
            predictor.load_state_dict(values)
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        first = state["step"]
        print(f"resumed after step {first}")
    network.train()
    started, total, seen = time.time(), 0.0, 0
    part = max(1, len(groups) // arguments.parts)
    for step in range(first, steps):
        batch = encoder.batch(documents, groups[step % len(groups)])
        loss = language_model_loss(network, *predictors, batch.word_ids, batch.character_ids, batch.lengths)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, config["clip"])
        optimizer.step()
        schedule.step()
        total, seen = total + loss.item(), seen + 1
        if (step + 1) % part == 0 or step + 1 == steps:
            print(f"step {step + 1}/{steps}  loss {total / seen:.4f}  {time.time() - started:.0f} s", flush=True)
            total, seen = 0.0, 0
            state = {
                "network": network.state_dict(),
                "predictors": [predictor.state_dict() for predictor in predictors],
                "optimizer": optimizer.state_dict(),
                "schedule": schedule.state_dict(),
                "step": step + 1,
            }
            save(state, checkpoint)
    (arguments.out / "config.json").write_text(json.dumps(config | vars(arguments), default=str, indent=2) + "\n")


if __name__ == "__main__":
    main()
