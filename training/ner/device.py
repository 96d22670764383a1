"""Where the arithmetic runs, and batches that other processes make ahead of it."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from torch import Tensor
from torch.utils.data import DataLoader, Dataset

T = TypeVar("T")


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="cpu", help="of PyTorch: cpu, cuda")
    parser.add_argument("--loaders", type=int, default=0, help="processes that make batches ahead; for a GPU")
    parser.add_argument("--threads", type=int, default=2)


def moved(batch: T, device: str) -> T:
    """A dataclass, or a tuple of them and of tensors, with its tensors on `device`."""
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, tuple):
        return tuple(moved(part, device) for part in batch)
    if not is_dataclass(batch):
        return batch
    tensors = {field.name: getattr(batch, field.name) for field in fields(batch)}
    return replace(batch, **{name: value.to(device) for name, value in tensors.items() if isinstance(value, Tensor)})


class _Items(Dataset):
    def __init__(self, items: Sequence, prepare: Callable):
        self.items, self.prepare = items, prepare

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, i: int):
        return self.prepare(self.items[i])


def _same(item):
    return item


def prepared(items: Sequence, prepare: Callable[..., T], arguments: argparse.Namespace) -> Iterator[T]:
    """`prepare` of each item in order, on the device. `prepare` draws nothing from a shared random state: it may run
    in another process.
    """
    made = map(prepare, items)
    if arguments.loaders and len(items):
        made = DataLoader(
            _Items(items, prepare), batch_size=None, num_workers=arguments.loaders, collate_fn=_same, prefetch_factor=8
        )
    for batch in made:
        yield moved(batch, arguments.device)
