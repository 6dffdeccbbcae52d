"""The `cornerman` command's line: one command is parsed, run, and refused in words."""

import argparse
import errno
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from actors.library import LibraryError
from actors.settings import SettingsError
from cornerman import upkeep
from cornerman.machine import StartRefused, own_settings, reached
from cornerman.running import run
from storage import BackupError, MigrationError
from webapp_server import OPERATOR_COMMANDS, OperatorError, Reached, operate

_PORTS = "PORT, SANDBOX_TELEGRAM_PORT, SANDBOX_MODELS_PORT and SANDBOX_SPEECH_PORT"
_ADVICE = {
    errno.EADDRINUSE: f"Is Cornerman running already? Otherwise set {_PORTS} to free ports.",
    errno.EADDRNOTAVAIL: "HOST must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them.",
    errno.EACCES: f"Ports below 1024 belong to the system: set {_PORTS} to higher ones.",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the process's exit status."""
    parser = argparse.ArgumentParser(prog="cornerman", description="The sales coach that lives in Telegram.")
    commands = sorted((*_COMMANDS, *_FILE_COMMANDS, *OPERATOR_COMMANDS))
    parser.add_argument("command", nargs="?", default="run", choices=commands)
    parser.add_argument("about", nargs="*", help="the archive, the actor, the provider or the entry")
    parser.add_argument("--yes", action="store_true", help="do not ask before an operator's command")
    parser.add_argument("--url", help="where the process listens, instead of HOST and PORT")
    chosen = parser.parse_args(arguments)
    if chosen.command not in OPERATOR_COMMANDS and len(chosen.about) != (chosen.command in _FILE_COMMANDS):
        parser.error(
            f"{chosen.command} takes {'the name of a file' if chosen.command in _FILE_COMMANDS else 'no file'}"
        )
    try:
        if chosen.command in OPERATOR_COMMANDS:
            return _operate(chosen.command, chosen.about, chosen.url, sure=chosen.yes)
        if chosen.command in _FILE_COMMANDS:
            return _FILE_COMMANDS[chosen.command](Path(chosen.about[0]))
        return _COMMANDS[chosen.command]()
    except (SettingsError, LibraryError) as refused:
        for problem in refused.problems:
            print(f"- {problem}", file=sys.stderr)
        return 2
    except (StartRefused, MigrationError, BackupError, OperatorError) as refused:
        print(refused, file=sys.stderr)
        return 2
    except OSError as error:
        reason = errno.EADDRNOTAVAIL if isinstance(error, socket.gaierror) else error.errno
        advice = _ADVICE.get(reason or 0)
        if advice is None or error.filename is not None:  # a file is no address
            raise
        print(f"{error.strerror}. {advice}", file=sys.stderr)
        return 2


def _operate(command: str, about: list[str], url: str | None, *, sure: bool) -> int:
    settings = own_settings()
    host = reached(settings.host)
    token = settings.status_token.reveal() if settings.status_token else None
    process = Reached(url or f"http://{f'[{host}]' if ':' in host else host}:{settings.port}", token)

    def confirmed(question: str) -> bool:
        if sure:
            return True
        print(f"{question} [y/N] ", end="", flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")  # an end of input is a no

    answer = operate(process, command, about, confirmed)
    print(answer.text)
    return 0 if answer.done else 1


_COMMANDS: dict[str, Callable[[], int]] = {
    "run": run,
    "check": upkeep.check,
    "migrate": upkeep.migrate,
    "new-key": upkeep.new_key,
    "rotate-keys": upkeep.rotate_keys,
}
_FILE_COMMANDS: dict[str, Callable[[Path], int]] = {"backup": upkeep.keep_backup, "restore": upkeep.restore_backup}
