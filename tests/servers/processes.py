"""Child processes that end with the tests, however the tests end."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_NAMES = ("postgres", "nobody")


def spawn(
    command: Sequence[str], *, log: Path, user: str | None = None, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """Start a server that is told to stop when this process dies; its words go to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  # our own command
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            env=dict(environment) if environment is not None else None,
            cwd="/",
            preexec_fn=_die_with_parent,  # noqa: PLW1509  # the tests' main thread starts it
        )


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def end(process: "subprocess.Popen[bytes]", number: int = signal.SIGINT) -> None:
    """Stop a server and wait for its end; one that does not listen is killed."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until(ready: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path, *, budget_s: float = 20.0) -> None:
    """Wait until a server is ready; raises RuntimeError with the end of its log when it died or took too long."""
    deadline = time.monotonic() + budget_s
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} does not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)


def unprivileged_user() -> str | None:
    """Somebody to run a server as that refuses root; None when we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _NAMES if name in known)
