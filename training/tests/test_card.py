import json
from pathlib import Path

import pytest

from ner import card
from ner.evaluate import Counts

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


def run(folder, f1: float, **config):
    folder.mkdir()
    tokens = {"correct": 3, "predicted": 4, "gold": 4}
    metrics = {"f1": f1, "token_f1": f1, "macro_f1_10": f1, "token_labels": {"Drug": tokens}}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def write_card(tmp_path, monkeypatch, *seeds: float, more: tuple[str, ...] = ()) -> str:
    for name, f1 in (("none", 0.8), ("upper", 0.79), ("lower", 0.78), ("one-line", 0.7)):
        (tmp_path / f"{name}.json").write_text(json.dumps(scores(f1)))
    path = tmp_path / "MODEL_CARD.md"
    sections = ("summary", "labels", "robustness", "confusion", "peers", "peer-labels", "curve")
    path.write_text(
        "# Card\n" + "\n".join(f"<!-- begin {name} -->\nold\n<!-- end {name} -->\nkept" for name in sections)
    )
    runs = [run(tmp_path / f"run-{i}", f1) for i, f1 in enumerate(seeds)]
    arguments = ["card", "--card", str(path), "--scores", str(tmp_path), *more]
    for folder in runs:
        arguments += ["--seed-run", str(folder)]
    monkeypatch.setattr("sys.argv", arguments)
    card.main()
    return path.read_text()


def test_sections_are_replaced_and_the_rest_is_kept(tmp_path, monkeypatch):
    text = write_card(tmp_path, monkeypatch, 0.8)
    assert text.count("old") == 3 and text.count("kept") == 7  # no peers, no curve
    assert "| exact-span micro F1 | 0.8000 |\n" in text
    assert "| Drug | 0.500 | 1.000 | 0.800 | 2 |" in text
    assert "| newlines become spaces | 0.7000 | 0.1000 |" in text
    assert "| Drug -> Dose | 3 |" in text
    assert (tmp_path / "calibration.png").stat().st_size > 1000
    assert not (tmp_path / "learning_curve.png").exists()


def test_several_seeds_have_mean_and_deviation(tmp_path, monkeypatch):
    text = write_card(tmp_path, monkeypatch, 0.8, 0.82)
    assert "Mean ± sd of 2 seeds" in text
    assert "| exact-span micro F1 | 0.8000 | 0.8100 ± 0.0141 |" in text


def test_peers_stand_beside_the_model(tmp_path, monkeypatch):
    peer = run(tmp_path / "peer", 0.7)
    original = str(Path(__file__).parent.parent / "peers" / "ner_jsl-2.4.2")
    more = ("--peer", f"Original={original}", "--peer", f"Peer={peer}")
    text = write_card(tmp_path, monkeypatch, 0.8, more=more)
    assert text.count("old") == 1
    assert "| | Original | Peer | This model |\n|---|---:|---:|---:|\n" in text
    assert "| token-level micro F1 | 0.7247 | 0.7000 | 0.8000 |\n" in text
    assert "| exact-span micro F1 | – | 0.7000 | 0.8000 |\n" in text
    assert "| Label | Original | Peer | This model |" in text
    assert "| Drug | – | 0.750 | 0.750 |\n" in text
    assert "| Gender | 0.926 | – | – |\n" in text


def test_the_published_counts_add_up_to_the_published_totals():
    metrics = json.loads((Path(__file__).parent.parent / "peers" / "ner_jsl-2.4.2" / "metrics.json").read_text())
    totals = {name: sum(counts[name] for counts in metrics["token_labels"].values()) for name in vars(Counts())}
    assert totals == {"correct": 38674, "predicted": 38674 + 15571, "gold": 38674 + 13819}
    assert metrics["token_f1"] == pytest.approx(Counts(**totals).f1) == pytest.approx(0.724653, abs=1e-6)


def test_runs_on_a_share_of_the_documents_make_the_learning_curve(tmp_path, monkeypatch):
    runs = [
        run(tmp_path / "half-1", 0.7, share=0.5, documents=100),
        run(tmp_path / "half-2", 0.74, share=0.5, documents=100),
        run(tmp_path / "all", 0.8, share=1.0, documents=200),
    ]
    text = write_card(
        tmp_path, monkeypatch, 0.8, more=tuple(part for one in runs for part in ("--curve-run", str(one)))
    )
    assert "| 100 | 50 % | 2 | 0.7200 | 0.7000 | 0.7400 |\n| 200 | 100 % | 1 | 0.8000 | 0.8000 | 0.8000 |\n" in text
    assert (tmp_path / "learning_curve.png").stat().st_size > 1000
