"""The state of a training, from which the same command goes on."""

from pathlib import Path

import torch


def save(state: dict, path: Path) -> None:
    """Writes it as a whole or not at all: an interruption leaves the one before."""
    unfinished = path.with_name(f"{path.name}.tmp")
    torch.save(state, unfinished)
    unfinished.replace(path)
