"""Runs the Dockerfile's own steps in clean roots, for machines without a builder: `make image-steps`, as root on Linux.

The instructions are read from the Dockerfile, so what is tried here is what a builder does. The base image is stood in
for by this machine's /usr and Python, mounted read-only. The result is started as its image would be: as its user, on
a read-only root with /data and /tmp to write to, and asked what its HEALTHCHECK asks.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from tests.servers.ports import free_port

ROOT = Path(__file__).parents[1]
BASE_MB = 131
"""python:3.11-slim-bookworm, unpacked."""
MOST_MB = 250
START_S = 60.0
PATH = f"{sys.base_prefix}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
_LINKS = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}
_KNOWN = ("passwd", "group", "shadow", "hosts", "resolv.conf", "nsswitch.conf", "ssl", "ld.so.cache", "login.defs")


class Step(NamedTuple):
    """One instruction."""

    kind: str
    text: str


class Stage:
    """One stage: its instructions and the root they work on."""

    def __init__(self, name: str, steps: list[Step], folder: Path) -> None:
        self.name = name
        self.steps = steps
        self.root = folder / (name or "image")
        self.workdir = "/"
        self.environment = {"PATH": PATH, "HOME": "/root"}
        self.user = "root"


def stages(dockerfile: str) -> Iterator[tuple[str, list[Step]]]:
    """Each stage's name and steps; continued lines are joined, comments left out."""
    lines = [line for line in dockerfile.splitlines() if not line.startswith("#")]
    name, steps = "", list[Step]()
    for instruction in filter(None, map(str.strip, "\n".join(lines).replace("\\\n", " ").splitlines())):
        kind, _, text = instruction.partition(" ")
        if kind == "FROM":
            if steps:
                yield name, steps
            name, steps = text.partition(" AS ")[2], [Step(kind, text)]
        else:
            steps.append(Step(kind, text.strip()))
    yield name, steps


def lay(stage: Stage) -> None:
    """An empty root with what every Debian image has."""
    for folder in ("usr", "proc", "dev", "root", "tmp", "etc", "var/tmp", "data"):
        (stage.root / folder).mkdir(parents=True, exist_ok=True)
    (stage.root / "tmp").chmod(0o1777)
    for link, target in _LINKS.items():
        (stage.root / link).symlink_to(target)
    for name in _KNOWN:
        source = Path("/etc") / name
        if source.is_dir():
            shutil.copytree(source, stage.root / "etc" / name, symlinks=True, ignore_dangling_symlinks=True)
        elif source.exists():
            shutil.copy(source, stage.root / "etc" / name)


def mounted(stage: Stage, command: str, *, read_only: bool = False, extra: tuple[Path, ...] = ()) -> list[str]:
    """The command inside the stage's root, in a mount namespace of its own that leaves nothing behind."""
    root = shlex.quote(str(stage.root))
    script = [
        f"mount --bind {root} {root}",
        f"mount --bind /usr {root}/usr",
        f"mount -o remount,ro,bind {root}/usr",
        f"mkdir -p {root}{shlex.quote(sys.base_prefix)}",
        f"mount --bind {shlex.quote(sys.base_prefix)} {root}{shlex.quote(sys.base_prefix)}",
        f"mount -o remount,ro,bind {root}{shlex.quote(sys.base_prefix)}",
        f"mount --rbind /dev {root}/dev",
        f"mount --rbind /proc {root}/proc",
    ]
    for path in extra:
        script += [f"mount --bind {shlex.quote(str(path))} {root}{shlex.quote(str(path))}"]
    if read_only:
        script += [
            f"mount --bind {root}/data {root}/data",
            f"mount -t tmpfs tmpfs {root}/tmp",  # noqa: S108  # the image's own
            f"mount -o remount,ro,bind {root}",
        ]
    script.append(f"exec chroot {root} {command}")
    return ["unshare", "--mount", "sh", "-ec", "\n".join(script)]


