"""Step 3d: new text from text, for teachers to label: some words are replaced by what the adapted encoder expects.

python -m ner.rewrite --encoder runs/adapted --tokens notes.tok.jsonl --out rewritten.tok.jsonl --copies 2

Words are masked and others drawn from the masked-language model, so that a student sees entities and contexts that no
note has (Wu et al., 2019; for distillation, Tang et al., 2019, at random). Bounds of sentences stay, and so do numbers,
punctuation and the case of a word; labels do not: the teacher reads the new text.
"""

import argparse
import json
import random
import time
from pathlib import Path

import torch

from .adapt import MaskedWords
from .data import Document, Row, batches, make_rows, read_documents
from .device import moved
from .pieces import PieceBatch, Pieces
from .transformer import MPNet

SHARE = 0.2
# Drawn among so many best, at this temperature.
BEST, TEMPERATURE = 20, 1.2


def replaceable(pieces: Pieces, token: str) -> bool:
    return token.isalpha() and len(pieces.of_word(token)) == 1


def like(word: str, token: str) -> str:
    """`word` in the case of `token`."""
    if token.isupper() and len(token) > 1:
        return word.upper()
    return word.capitalize() if token[0].isupper() else word


def choose(pieces: Pieces, document: Document, row: Row, rng: random.Random) -> list[int]:
    """Positions in the row of the words to replace."""
    return [
        i
        for i, t in enumerate(row.tokens)
        if t >= 0 and rng.random() < SHARE and replaceable(pieces, document.tokens[t])
    ]


def draw(scores: torch.Tensor, words: list[str | None], not_these: torch.Tensor) -> list[str]:
    """A word for each row of scores [n, pieces] that is not the one of `not_these` [n]; of `words` None is no word."""
    allowed = torch.tensor([word is not None for word in words], device=scores.device)
    scores = scores.masked_fill(~allowed, -torch.inf).scatter(1, not_these[:, None], -torch.inf)
    best = scores.topk(BEST, dim=1)
    index = torch.multinomial((best.values / TEMPERATURE).softmax(1), 1)
    return [words[i] for i in best.indices.gather(1, index).squeeze(1).tolist()]


@torch.no_grad()
def rewrite(encoder: MPNet, head: MaskedWords, pieces: Pieces, documents: list[Document], rows: list[Row], rng) -> None:
    """Replaces words of the rows in place."""
    words: list[str | None] = [None] * len(pieces.ids)
    for entry, i in pieces.ids.items():
        words[i] = entry if entry.isalpha() and len(entry) > 1 else None
    batch: PieceBatch = pieces.batch(documents, rows)
    ids = batch.ids.clone()
    chosen = [(number, i) for number, row in enumerate(rows) for i in choose(pieces, documents[row.document], row, rng)]
    if not chosen:
        return
    at = torch.tensor([[number, int(batch.first[number, i])] for number, i in chosen])
    ids[at[:, 0], at[:, 1]] = pieces.mask
    on = encoder.words.weight.device
    batch, ids, at = moved((batch, ids, at), on)
    with torch.autocast(on.type, dtype=torch.bfloat16):
        hidden = encoder(ids, batch.cases, batch.lengths)[at[:, 0], at[:, 1]]
        scores = head(hidden, encoder.words.weight).float()
    for (number, i), word in zip(chosen, draw(scores, words, batch.ids[at[:, 0], at[:, 1]]), strict=True):
        row = rows[number]
        tokens = documents[row.document].tokens
        tokens[row.tokens[i]] = like(word, tokens[row.tokens[i]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, required=True, help="folder that ner.adapt wrote")
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--copies", type=int, default=1, help="how often each document is rewritten")
    parser.add_argument("--row-tokens", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="of PyTorch: cpu, cuda")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    rng = random.Random(arguments.seed)
    pieces, encoder = Pieces(arguments.encoder), MPNet.from_folder(arguments.encoder, dropout=0.0).eval()
    head = MaskedWords(encoder.size, encoder.words.num_embeddings)
    head.load_state_dict(torch.load(arguments.encoder / "head.pt", map_location="cpu"))
    encoder, head = encoder.to(arguments.device), head.to(arguments.device)
    started = time.time()
    with arguments.out.open("w", encoding="utf-8") as file:
        for copy in range(arguments.copies):
            documents = read_documents(arguments.tokens)
            groups = batches(make_rows(documents, arguments.row_tokens, rng), 4096)
            for number, group in enumerate(groups):
                rewrite(encoder, head, pieces, documents, group, rng)
                if number % 50 == 0:
                    done = f"copy {copy + 1}/{arguments.copies}  batch {number}/{len(groups)}"
                    print(f"{done}  {time.time() - started:.0f} s", flush=True)
            for document in documents:
                name = f"{document.id}-rewritten-{copy + 1}"
                item = {"id": name, "tokens": document.tokens, "spans": [], "sentences": document.sentences}
                file.write(json.dumps(item) + "\n")


if __name__ == "__main__":
    main()
