"""Cornerman in a process of its own, its model lane wide open from the start and patient with what is held open."""

import os
import sys
from pathlib import Path

import httpx
import msgspec

import cornerman
from actors import tree
from actors.providers import http
from benchmarks.system.stages import stamp
from coaching.agents import AGENTS

MOST = 10_000
PATIENCE_S = 3_600.0

if __name__ == "__main__":
    tree.FIRST_CONCURRENCY = MOST
    http.LIMITS = httpx.Limits(max_connections=MOST, max_keepalive_connections=1_000, keepalive_expiry=60)
    AGENTS["strategist"] = msgspec.structs.replace(AGENTS["strategist"], deadline_s=PATIENCE_S)
    stamp(Path(os.environ["STAGES_FILE"]))
    sys.exit(cornerman.main(["run"]))
