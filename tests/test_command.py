"""The `cornerman` command: what it refuses, and in which words."""

import io
import shutil
import socket
from pathlib import Path

import pytest

import cornerman
from actors.settings import KNOWN, read_settings
from cornerman import machine, upkeep
from cornerman.machine import is_running, prepared


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No .env is read, none of our settings is in the environment, and logs stay as the tests have them."""
    monkeypatch.chdir(tmp_path)
    for name in KNOWN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(machine, "configure_logs", lambda _level: None)


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


def test_check_lists_all_that_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Settings and what people write, in one go; nothing is started or made."""
    home = tmp_path / "home"
    for folder in ("prompts", "pipelines", "data"):
        shutil.copytree(cornerman.HOME / folder, home / folder)
    (home / "pipelines" / "support.yaml").write_text("agents: 7", encoding="utf-8")
    monkeypatch.setattr(upkeep, "HOME", home)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PORT", "http")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "planted")
    assert cornerman.main(["check"]) == 2
    told = capsys.readouterr().err
    for wrong in ("PORT", "TELEGRAM_BOT_TOKEN", "ENCRYPTION_KEY", "ALLOWED_USERNAMES", "support.yaml"):
        assert wrong in told
    assert "planted" not in told
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", ["check", "run", "migrate"])
def test_a_data_directory_that_cannot_be_written_is_told(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one sentence that says what to set, whatever is begun there."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / "data"))
    assert cornerman.main([command]) == 2
    assert "DATA_DIR" in capsys.readouterr().err


def test_an_address_that_is_not_of_this_machine_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The start ends with what HOST must be."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HOST", "192.0.2.1")
    for part in ("", "SANDBOX_TELEGRAM_", "SANDBOX_MODELS_", "SANDBOX_SPEECH_"):
        monkeypatch.setenv(f"{part}PORT", "0")
    assert cornerman.main(["run"]) == 2
    assert "HOST" in capsys.readouterr().err


def test_check_notes_what_is_seldom_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A closed status page is no mistake, and worth a sentence."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HOST", "::")
    assert cornerman.main(["check"]) == 0
    assert "STATUS_TOKEN is empty" in capsys.readouterr().out
    monkeypatch.setenv("STATUS_TOKEN", "a-planted-operators-token")
    assert cornerman.main(["check"]) == 0
    assert "Note:" not in capsys.readouterr().out


def test_every_command_is_described() -> None:
    """In the text that stands at the head of the command."""
    assert cornerman.__doc__ is not None
    for command in ("run", "check", "migrate", "new-key", "rotate-keys", "backup", "restore"):
        assert f"\ncornerman {command} " in cornerman.__doc__
    assert (Path(cornerman.HOME) / "prompts").is_dir()


def test_an_end_of_input_is_a_no(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A script that forgot --yes does nothing and reads so, where nobody is there to be asked."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert cornerman.main(["drain", "--url", "http://127.0.0.1:9"]) == 1
    assert "Nothing was done." in capsys.readouterr().out


def test_the_data_directory_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Where it is made; one that is there already stays as somebody wanted it."""
    assert prepared(tmp_path / "new").stat().st_mode & 0o777 == 0o700
    (tmp_path / "old").mkdir(mode=0o750)
    assert prepared(tmp_path / "old").stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (["status", "--url", "localhost:8080"], "begins with https://"),
        (["dead-letters", "all"], "does not take all"),
        (["pause", "openrouter", "5", "10"], "does not take 10"),
        (["restart"], "takes the ACTOR"),
    ],
)
def test_an_operators_line_that_cannot_be_meant_is_told(
    line: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one sentence, before anything is asked or done."""
    assert cornerman.main(line) == 2
    assert told in capsys.readouterr().err
