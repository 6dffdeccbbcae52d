"""This machine: where the product lies, what its settings say, and whether it runs already."""

import os
import socket
from pathlib import Path
from tempfile import TemporaryFile

from dotenv import dotenv_values

from actors.logs import configure_logs
from actors.settings import Settings, read_settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
HOME = Path(__file__).parents[1]
"""Where prompts, pipelines, migrations and data lie."""


class StartRefused(Exception):
    """The start stops; the message says what to do."""


def own_settings() -> Settings:
    """The settings of the environment and of `.env`; from here on, logs are written as they say."""
    settings = read_settings(os.environ, dotenv_values(".env") if Path(".env").exists() else {})
    configure_logs(settings.log_level)
    return settings


def prepared(data_dir: Path) -> Path:
    """The data directory, made for this user alone where it is missing; refused where this user may not write it."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryFile(dir=data_dir):
            return data_dir
    except OSError as error:
        raise StartRefused(
            f"{data_dir.absolute()} cannot be written ({error.strerror}): point DATA_DIR at a directory that this user"
            " may write, or give it to this user. On Railway a volume needs the variable RAILWAY_RUN_UID=0."
        ) from error


def reached(host: str) -> str:
    """Where a process that listens on `host` is found from this machine."""
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  # reads it, binds nothing


def is_running(settings: Settings) -> bool:
    """Whether something listens where the settings put Cornerman."""
    try:
        socket.create_connection((reached(settings.host), settings.port), timeout=1.0).close()
    except OSError:
        return False
    return True
