"""The operator's command line: speaks to the running process over the same pages and commands as a browser."""

import base64
import getpass
import http.client
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from webapp_server.commands import HEADER, PAUSE_MINUTES
from webapp_server.markup import NOTHING, spent

TIMEOUT_S = 15.0
_LOOKS = {"status": "/status", "actors": "/status/actors?limit=40", "dead-letters": "/status/given-up"}
_TARGETS = {"restart": "ACTOR", "pause": "PROVIDER", "resume": "PROVIDER", "replay": "ID", "discard": "ID"}
_ASKED = {
    "restart": "Let {target} begin anew?",
    "drain": "Take no new work, finish what is under way and stop Cornerman?",
    "pause": "Send nothing to {target} for {minutes:g} minutes?",
    "resume": "Send requests to {target} again?",
    "replay": "Try {target} again? A send that is uncertain may then arrive twice.",
    "discard": "Wipe {target} and do nothing more about it?",
}
OPERATOR_COMMANDS = (*_LOOKS, *_ASKED)


class OperatorError(Exception):
    """The command cannot be given; the text says what to do."""


class NoAnswer(OperatorError):
    """The process does not answer, or not as asked."""


class WrongArguments(OperatorError):
    """Something is missing, too much, or not what it should be."""


class Reached(msgspec.Struct, frozen=True):
    """Where the process listens, and the token if it has one."""

    url: str
    token: str | None


class Answer(msgspec.Struct, frozen=True):
    """What to print, and whether what was asked for was done."""

    text: str
    done: bool = True


def operate(reached: Reached, command: str, arguments: list[str], confirmed: Callable[[str], bool]) -> Answer:
    """Look or give a command. Raises OperatorError where it cannot be given."""
    if len(arguments) > (command in _TARGETS) + (command == "pause"):
        raise WrongArguments(f"{command} does not take {arguments[-1]}.")
    if command in _LOOKS:
        return Answer(_TOLD[command](_spoken(reached, "GET", _LOOKS[command], None)))
    order: dict[str, Any] = {}
    if command in _TARGETS:
        if not arguments:
            raise WrongArguments(f"{command} takes the {_TARGETS[command]}.")
        order["target"] = arguments[0]
    if command == "pause":
        order["minutes"] = _minutes(arguments[1]) if len(arguments) > 1 else PAUSE_MINUTES
    if not confirmed(_ASKED[command].format(**order)):
        return Answer("Nothing was done.", done=False)
    answer = _spoken(reached, "POST", f"/status/commands/{quote(command)}", order)
    return Answer(answer["outcome"], answer["done"])


def _minutes(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise WrongArguments(f"{text} is no number of minutes.") from None


def _spoken(reached: Reached, method: str, path: str, order: dict[str, Any] | None) -> Any:
    parts = urlsplit(reached.url)
    if parts.scheme not in ("http", "https"):
        raise WrongArguments(f"{reached.url} is no whole address; one begins with https:// or http://.")
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT_S)
    headers = {HEADER: "1", "Content-Type": "application/json"}
    if reached.token is not None:
        known = base64.b64encode(f"{getpass.getuser()}:{reached.token}".encode()).decode()
        headers["Authorization"] = f"Basic {known}"
    try:
        connection.request(method, path, None if order is None else json.dumps(order), headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"Nothing answers at {reached.url} ({type(error).__name__}). Is Cornerman running?") from error
    finally:
        connection.close()
    if answer.status in (200, 409):
        return json.loads(body)
    if answer.status in (401, 403):
        raise NoAnswer("The process wants another STATUS_TOKEN than the one set here.")
    raise NoAnswer(f"The process answers {answer.status}: {body[:200].decode(errors='replace').strip()}")


def _status(document: dict[str, Any]) -> str:
    totals, rates = document["totals"], document["rates"]
    verdict = {"pass": "All is well", "warn": "Look at this"}[document["status"]]
    process = f"{document['service']} {document['version']}, {document['state']}, up {spent(document['uptime_s'])}"
    work = f"{sum(totals['actors'].values())} actors, {rates['per_s_1m']:g} messages a second"
    reasons = (f"- {reason}" for reason in document["reasons"])
    return "\n".join((verdict, *reasons, process, f"{work}, {rates['restarts_1h']} restarts in the last hour"))


def _actors(document: dict[str, Any]) -> str:
    rows = [("ID", "TYPE", "STATE", "WAITING", "RUNS FOR", "RESTARTS", "LAST ERROR")]
    rows += [
        (
            row["id"],
            row["type"],
            row["state"],
            str(row["depth"]),
            spent(row["running_s"]),
            str(row["restarts"]),
            row["last_error"] or NOTHING,
        )
        for row in document["actors"]
    ]
    return f"{_aligned(rows)}\n{len(document['actors'])} of {document['matching']} actors."


def _given_up(entries: list[dict[str, Any]]) -> str:
    if not entries:
        return "Nothing was given up."
    rows = [(one["id"], one["lane"], one["state"], one["reason"]) for one in entries]
    return _aligned([("ID", "LANE", "STATE", "REASON"), *rows])


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


_TOLD: dict[str, Callable[[Any], str]] = {"status": _status, "actors": _actors, "dead-letters": _given_up}
