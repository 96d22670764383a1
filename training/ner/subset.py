"""Part of the training documents: a share for the learning curve, all but one fold for cross-validation."""

from random import Random

from .data import Document


def choose(
    documents: list[Document], share: float, fold: tuple[int, int] | None, note_characters: int, seed: int
) -> list[Document]:
    """The share of the documents that are not in fold K of N (`fold`, from 1), in their order.

    Documents whose ids begin with the same `note_characters` are windows of one note and go together; with 0 each
    document stands for itself. The folds are the same for every seed; of one seed, a smaller share is part of a
    larger one.
    """

    def note_of(document: Document) -> str:
        return document.id[:note_characters] if note_characters else document.id

    notes = sorted({note_of(document) for document in documents})
    Random(0).shuffle(notes)
    if fold:
        number, folds = fold
        notes = [note for i, note in enumerate(notes) if i % folds != number - 1]
    Random(seed).shuffle(notes)
    chosen = set(notes[: round(share * len(notes))])
    return [document for document in documents if note_of(document) in chosen]
