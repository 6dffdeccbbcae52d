"""`make eval`: the quality of the coaching as a table; ends with 1 when something that has to be reached is not.

Without keys the practice model answers. OPENROUTER_API_KEY or ANTHROPIC_API_KEY in the environment put the same
questions to a real model, about 420 of them; `--answers` and `--prospects` ask fewer.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from actors.logs import configure_logs
from tests.eval.measuring import Evaluation, Line
from tests.eval.models import Target, bench, target_of
from tests.eval.practice import library
from tests.eval.set import answers, prospects


def main() -> int:
    """Evaluate and print."""
    chosen = _arguments()
    configure_logs("ERROR")
    target = target_of({name: os.environ[name] for name in os.environ if name.endswith("_API_KEY")})
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        table = asyncio.run(_evaluated(target, chosen, Path(folder)))
    name = f"{target.provider.value}, {target.model}" if target.real else "the offline practice model"
    print(f"Evaluated {name} in {time.monotonic() - began:.0f} s\n")
    for line in table:
        print(_row(line))
    return 0 if all(line.passed is not False for line in table) else 1


async def _evaluated(target: Target, chosen: argparse.Namespace, folder: Path) -> tuple[Line, ...]:
    async with bench(target, library(), folder) as model:
        evaluation = Evaluation(model, library())
        await evaluation.prospects(prospects()[: chosen.prospects], injected=chosen.injected)
        few = answers()[: chosen.answers]
        await evaluation.answers(few, repeated=chosen.repeated, times=chosen.times, injected=chosen.injected)
        await evaluation.fitting_anything(library().scenarios.train_pool[: chosen.unfitting])
        return evaluation.table()


def _row(line: Line) -> str:
    verdict = {True: "ok", False: "FAILED", None: ""}[line.passed]
    return f"{line.name:<36} {line.measured:>20}   {line.wanted:<10} {verdict}".rstrip()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make eval", description="Measure the quality of the coaching.")
    parser.add_argument("--prospects", type=int, default=100, help="how many prospects, from the first")
    parser.add_argument("--answers", type=int, default=100, help="how many answers, from the first")
    parser.add_argument("--repeated", type=int, default=12, help="how many answers are scored several times")
    parser.add_argument("--times", type=int, default=10, help="how often those are scored")
    parser.add_argument("--unfitting", type=int, default=23, help="how many drills get answers that fit anything")
    parser.add_argument("--injected", type=int, default=40, help="how many of each get an order put in")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
