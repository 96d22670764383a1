from factories import make_document
from ner import dictionary


def test_phrases_have_the_label_they_bear_most_often_if_they_mostly_bear_one():
    tokens = ["Cold", "agglutinin", ".", "cold", "room", ".", "cold", "hands", "."]
    tags = ["B-Lab", "I-Lab", "O", "B-Lab", "O", "O", "O", "O", "O"]
    phrases = dictionary.learn([make_document(tokens, [0, 3, 6, 9], tags)])
    # "cold" alone is labelled once in three occurrences.
    assert phrases == {("cold", "agglutinin"): "Lab"}


def test_the_longest_phrase_wins_and_sentences_are_not_crossed():
    phrases = {("chest",): "Site", ("chest", "pain"): "Symptom", ("pain", "relief"): "Plan"}
    document = make_document(["Chest", "pain", "relief", ".", "Chest", "pain"], [0, 5, 6], None)
    assert dictionary.tag(document, phrases) == ["B-Symptom", "I-Symptom", "O", "O", "B-Site", "O"]
