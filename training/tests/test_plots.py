import pytest
from PIL import Image

from ner.plots import learning_points, plot_calibration, plot_learning_curve

RUNS = [
    {"share": share, "documents": documents, "f1": f1}
    for share, documents, f1 in ((1.0, 200, 0.86), (0.5, 100, 0.82), (1.0, 200, 0.84), (0.5, 101, 0.8), (0.25, 50, 0.7))
]


def looks_right(path) -> Image.Image:
    """A plot is small, 1,000 points wide and opaque white to its corners."""
    assert path.stat().st_size < 100_000
    image = Image.open(path).convert("RGBA")
    assert image.width == 1000
    for corner in ((0, 0), (image.width - 1, image.height - 1)):
        assert image.getpixel(corner) == (255, 255, 255, 255)
    return image


def test_runs_of_a_share_are_one_point():
    points = learning_points(RUNS)
    assert [(point["share"], point["seeds"], point["documents"]) for point in points] == [
        (0.25, 1, 50),
        (0.5, 2, 100),
        (1.0, 2, 200),
    ]
    assert [point["mean"] for point in points] == pytest.approx([0.7, 0.81, 0.85])
    assert (points[1]["least"], points[1]["largest"]) == (0.8, 0.82)


def test_learning_curve(tmp_path):
    first, second = tmp_path / "curve.png", tmp_path / "again.png"
    plot_learning_curve(learning_points(RUNS), first)
    looks_right(first)
    plot_learning_curve(learning_points(RUNS), second)
    assert first.read_bytes() == second.read_bytes()


def test_calibration_plot_has_what_is_in_the_bins(tmp_path):
    bins = [{"count": 10 * i, "correct": 9 * i, "confidence": 10 * i * (i + 0.5) / 10} for i in range(10)]
    plot_calibration(bins, tmp_path / "plain.png")
    looks_right(tmp_path / "plain.png")
    plot_calibration([*bins[:-1], bins[-1] | {"correct": 1}], tmp_path / "other.png")
    assert (tmp_path / "plain.png").read_bytes() != (tmp_path / "other.png").read_bytes()
