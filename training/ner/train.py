"""Step 4: train one model of a configuration.

python -m ner.train configs/ner_jsl.toml --train train.tok.jsonl --dev dev.tok.jsonl --vectors runs/vectors \\
    --out runs/ner_jsl-1 --seed 1

The run folder holds the resolved configuration, vocabularies, the best weights (by exact-span F1 on dev), a
checkpoint of the last epoch (the same command resumes from it) and metrics.json.
"""

import argparse
import json
import math
import random
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from . import device, evaluate
from .checkpoint import save
from .crf import CRF
from .data import SEPARATOR, Batch, Document, Encoder, Row, batches, make_rows, read_documents
from .device import moved
from .model import Network
from .predict import predict
from .run_folder import DOCUMENTS
from .soft_labels import SoftLabels
from .subset import choose
from .vocabulary import RESERVED, UNKNOWN, Vocabulary, digits_as_zero, printable


def build_vocabularies(documents: list[Document], vectors_folder: Path, config: dict):
    """Words of `documents` first (their vectors are tuned), then the vector file's most frequent ones."""
    names = (vectors_folder / "words.txt").read_text(encoding="utf-8").split("\n")[:-1]
    vectors = np.load(vectors_folder / "vectors.npy")  # [words, size]
    index = {name: i for i, name in enumerate(names)}
    seen = Counter(token.lower() for document in documents for token in document.tokens)

    def resolve(word: str) -> str:
        return word if word in index else digits_as_zero(word)

    tuned = Counter()
    for word, count in seen.items():
        if printable(word):
            tuned[resolve(word)] += count
    own = [word for word, count in tuned.most_common() if word in index or count >= config["own_word_count"]]
    chosen = set(own)
    rest = [name for name in names if name not in chosen][: max(0, config["words"] - len(own))]
    entries = [*RESERVED, SEPARATOR, *own, *rest]

    scale = vectors.std()
    generator = np.random.default_rng(config["seed"])
    matrix = generator.normal(0, 0.5, (len(entries), vectors.shape[1])).astype(np.float32)
    matrix[0] = 0
    for row, entry in enumerate(entries):
        if entry in index:
            matrix[row] = vectors[index[entry]] / scale * 0.5
    letters = Counter(character for document in documents for token in document.tokens for character in token)
    known = sorted(c for c, count in letters.items() if count >= config["character_count"] and printable(c))
    return Vocabulary(entries), torch.from_numpy(matrix), 3 + len(own), Vocabulary([*RESERVED, *known])


def build_network(config: dict, vectors: torch.Tensor, tuned: int, characters: int, tags: int) -> Network:
    return Network(
        vectors,
        tuned,
        characters,
        tags,
        character_size=config["character_size"],
        character_filters=config["character_filters"],
        hidden=config["hidden"],
        layers=config["layers"],
        input_dropout=config["input_dropout"],
        output_dropout=config["output_dropout"],
    )


def start_from(network: Network, folder: Path) -> None:
    """Weights of a pre-trained network (ner.pretrain) of the same configuration, all but the projection."""
    state = torch.load(folder / "last.pt", map_location="cpu")["network"]
    kept = {name: value for name, value in state.items() if not name.startswith("projection.")}
    missing = network.load_state_dict(kept, strict=False)
    assert set(missing.missing_keys) == {"projection.weight", "projection.bias"} and not missing.unexpected_keys


def tag_list(documents: list[Document]) -> list[str]:
    labels = sorted({label for document in documents for _, _, label in document.entities})
    return ["O", *(f"B-{label}" for label in labels), *(f"I-{label}" for label in labels)]


def fold_of(text: str) -> tuple[int, int]:
    """K/N of the command line."""
    number, folds = map(int, text.split("/"))
    if not 1 <= number <= folds:
        raise ValueError
    return number, folds


class Augmentation:
    """Case noise on a row: the service must read ALL CAPS and lower-case notes as well as mixed ones."""

    def __init__(self, rng: random.Random, upper: float, lower: float):
        self.rng, self.upper, self.lower = rng, upper, lower

    def __call__(self, tokens: list[str]) -> list[str]:
        draw = self.rng.random()
        if draw < self.upper:
            return [token if token == SEPARATOR else token.upper() for token in tokens]
        if draw < self.upper + self.lower:
            return [token.lower() for token in tokens]
        return tokens


class Silver:
    """Documents with soft labels (ner.label); each epoch sees a random share of them."""

    def __init__(self, tokens: Path, labels: Path, tags: list[str], share: float):
        self.documents, self.share = read_documents(tokens), share
        self.labels = SoftLabels(labels, self.documents)
        assert self.labels.tags == tags, "the labels were made with other tags"
        self.tokens_per_epoch = int(share * sum(len(document.tokens) for document in self.documents))

    def draw(self, row_tokens: int, rng: random.Random) -> list[Row]:
        chosen = {i for i in range(len(self.documents)) if rng.random() < self.share}
        return [row for row in make_rows(self.documents, row_tokens, rng) if row.document in chosen]


