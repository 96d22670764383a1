from collections import Counter

import pytest

from ner.vocabulary import PADDING, RESERVED, UNKNOWN, Vocabulary, digits_as_zero, normal_form, printable

WORDS = Vocabulary([*RESERVED, "cough", "b12", "b00", "00.0", "µg", "naïve"])
CHARACTERS = Vocabulary([*RESERVED, "a", "b", "c", "d", "e", "f", "1", "µ", "𝛼"])


@pytest.mark.parametrize(
    ("token", "entry"),
    [
        ("cough", "cough"),
        ("COUGH", "cough"),
        ("B12", "b12"),  # exact form first
        ("b17", "b00"),  # else its shape
        ("98.6", "00.0"),
        ("98.65", "<unk>"),
        ("Μg", "<unk>"),  # Greek capital mu is not the micro sign
        ("µG", "µg"),
        ("NAÏVE", "naïve"),
        ("coughs", "<unk>"),
        ("٣", "<unk>"),  # only ASCII digits have a shape
    ],
)
def test_word_id(token, entry):
    assert WORDS.word_id(token) == WORDS.ids[entry]


def test_character_ids_are_padded():
    assert CHARACTERS.character_ids("bad", 6) == [3, 2, 5, PADDING, PADDING, PADDING]
    assert CHARACTERS.character_ids("", 2) == [PADDING, PADDING]


def test_character_ids_keep_case_and_mark_unknown_ones():
    assert CHARACTERS.character_ids("Ba?", 4) == [UNKNOWN, 2, UNKNOWN, PADDING]


@pytest.mark.parametrize(
    ("token", "letters"),
    [("abcd", "abcd"), ("abcde", "abde"), ("abcdef", "abef"), ("𝛼bcdeµ", "𝛼beµ")],
)
def test_of_a_longer_token_the_two_ends_are_read(token, letters):
    assert CHARACTERS.character_ids(token, 4) == [CHARACTERS.ids[letter] for letter in letters]


def test_a_code_point_beyond_the_basic_plane_is_one_character():
    assert CHARACTERS.character_ids("𝛼1", 3) == [10, 8, PADDING]


def test_vocabulary_file_round_trip(tmp_path):
    WORDS.write(tmp_path / "words.txt")
    assert (tmp_path / "words.txt").read_bytes().decode() == "".join(f"{entry}\n" for entry in WORDS.entries)
    assert Vocabulary.read(tmp_path / "words.txt").entries == WORDS.entries
    assert len(Vocabulary.read(tmp_path / "words.txt")) == len(WORDS)


@pytest.mark.parametrize("entries", [["cough"], ["<unk>", "<pad>"], [*RESERVED, "cough", "cough"]])
def test_entries_that_are_no_vocabulary(entries):
    with pytest.raises(AssertionError):
        Vocabulary(entries)


def test_digits_as_zero():
    assert digits_as_zero("t4-n1.98") == "t0-n0.00"
    assert digits_as_zero("cough") == "cough"


def test_frequent_words_keep_their_digits():
    counts = Counter({"b12": 50, "b17": 49, "cough": 1})
    assert [normal_form(word, counts, 50) for word in counts] == ["b12", "b00", "cough"]


@pytest.mark.parametrize(("word", "expected"), [("cough", True), ("µg", True), ("a\nb", False), ("a\u200bb", False)])
def test_printable(word, expected):
    assert printable(word) == expected
