"""Measures our runtime and its peers in turn, in processes of their own, and writes the table and the chart.

`python -m benchmarks.runtime [--quick] [--rounds N] [--dry]`; the whole takes about eight minutes, `--quick` about one.
"""

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import uuid
from pathlib import Path

from benchmarks import report
from benchmarks.runtime import chart
from benchmarks.runtime.peers import same_command

ROOT = Path(__file__).parents[2]
SUBJECTS = {
    "ours": "ours",
    "simpleSystemBase": "Thespian simple",
    "multiprocTCPBase": "Thespian multiprocTCP",
    "pykka": "Pykka",
    "xoscar": "xoscar",
}
CASES = {
    "plain": "ping-pong, plain handlers (messages/s)",
    "coroutines": "ping-pong, `async` handlers (messages/s)",
    "ask": "ask round trips (asks/s)",
    "create": "create and exit (actors/s)",
    "memory": "memory of an idle actor (bytes)",
}
COUNTS = {
    "ours": {"plain": 400_000, "coroutines": 400_000, "ask": 150_000, "create": 60_000, "memory": 200_000},
    "simpleSystemBase": {"plain": 100_000, "ask": 40_000, "create": 5_000, "memory": 5_000},
    "multiprocTCPBase": {"plain": 2_000, "ask": 1_000, "create": 40, "memory": 6},
    "pykka": {"plain": 40_000, "ask": 15_000, "create": 1_500, "memory": 500},
    "xoscar": {"plain": 6_000, "ask": 6_000, "create": 2_000, "memory": 3_000},
}
Results = dict[tuple[str, str], dict[str, float]]


def measure(subject: str, case: str, count: int, limit_s: float) -> dict[str, float] | None:
    """One measurement in a session of its own, ended with all it started; None when there is no result in time."""
    command = [sys.executable, "-m", "benchmarks.runtime.measure", subject, case, str(count), uuid.uuid4().hex]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)  # noqa: S603  # our own command
    try:
        out, _ = process.communicate(timeout=limit_s)
        return dict(json.loads(out.strip().splitlines()[-1]))
    except (subprocess.TimeoutExpired, ValueError, IndexError):
        print(f"  {subject} {case}: no result within {limit_s:g} s", file=sys.stderr)
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for left in same_command(command[2:]):
            left.kill()


def compare(rounds: int, scale: float) -> Results:
    """Every case of every subject, in turn, so many rounds; the medians."""
    taken: dict[tuple[str, str], list[float]] = {}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for case in CASES:
            for subject, counts in COUNTS.items():
                if case in counts:
                    found = measure(subject, case, max(4, int(counts[case] * scale)), 45)
                    taken.setdefault((subject, case), []).extend((found or {}).values())
    return {key: {"median": statistics.median(values)} for key, values in taken.items() if values}


def alone(resident: int, timers: int) -> Results:
    """What only ours is held to: many residents, many timers."""
    print(f"{resident:,} residents, {timers:,} timers", file=sys.stderr)
    found = {
        ("ours", "residents"): measure("ours", "residents", resident, 240),
        ("ours", "timers"): measure("ours", "timers", timers, 60),
    }
    return {key: value for key, value in found.items() if value is not None}


