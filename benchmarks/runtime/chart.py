"""The chart of the comparison."""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

_CASES = {"plain": "ping-pong, plain", "coroutines": "ping-pong, async", "ask": "ask", "create": "create and exit"}
_SUBJECTS = {
    "ours": ("ours", "#1f6f50"),
    "simpleSystemBase": ("Thespian simple", "#8a6d3b"),
    "multiprocTCPBase": ("Thespian multiprocTCP", "#c9a66b"),
    "pykka": ("Pykka", "#3b6ea5"),
    "xoscar": ("xoscar", "#9a6fb0"),
}


def draw(results: dict[tuple[str, str], dict[str, float]], path: Path) -> None:
    """Bars per case on a logarithmic scale, one colour for each subject, as PNG."""
    figure, axes = plt.subplots(figsize=(9, 4.2), dpi=110, layout="constrained")
    width = 0.8 / len(_SUBJECTS)
    for at, (subject, (label, color)) in enumerate(_SUBJECTS.items()):
        values = [results.get((subject, case), {}).get("median", 0.0) for case in _CASES]
        bars = axes.bar([place + at * width for place in range(len(_CASES))], values, width, label=label, color=color)
        axes.bar_label(bars, [f"{value:,.0f}" if value else "" for value in values], fontsize=6, rotation=90, padding=3)
    axes.set_yscale("log")
    axes.set_ylim(10, 1e7)
    axes.set_ylabel("per second")
    axes.set_xticks([place + 0.4 - width / 2 for place in range(len(_CASES))], list(_CASES.values()))
    axes.legend(ncols=len(_SUBJECTS), fontsize=7, loc="upper center", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)
    plt.close(figure)
