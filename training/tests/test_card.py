import json

from ner import card

COUNTS = {"precision": 0.5, "recall": 1.0, "f1": 0.6667, "gold": 2}


def scores(f1: float) -> dict:
    counts = COUNTS | {"f1": f1}
    return {
        "micro": counts,
        "token": counts,
        "partial": counts,
        "macroF1": f1,
        "calibrationError": 0.01,
        "calibration": [{"count": 2, "correct": 1, "confidence": 1.2}, {"count": 0, "correct": 0, "confidence": 0}],
        "labels": {"Drug": counts},
        "confusion": {"Drug -> Dose": 3},
    }


def run(folder, f1: float):
    folder.mkdir()
    (folder / "metrics.json").write_text(json.dumps({"f1": f1, "token_f1": f1, "macro_f1_10": f1}))
    return folder


def write_card(tmp_path, monkeypatch, *seeds: float) -> str:
    for name, f1 in (("none", 0.8), ("upper", 0.79), ("lower", 0.78), ("one-line", 0.7)):
        (tmp_path / f"{name}.json").write_text(json.dumps(scores(f1)))
    path = tmp_path / "MODEL_CARD.md"
    sections = ("summary", "labels", "robustness", "confusion")
    path.write_text(
        "# Card\n" + "\n".join(f"<!-- begin {name} -->\nold\n<!-- end {name} -->\nkept" for name in sections)
    )
    runs = [run(tmp_path / f"run-{i}", f1) for i, f1 in enumerate(seeds)]
    arguments = ["card", "--card", str(path), "--scores", str(tmp_path)]
    for folder in runs:
        arguments += ["--seed-run", str(folder)]
    monkeypatch.setattr("sys.argv", arguments)
    card.main()
    return path.read_text()


def test_sections_are_replaced_and_the_rest_is_kept(tmp_path, monkeypatch):
    text = write_card(tmp_path, monkeypatch, 0.8)
    assert "old" not in text and text.count("kept") == 4
    assert "| exact-span micro F1 | 0.8000 |\n" in text
    assert "| Drug | 0.500 | 1.000 | 0.800 | 2 |" in text
    assert "| newlines become spaces | 0.7000 | 0.1000 |" in text
    assert "| Drug -> Dose | 3 |" in text
    assert (tmp_path / "calibration.png").stat().st_size > 1000


def test_several_seeds_have_mean_and_deviation(tmp_path, monkeypatch):
    text = write_card(tmp_path, monkeypatch, 0.8, 0.82)
    assert "Mean ± sd of 2 seeds" in text
    assert "| exact-span micro F1 | 0.8000 | 0.8100 ± 0.0141 |" in text
