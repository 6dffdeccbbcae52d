"""The emulated model providers in a process of their own: prints its address and serves until its input closes."""

import argparse
import asyncio
import sys
import time

from sandbox.models import start


async def _serve(scale: float) -> None:
    """`scale` lets the provider's minutes pass that much faster."""
    running = await start(
        limits=True, free_per_day=10**9, latency_s=(0.02, 0.05), pace=0.02, clock=lambda: time.time() * scale
    )
    sys.stdout.write(f"{running.url}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await running.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    asyncio.run(_serve(parser.parse_args().scale))
