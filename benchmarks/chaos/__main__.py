"""300 reps, 50 kills, ten minutes of faults everywhere: what was lost, and what was done twice?

`make chaos`; `ARGS=--seed=N` repeats a run's plan. Exits with 1 where a promise was broken.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.chaos.audit import Audit, audit
from benchmarks.chaos.plan import Plan, make_plan
from benchmarks.chaos.run import Ran, run
from benchmarks.chaos.world import world
from benchmarks.report import machine, write_bars, write_section


def main() -> int:
    """Run, print the report, and write it into the documentation unless told not to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--reps", type=int, default=300)
    parser.add_argument("--messages", type=int, default=4, help="prospects of each rep")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--keep", type=Path, help="a folder to leave the journal and the log in")
    parser.add_argument("--no-report", action="store_true", help="leave the documentation alone")
    chosen = parser.parse_args()
    if chosen.keep is not None:
        chosen.keep.mkdir(parents=True, exist_ok=True)
    seed = chosen.seed if chosen.seed is not None else int(time.time()) % 1_000_000
    print(f"seed {seed}", flush=True)
    plan = make_plan(
        seed, reps=chosen.reps, messages=chosen.messages, kills=chosen.kills, duration_s=chosen.minutes * 60
    )
    ran, found = asyncio.run(_carry_out(plan, chosen.reps, chosen.keep))
    text = _section(seed, chosen, ran, found)
    print(text)
    if not chosen.no_report:
        write_section("chaos", f"{text}\n![Kills in each minute]({_picture(plan, chosen.minutes)})\n")
    return 1 if found.broken else 0


async def _carry_out(plan: Plan, reps: int, keep: Path | None) -> tuple[Ran, Audit]:
    if keep is not None:
        async with world(keep) as one:
            ran = await run(one, plan, reps)
            return ran, await audit(one, plan, ran)
    with tempfile.TemporaryDirectory(prefix="cornerman-chaos-") as folder:
        return await _carry_out(plan, reps, Path(folder))


def _picture(plan: Plan, minutes: float) -> str:
    per_minute = [0] * max(1, round(minutes))
    for moment in plan.kills:
        per_minute[min(len(per_minute) - 1, int(moment / 60))] += 1
    labels, kills = [str(at + 1) for at in range(len(per_minute))], [float(count) for count in per_minute]
    return write_bars("chaos", "SIGKILLs in each minute", labels, kills, len(plan.kills) / len(kills), "mean")


def _section(seed: int, chosen: argparse.Namespace, ran: Ran, found: Audit) -> str:
    counts = "\n".join(f"- {what}: **{count}**" for what, count in sorted(found.counts.items()))
    reasons = "\n".join(f"- {count} x {what}" for what, count in sorted(found.reasons.items())) or "- none"
    broken = "\n".join(f"- {one}" for one in found.broken) or "- none"
    return f"""## Chaos

`make chaos ARGS="--seed={seed} --reps={chosen.reps} --messages={chosen.messages} --kills={ran.kills}
--minutes={chosen.minutes:g}"`: {chosen.reps} reps with {chosen.messages} prospects each, {ran.kills} SIGKILLs in
{chosen.minutes:g} minutes ({ran.starts_cut} of them in the middle of a start), model latency scaled to 0.1-1 s,
troubles ordered: {", ".join(f"{count} {where}" for where, count in sorted(ran.troubles.items()))}. Emulators,
PostgREST and PostgreSQL in processes that survive the kills; {machine()}.
All was settled {ran.settled_after_s:.0f} s after the end.

Promises broken:

{broken}

What there is in the end:

{counts}

Why something ended otherwise than well:

{reasons}
"""


if __name__ == "__main__":
    sys.exit(main())
