"""Cornerman in a process of its own, its model lane wide open from the start."""

import sys

import httpx

import cornerman
from actors import tree
from actors.providers import http

MOST = 10_000

if __name__ == "__main__":
    tree.FIRST_CONCURRENCY = MOST
    http.LIMITS = httpx.Limits(max_connections=MOST, max_keepalive_connections=1_000, keepalive_expiry=60)
    sys.exit(cornerman.main(["run"]))
