"""Words and characters as ids, by the same rules as the service (src/model/vocabulary.ts)."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

PADDING = 0
UNKNOWN = 1
RESERVED = ("<pad>", "<unk>")

_digit = re.compile(r"[0-9]")


def digits_as_zero(word: str) -> str:
    """Shape of a word with digits: 98.6 -> 00.0."""
    return _digit.sub("0", word)


class Vocabulary:
    """Entries by line number; 0 is padding, 1 unknown."""

    def __init__(self, entries: Iterable[str]):
        self.entries = list(entries)
        assert tuple(self.entries[:2]) == RESERVED
        self.ids = {entry: i for i, entry in enumerate(self.entries)}
        assert len(self.ids) == len(self.entries), "an entry stands twice"

    def __len__(self) -> int:
        return len(self.entries)

    @classmethod
    def read(cls, path: Path) -> "Vocabulary":
        return cls(path.read_text(encoding="utf-8").split("\n")[:-1])

    def write(self, path: Path) -> None:
        path.write_text("".join(f"{entry}\n" for entry in self.entries), encoding="utf-8")

    def word_id(self, token: str) -> int:
        """Exact lower-cased form, else its shape with digits as zero, else UNKNOWN."""
        word = token.lower()
        found = self.ids.get(word)
        if found is None:
            found = self.ids.get(digits_as_zero(word), UNKNOWN)
        return found

    def character_ids(self, token: str, length: int) -> list[int]:
        """[length] ids of the code points; of a longer token the first and the last length / 2."""
        ids = [self.ids.get(character, UNKNOWN) for character in token]
        if len(ids) > length:
            half = length // 2
            return ids[:half] + ids[-half:]
        return ids + [PADDING] * (length - len(ids))


def printable(word: str) -> bool:
    """Vocabulary files hold one entry a line."""
    return word.isprintable()


def normal_form(word: str, counts: Counter, keep_digits_at: int) -> str:
    """A word with digits keeps them only when it is frequent."""
    return word if counts[word] >= keep_digits_at else digits_as_zero(word)
