"""The image: what the Dockerfile copies is all that Cornerman needs to run."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def copied() -> list[str]:
    """What the last stage copies from the repository."""
    last = (ROOT / "Dockerfile").read_text(encoding="utf-8").rpartition("\nFROM ")[2]
    return [source for line in re.findall(r"^COPY (?!--from)(.+)$", last, re.MULTILINE) for source in line.split()[:-1]]


def test_the_image_holds_all_that_runs(tmp_path: Path) -> None:
    """In a directory with nothing but the copied files the whole tree is imported and the content is in order."""
    for name in copied():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "kept"), "HOME": str(tmp_path)}
    checked = subprocess.run(  # our own interpreter
        [sys.executable, "-m", "cornerman", "check"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "Settings: in order." in checked.stdout
    loaded = "import sandbox.telegram, sandbox.models, actors.tree, webapp_server"
    subprocess.run([sys.executable, "-c", loaded], cwd=tmp_path, env=environment, check=True)  # noqa: S603


def test_every_file_that_is_copied_passes_the_ignore_list() -> None:
    """The build context leaves nothing out that a COPY asks for."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    admitted = {line[1:].removesuffix("/**") for line in lines if line.startswith("!")}
    assert {*copied(), "requirements.lock", "requirements-build.lock"} == admitted


def test_what_is_installed_is_pinned_by_hash() -> None:
    """Every install is from a lock, which names a hash for every package; its failure is the image's failure."""
    runs = re.findall(
        r"^RUN (.+?)(?<!\\)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    installs = [run for run in runs if re.search(r"\b(pip|apt|apt-get|curl|wget) ", run)]
    locks = [re.search(r"--require-hashes -r (\S+)", install) for install in installs]
    assert [lock and lock[1] for lock in locks] == ["requirements-build.lock", "requirements.lock"]
    assert not any("||" in run for run in runs)
    for name in ("requirements-build.lock", "requirements.lock"):
        packages = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())
        assert all("--hash=sha256:" in package for package in packages)


def test_the_pages_are_built_from_what_their_lock_names() -> None:
    """npm installs by the lock file alone, in which every package has its hash."""
    assert re.search(r"npm ci\b", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "webapp_server/miniapp/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages
    assert [name for name, one in packages.items() if "integrity" not in one] == []


def test_the_composition_gives_no_more_than_is_needed() -> None:
    """A user of its own, a read-only root, no capabilities, and time to drain."""
    service = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["cornerman"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "on-failure:10"
    assert service["stop_grace_period"] == "35s"
    assert re.search(r"^USER (?!root)\w+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    railway = tomllib.loads((ROOT / "railway.toml").read_text(encoding="utf-8"))["deploy"]
    assert (railway["restartPolicyType"], railway["restartPolicyMaxRetries"]) == ("ON_FAILURE", 10)
    assert (railway["healthcheckPath"], railway["drainingSeconds"]) == ("/readyz", 35)