@dataclass
class Examples:
    """Batches with what is to be learned of them."""

    encoder: Encoder
    gold: list[Document]
    silver: Silver | None
    upper_case: float
    lower_case: float

    def __call__(self, item: tuple[bool, list[Row], int]) -> tuple[Batch, tuple[torch.Tensor, torch.Tensor] | None]:
        """Of rows, silver or not, and the seed of their case noise; with soft labels when they are silver."""
        is_silver, rows, seed = item
        augment = Augmentation(random.Random(seed), self.upper_case, self.lower_case)
        batch = self.encoder.batch(self.silver.documents if is_silver else self.gold, rows, augment)
        return batch, self.silver.labels.of(batch) if is_silver else None


class Averaged:
    """Exponential moving average of the parameters (Polyak), the weights that are evaluated and kept."""

    def __init__(self, modules: list[torch.nn.Module], decay: float):
        self.parameters = [p for module in modules for p in module.parameters()]
        self.values = [p.detach().clone() for p in self.parameters]
        self.decay, self.steps = decay, 0

    @torch.no_grad()
    def update(self) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for value, parameter in zip(self.values, self.parameters, strict=True):
            value.lerp_(parameter, 1 - decay)

    @torch.no_grad()
    def swap(self) -> None:
        for value, parameter in zip(self.values, self.parameters, strict=True):
            kept = parameter.clone()
            parameter.copy_(value)
            value.copy_(kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--pretrained", type=Path, help="run folder of ner.pretrain to start from")
    parser.add_argument("--start", type=Path, help="run of the same vocabularies from whose best weights to go on")
    parser.add_argument("--silver", type=Path, help="tokenized documents labelled by ner.label")
    parser.add_argument("--silver-labels", type=Path, help="folder that ner.label wrote")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="train on this share of the documents")
    parser.add_argument("--leave-out", type=fold_of, metavar="K/N", help="train on all folds of N but the Kth")
    parser.add_argument("--note-characters", type=int, default=0, help="of an id, that name the note it is a window of")
    device.add_options(parser)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override one setting")
    arguments = parser.parse_args()

    config = tomllib.loads(arguments.config.read_text())
    config |= {key: json.loads(value) for key, value in (pair.split("=", 1) for pair in arguments.set)}
    config["seed"] = arguments.seed
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)

    train, dev = read_documents(arguments.train), read_documents(arguments.dev)
    tags = tag_list(train)  # of all documents, since dev may hold a label that is rare in a part of them
    train = choose(train, arguments.share, arguments.leave_out, arguments.note_characters, arguments.seed)
    config |= {"share": arguments.share, "leave_out": arguments.leave_out, "documents": len(train)}
    silver = None
    if arguments.silver:
        silver = Silver(arguments.silver, arguments.silver_labels, tags, config["silver_share"])
    # A word that only soft labels tell of is learned as well.
    taught = [*train, *silver.documents] if silver else train
    words, vectors, tuned, characters = build_vocabularies(taught, arguments.vectors, config)
    encoder = Encoder(words, characters, tags, config["character_length"])
    config["tuned_words"] = tuned
    print(json.dumps(config, indent=1))
    print(f"{len(train)} documents, {len(words)} words ({tuned} tuned), {len(characters)} characters, {len(tags)} tags")

    arguments.out.mkdir(parents=True, exist_ok=True)
    words.write(arguments.out / "words.txt")
    characters.write(arguments.out / "chars.txt")
    (arguments.out / "tags.txt").write_text("".join(f"{tag}\n" for tag in tags))
    (arguments.out / DOCUMENTS).write_text("".join(f"{document.id}\n" for document in train), encoding="utf-8")
    (arguments.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")

    network = build_network(config, vectors, tuned, len(characters), len(tags))
    if arguments.pretrained:
        start_from(network, arguments.pretrained)
    crf = CRF(tags)
    if arguments.start:
        assert Vocabulary.read(arguments.start / "words.txt").entries == words.entries, "the vocabularies differ"
        state = torch.load(arguments.start / "best.pt", map_location="cpu")
        network.load_state_dict(state["network"])
        crf.load_state_dict(state["crf"])
    network, crf = network.to(arguments.device), crf.to(arguments.device)
    vectors_rate = config["rate"] * config["vectors_rate_factor"]
    others = [p for name, p in network.named_parameters() if name != "words.tuned"]
    optimizer = torch.optim.Adam(
        [
            {"params": [*others, *crf.parameters()], "lr": config["rate"]},
            {"params": [network.words.tuned], "lr": vectors_rate},
        ]
    )
    averaged = Averaged([network, crf], config["average_decay"])
    tokens = sum(len(d.tokens) for d in train) + (silver.tokens_per_epoch if silver else 0)
    steps = config["epochs"] * math.ceil(tokens * 1.1 / config["batch_tokens"])
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps, config["warmup"]))
    examples = Examples(encoder, train, silver, config["upper_case"], config["lower_case"])
    dev_rows = make_rows(dev, config["row_tokens"])
    best, first, history = 0.0, 0, []

    checkpoint = arguments.out / "last.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False, map_location="cpu")
        network.load_state_dict(state["network"])
        crf.load_state_dict(state["crf"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        averaged.values, averaged.steps = moved(tuple(state["averaged"]), arguments.device), state["steps"]
        best, first, history = state["best"], state["epoch"], state["history"]
        rng.setstate(state["rng"])
        torch.set_rng_state(state["torch_rng"])
        print(f"resumed after epoch {first}")

    for epoch in range(first, config["epochs"]):
        network.train()
        started, total, seen = time.time(), 0.0, 0
        rows = make_rows(train, config["row_tokens"], rng)
        work = [(False, group) for group in batches(rows, config["batch_tokens"], rng)]
        if silver:
            rows = silver.draw(config["row_tokens"], rng)
            work += [(True, group) for group in batches(rows, config["batch_tokens"], rng)]
            rng.shuffle(work)
        items = [(*item, rng.getrandbits(32)) for item in work]
        for batch, soft in device.prepared(items, examples, arguments):
            loss = step_loss(network, crf, batch, config["word_dropout"], soft)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), config["clip"])
            optimizer.step()
            schedule.step()
            averaged.update()
            total += loss.item()
            seen += 1
        averaged.swap()
        network.eval()
        scores = evaluate.score(dev, predict(partial(network.scores, encoder), crf, dev, dev_rows, tags))
        history.append({"epoch": epoch + 1, "loss": total / seen, "f1": scores.micro.f1, "token_f1": scores.token.f1})
        print(
            f"epoch {epoch + 1:3d}/{config['epochs']}  loss {total / seen:.4f}  dev F1 {scores.micro.f1:.4f}  "
            f"token {scores.token.f1:.4f}  {time.time() - started:.0f} s",
            flush=True,
        )
        if scores.micro.f1 > best:
            best = scores.micro.f1
            torch.save({"network": network.state_dict(), "crf": crf.state_dict()}, arguments.out / "best.pt")
            evaluate.write(arguments.out, metrics_of(scores, epoch + 1), scores)
        averaged.swap()
        save(
            {
                "network": network.state_dict(),
                "crf": crf.state_dict(),
                "optimizer": optimizer.state_dict(),
                "schedule": schedule.state_dict(),
                "averaged": averaged.values,
                "steps": averaged.steps,
                "best": best,
                "epoch": epoch + 1,
                "history": history,
                "rng": rng.getstate(),
                "torch_rng": torch.get_rng_state(),
            },
            checkpoint,
        )
        (arguments.out / "history.json").write_text(json.dumps(history, indent=1) + "\n")
    print(f"best dev F1 {best:.4f}")