def inside(stage: Stage, words: list[str], given: dict[str, str]) -> str:
    """A shell command that runs these words in the stage's directory, environment and user."""
    pairs = [f"{name}={value}" for name, value in (stage.environment | given).items()]
    user = [] if stage.user == "root" else _as_user(stage)
    start = ["sh", "-c", f'cd {shlex.quote(stage.workdir)} && exec "$@"', "sh"]
    return shlex.join(["env", "-i", *pairs, *user, *start, *words])


def _as_user(stage: Stage) -> list[str]:
    known = (line.split(":") for line in (stage.root / "etc/passwd").read_text(encoding="utf-8").splitlines())
    uid, gid = next((fields[2], fields[3]) for fields in known if fields[0] == stage.user)
    return ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs", "--bounding-set=-all"]


def run(stage: Stage, text: str) -> None:
    """A RUN; pip and npm may use what this machine's are configured with."""
    given = pip_settings() | npm_settings()
    made = []
    for path in (paths := pip_paths(given)):
        inner = stage.root / str(path).lstrip("/")
        if not inner.exists():
            made.append(inner)
            inner.parent.mkdir(parents=True, exist_ok=True)
            inner.mkdir() if path.is_dir() else inner.touch()
    subprocess.run(mounted(stage, inside(stage, ["sh", "-c", text], given), extra=paths), check=True)  # noqa: S603
    for inner in made:
        inner.rmdir() if inner.is_dir() else inner.unlink()


def pip_paths(settings: dict[str, str]) -> tuple[Path, ...]:
    """The files and folders of this machine that pip's settings name; an index's files lie beside it."""
    words = [word for value in settings.values() for word in value.split()]
    indexes = [Path(word.removeprefix("file://")).parent for word in words if word.startswith("file://")]
    others = [Path(word) for word in words if word.startswith("/")]
    return tuple(dict.fromkeys(path for path in (*indexes, *others) if path.exists()))


def pip_settings() -> dict[str, str]:
    """Its configuration as environment variables."""
    told = subprocess.run(  # our own interpreter
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    settings = dict(re.findall(r"^(?:global|:env:)\.([a-z-]+)='(.*)'$", told.replace("\\n", " "), re.MULTILINE))
    return {f"PIP_{name.upper().replace('-', '_')}": value for name, value in settings.items() if name != "config-file"}


def npm_settings() -> dict[str, str]:
    """The certificates that this machine's Node trusts besides its own."""
    named = os.environ.get("NODE_EXTRA_CA_CERTS")
    return {"NODE_EXTRA_CA_CERTS": named} if named else {}


def copy(stage: Stage, text: str, earlier: dict[str, Stage]) -> None:
    """A COPY from the build context, as far as .dockerignore admits it, or from an earlier stage."""
    words = text.split()
    origin = earlier[words.pop(0).partition("=")[2]].root if words[0].startswith("--from=") else None
    *sources, target = words
    for name in sources:
        source = (origin / name.lstrip("/")) if origin is not None else ROOT / name
        if origin is None and not is_admitted(name):
            raise SystemExit(f".dockerignore keeps {name} out of the build")
        place = stage.root / os.path.normpath(f"{stage.workdir}/{target}").lstrip("/")
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "node_modules", "dist") if origin is None else None
            shutil.copytree(source, place, symlinks=True, dirs_exist_ok=True, ignore=ignored)
        else:
            place = place / source.name if target.endswith(("/", ".")) else place
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)


def is_admitted(name: str) -> bool:
    """Whether .dockerignore lets it through; its last pattern that fits decides."""
    admitted = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.lstrip("!")
        fits = fnmatch(name, pattern) or fnmatch(name, pattern.removesuffix("/**"))
        if line and not line.startswith("#") and fits:
            admitted = line.startswith("!")
    return admitted


