"""The settings: read once, every problem told at once, no secret shown."""

import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from dotenv import dotenv_values

from actors.settings import KNOWN, Settings, SettingsError, read_settings

ROOT = Path(__file__).parents[2]

REAL_BOT = {
    "TELEGRAM_BOT_TOKEN": "123456:planted-token-planted-token",
    "ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "ALLOWED_USERNAMES": "@Anna, bob",
}


def read(**values: str) -> Settings:
    return read_settings(values, {})


def test_nothing_set_is_the_sandbox_open_to_everyone() -> None:
    """Without any setting every service stays in the sandbox and everyone is admitted."""
    settings = read()
    assert settings.telegram_bot_token is None
    assert settings.openrouter_api_key is None
    assert settings.insforge_base_url is None
    assert settings.admits(None)


def test_a_real_bot_admits_only_the_names_given() -> None:
    """With a real bot the allow-list decides; names compare without case and @, and admins are on it."""
    settings = read_settings({**REAL_BOT, "ADMIN_USERNAMES": "Lead"}, {})
    assert settings.admits("anna")
    assert settings.admits("BOB")
    assert settings.admits("lead")
    assert not settings.admits("eve")
    assert not settings.admits(None)


@pytest.mark.parametrize("missing", ["ENCRYPTION_KEY", "ALLOWED_USERNAMES"])
def test_a_real_bot_needs_its_key_and_its_list(missing: str) -> None:
    """A real bot without an encryption key or an allow-list does not start, and the sentence names what to set."""
    with pytest.raises(SettingsError, match=missing):
        read_settings({name: value for name, value in REAL_BOT.items() if name != missing}, {})


def test_every_problem_is_listed_at_once() -> None:
    """Someone who mends settings sees all that is wrong in one go."""
    with pytest.raises(SettingsError) as refused:
        read_settings({"PORT": "http", "LOG_LEVEL": "LOUD"}, {"TELEGRAM_TOKEN": "x"})
    assert len(refused.value.problems) == 3


def test_the_anonymous_key_is_refused_by_name() -> None:
    """INSFORGE_ANON_KEY stops the start with a sentence that names INSFORGE_SERVICE_KEY."""
    with pytest.raises(SettingsError, match="INSFORGE_SERVICE_KEY"):
        read(INSFORGE_ANON_KEY="anon_planted")


def test_the_environment_wins_over_the_file() -> None:
    """A value in the environment is taken before the same name in .env."""
    assert read_settings({"PORT": "9001"}, {"PORT": "9000"}).port == 9001


def test_no_secret_shows_in_repr() -> None:
    """Printing the settings shows no secret."""
    settings = read_settings({**REAL_BOT, "OPENROUTER_API_KEY": "sk-or-v1-planted"}, {})
    assert "planted" not in repr(settings)
    assert REAL_BOT["ENCRYPTION_KEY"] not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INSFORGE_JWT_SECRET", "planted"),
        ("TMA_URL", "http://coach.example/app"),
        ("TMA_URL", "coach"),
        ("JWT_SECRET", f"{'long' * 8},planted"),
        ("STATUS_TOKEN", "planted"),
        ("TELEGRAM_BOT_TOKEN", "planted"),
        ("TELEGRAM_BOT_TOKEN", "bot123456:planted-token"),
        ("ENCRYPTION_KEY", "planted"),
        ("FALLBACK_MODELS", "nobody=openai/gpt-oss-20b:free"),
        ("PORT", "²"),
        ("PORT", "65536"),
        ("BUDGET_TEAM_TOKENS", "²"),
        ("BUDGET_TEAM_USD", "ten"),
        ("MODEL_CONCURRENCY", "0"),
        ("TRACE_RETENTION_DAYS", "0"),
        ("DATA_COLLECTION", "maybe"),
        ("OPENROUTER_BASE_URL", "openrouter.ai"),
        ("TELEGRAM_WEBHOOK_URL", "https://coach.example.com/hook"),
    ],
)
def test_a_value_that_cannot_work_is_named_and_not_shown(name: str, value: str) -> None:
    """One sentence that begins with the setting's name, before anything is signed or sent; it quotes no secret."""
    with pytest.raises(SettingsError) as refused:
        read(**{**REAL_BOT, name: value})
    (problem,) = refused.value.problems
    assert problem.startswith(f"{name} ")
    assert "planted" not in problem


def test_every_setting_is_described() -> None:
    """The README's table and .env.example name the settings that are read, each once, and no others."""
    example = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(example) == sorted(KNOWN)
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("## Settings")[1].split("\n## ")[0]
    heads = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert sorted(name for head in heads for name in re.findall(r"`([A-Z_]+)`", head)) == sorted(KNOWN)


def test_the_example_starts_as_it_is() -> None:
    """A copy of .env.example is the sandbox, with the defaults of the settings that are read."""
    assert read_settings({}, dotenv_values(ROOT / ".env.example")) == read()
