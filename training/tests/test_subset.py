import pytest

from ner.data import Document
from ner.subset import choose

DOCUMENTS = [Document(f"n{note:02}{window}", [], [], [], [], []) for note in range(20) for window in "ab"]


def ids(share=1.0, fold=None, characters=0, seed=1) -> list[str]:
    return [document.id for document in choose(DOCUMENTS, share, fold, characters, seed)]


ALL = ids()


def test_all_documents_are_chosen_in_their_order():
    assert [document.id for document in DOCUMENTS] == ALL


def test_a_share_is_drawn_by_seed_and_part_of_a_larger_one():
    quarter, half = ids(0.25), ids(0.5)
    assert (len(quarter), len(half)) == (10, 20)
    assert set(quarter) < set(half)
    assert ids(0.25) == quarter != ids(0.25, seed=2)
    assert quarter == sorted(quarter)


@pytest.mark.parametrize("seed", [1, 2])
def test_each_document_is_left_out_of_one_fold(seed):
    left_out = [set(ALL) - set(ids(fold=(k, 3), seed=seed)) for k in (1, 2, 3)]
    assert sorted(id for fold in left_out for id in fold) == ALL
    assert {len(fold) for fold in left_out} == {13, 14}
    assert left_out[0] == set(ALL) - set(ids(fold=(1, 3), seed=3))


def test_windows_of_a_note_stay_together():
    for chosen in (ids(0.5, characters=3), ids(fold=(1, 4), characters=3)):
        assert {id[:3] for id in chosen if id.endswith("a")} == {id[:3] for id in chosen if id.endswith("b")}
        assert 0 < len(chosen) < len(ALL)


def test_a_share_of_the_folds_that_stay():
    assert set(ids(0.5, fold=(1, 2))) < set(ids(fold=(1, 2)))