def build(stage: Stage, earlier: dict[str, Stage]) -> None:
    """Do every step in its order; what only a container's runtime reads is kept for the start."""
    lay(stage)
    for step in stage.steps:
        say(f"  {step.kind} {step.text[:90]}")
        match step.kind:
            case "RUN":
                run(stage, step.text)
            case "COPY":
                copy(stage, step.text, earlier)
            case "WORKDIR":
                stage.workdir = step.text
                (stage.root / step.text.lstrip("/")).mkdir(parents=True, exist_ok=True)
            case "ENV":
                given = dict(pair.partition("=")[::2] for pair in shlex.split(step.text))
                before = stage.environment["PATH"]
                stage.environment |= {name: value.replace("$PATH", before) for name, value in given.items()}
            case "USER":
                stage.user = step.text
            case "FROM" | "VOLUME" | "EXPOSE" | "HEALTHCHECK" | "STOPSIGNAL" | "CMD":
                pass
            case _:
                raise SystemExit(f"this script does not know {step.kind}; teach it")


def only(stage: Stage, kind: str) -> str:
    """The text of the stage's one instruction of this kind."""
    (text,) = (step.text for step in stage.steps if step.kind == kind)
    return text


def start(stage: Stage) -> None:
    """Start it as its image would be, ask what HEALTHCHECK asks, and stop it as a platform does.

    Every command of `mounted` and `inside` becomes the next one, so the signal reaches the process itself.
    """
    port = free_port()
    given = {"PORT": str(port), "SANDBOX_TELEGRAM_PORT": str(free_port()), "SANDBOX_MODELS_PORT": str(free_port())}
    given["SANDBOX_SPEECH_PORT"] = str(free_port())
    command = mounted(stage, inside(stage, json.loads(only(stage, "CMD")), given), read_only=True)
    check = json.loads(only(stage, "HEALTHCHECK").partition("CMD ")[2])
    asked = mounted(stage, inside(stage, check, given), read_only=True)
    running = subprocess.Popen(command)  # noqa: S603
    try:
        ends = time.monotonic() + START_S
        while subprocess.run(asked, stderr=subprocess.DEVNULL, check=False).returncode != 0:  # noqa: S603
            if running.poll() is not None or time.monotonic() > ends:
                raise SystemExit("the image's process does not become healthy")
            time.sleep(0.5)
        owner = {kept.stat().st_uid for kept in (stage.root / "data").iterdir()}
        if owner == {0} or not owner:
            raise SystemExit("the image runs as root, or keeps nothing in /data")
        say(f"  healthy on a read-only root, as user {owner.pop()}")
    finally:
        running.terminate()
        ended = running.wait(timeout=40)
    if ended != 0:
        raise SystemExit(f"the image's process ends with {ended} on SIGTERM")
    say("  ended by itself on SIGTERM")


def megabytes(stage: Stage) -> float:
    """What the stage added to its base."""
    added = (path for path in stage.root.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_blocks for path in added) * 512 / 1e6


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Build every stage, start the last, and hold its size to the bound."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        raise SystemExit("make image-steps mounts and changes roots: run it as root on Linux.")
    with tempfile.TemporaryDirectory(prefix="image-steps-") as folder:
        built: dict[str, Stage] = {}
        for name, steps in stages((ROOT / "Dockerfile").read_text(encoding="utf-8")):
            say(f"Stage {name or 'image'}")
            stage = Stage(name, steps, Path(folder))
            Path(folder).chmod(0o755)
            build(stage, built)
            built[name] = stage
        added = megabytes(stage)
        say(f"Added to the base: {added:.0f} MB; with the base's {BASE_MB} MB: {added + BASE_MB:.0f} MB")
        start(stage)
        if added + BASE_MB > MOST_MB:
            raise SystemExit(f"the image is over {MOST_MB} MB")
    say("Every step of the Dockerfile works.")


if __name__ == "__main__":
    main()