def number(value: float) -> str:
    """Readable at a glance: three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(results: Results) -> str:
    """Medians, and in brackets how many times better ours is."""
    lines = ["| | " + " | ".join(SUBJECTS.values()) + " |", "|---|" + "---:|" * len(SUBJECTS)]
    for case, title in CASES.items():
        ours = results.get(("ours", case), {}).get("median")
        cells = []
        for subject in SUBJECTS:
            value = results.get((subject, "plain" if case == "coroutines" and subject != "ours" else case), {}).get(
                "median"
            )
            cells.append("-" if value is None else number(value) + _times(ours, value, subject, case))
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _times(ours: float | None, theirs: float, subject: str, case: str) -> str:
    if ours is None or subject == "ours":
        return ""
    ratio = theirs / ours if case == "memory" else ours / theirs
    return f" ({ratio:,.0f}x)" if ratio >= 10 else f" ({ratio:.2g}x)"


def targets(results: Results, resident: int, timers: int) -> str:
    """Each target, what was measured, and whether it is met."""
    median = {key: value["median"] for key, value in results.items() if "median" in value}
    rows: list[tuple[str, str, bool]] = []

    def ratio(name: str, case: str, peer: tuple[str, str], least: float) -> None:
        if ("ours", case) in median and peer in median:
            found = median["ours", case] / median[peer]
            rows.append((f"{name} ≥ {least:g}x", f"{found:.1f}x", found >= least))

    ratio("plain handlers against simpleSystemBase", "plain", ("simpleSystemBase", "plain"), 3)
    ratio("`async` handlers against simpleSystemBase", "coroutines", ("simpleSystemBase", "plain"), 2.5)
    ratio("ask of an actor against Pykka's", "ask", ("pykka", "ask"), 10)
    if ("ours", "create") in median:
        rows.append(
            ("create and exit ≥ 100,000/s", number(median["ours", "create"]), median["ours", "create"] >= 100_000)
        )
    if ("ours", "memory") in median:
        rows.append(("an idle actor ≤ 1,229 bytes", number(median["ours", "memory"]), median["ours", "memory"] <= 1229))
    if held := results.get(("ours", "residents")):
        rows += [
            (f"{resident:,} residents < 1.5 GB", f"{held['bytes'] / 1e9:.2f} GB", held["bytes"] < 1.5e9),
            (
                f"p99 wait < 5 ms while 10,000 others work at half their peak of {held['peak']:,.0f}/s",
                f"{held['p99_s'] * 1000:.1f} ms at {held['held']:.0%}",
                held["p99_s"] < 0.005 and held["held"] > 0.49,
            ),
            (
                f"a message's cost beside {resident:,} residents within 10 %",
                f"{held['cost'] - 1:+.1%}",
                held["cost"] <= 1.1,
            ),
        ]
    if pending := results.get(("ours", "timers")):
        rows.append(
            (f"and beside {timers:,} timers within 10 %", f"{pending['cost'] - 1:+.1%}", pending["cost"] <= 1.1)
        )
    lines = [f"| {name} | {found} | {'yes' if met else '**no**'} |" for name, found, met in rows]
    return "\n".join(["| Target | Measured | Met |", "|---|---:|---|", *lines])


NOTES = """
Where a peer is ahead, or compared with something else:

- Thespian's simple base holds an idle actor in less: it keeps no mailbox, no counters, no supervisor and no context for
  it, and an actor there can neither wait nor be restarted.
- Its asks are made by the program outside, since its actors cannot ask: each is a synchronous call that runs the actor
  and returns, with no deadline and no other actor to switch to.
- multiprocTCP and xoscar pay for crossing processes or for being able to: they buy isolation and several cores, which
  one loop has not.
- Pykka's actor is a thread: handlers may block, at the price of a switch for each message and a stack for each actor.
"""


def sections(results: Results, rounds: int, resident: int, timers: int) -> tuple[str, str]:
    """What goes into docs/benchmarks.md and what into the README."""
    head = (
        f"`make bench-runtime`: medians of {rounds} rounds, all subjects in turn, each measurement in an own process;\n"
        f"{report.machine()}. In brackets: how many times better ours is. Ours runs on\n"
        "uvloop with counters, sampled times (one turn in 64), watchdog and supervision on. Where a peer has no\n"
        "`async` handlers its plain ones stand there."
    )
    body = f"{head}\n\n{table(results)}\n\n{targets(results, resident, timers)}"
    picture = "\n\n![Messages, asks and actors a second](pictures/bench-runtime.png)"
    full = f"## The actor runtime\n\n{body}{picture}\n{NOTES}"
    return full, f"{table(results)}\n\n{report.machine()}; targets, notes and chart: [benchmarks](docs/benchmarks.md)."


def main() -> None:
    """Measure, print, and write unless `--dry`."""
    parser = argparse.ArgumentParser(prog="benchmarks.runtime")
    parser.add_argument("--quick", action="store_true", help="one round with a fifth of the work; writes nothing")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dry", action="store_true", help="write nothing")
    options = parser.parse_args()
    rounds, scale, resident = (1, 0.2, 100_000) if options.quick else (options.rounds, 1.0, 1_000_000)
    results = compare(rounds, scale) | alone(resident, 100_000)
    full, short = sections(results, rounds, resident, 100_000)
    print(full)
    if not (options.quick or options.dry):
        report.write_section("runtime", full)
        report.write_section("bench-runtime", short, ROOT / "README.md")
        chart.draw(results, report.DOCS / "pictures" / "bench-runtime.png")


if __name__ == "__main__":
    main()
