"""The `cornerman` command: what it refuses, and in which words."""

import socket
from pathlib import Path

import pytest

import cornerman
from actors.settings import read_settings
from cornerman.machine import is_running


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_running_process_is_seen(family: socket.AddressFamily, host: str) -> None:
    """On either kind of address; and nothing is seen once it is gone."""
    with socket.create_server((host, 0), family=family) as door:
        settings = read_settings({"HOST": host, "PORT": str(door.getsockname()[1])}, {})
        assert is_running(settings)
    assert not is_running(settings)


@pytest.mark.parametrize("line", [["backup"], ["check", "what"], ["restore", "a", "b"], ["dance"]])
def test_a_line_that_says_too_much_or_too_little_is_refused(line: list[str]) -> None:
    """As every command line does: with the usage and status 2."""
    with pytest.raises(SystemExit) as refused:
        cornerman.main(line)
    assert refused.value.code == 2


def test_every_command_is_described() -> None:
    """In the text that stands at the head of the command."""
    assert cornerman.__doc__ is not None
    for command in ("run", "check", "migrate", "new-key", "rotate-keys", "backup", "restore"):
        assert f"\ncornerman {command} " in cornerman.__doc__
    assert (Path(cornerman.HOME) / "prompts").is_dir()