def metrics_of(scores: evaluate.Scores, epoch: int) -> dict:
    """What metrics.json holds."""
    return {"epoch": epoch, **evaluate.as_json(scores)}


def rate_at(step: int, steps: int, warmup: int) -> float:
    """Linear warm-up, then a half cosine down to a fiftieth."""
    if step < warmup:
        return (step + 1) / warmup
    done = min(1.0, (step - warmup) / max(1, steps - warmup))
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done))


def step_loss(
    network: Network, crf: CRF, batch: Batch, word_dropout: float, soft: tuple[torch.Tensor, torch.Tensor] | None = None
) -> torch.Tensor:
    """Negative log likelihood a token, of the tags or of soft labels; some of the words are shown as unknown."""
    dropped = (torch.rand(batch.word_ids.shape, device=batch.word_ids.device) < word_dropout) & (batch.word_ids != 0)
    word_ids = torch.where(dropped, UNKNOWN, batch.word_ids)
    emissions = batch.by_sentence(network(word_ids, batch.character_ids, batch.lengths))
    if soft:
        loss = crf.cross_entropy(emissions, batch.sentence_lengths, *soft)
    else:
        loss = -crf.log_likelihood(emissions, batch.tags, batch.sentence_lengths).sum()
    return loss / batch.sentence_lengths.sum()


if __name__ == "__main__":
    main()
