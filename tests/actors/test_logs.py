"""No known shape of a secret reaches a log, and what is no secret stays readable."""

import io
import logging

import pytest

from actors.logs import MASK, _MaskingFormatter, mask

TOKEN = "7203456789:AAE-planted_token_of_a_bot_0123456789"
SECRETS = [
    TOKEN,
    TOKEN.replace(":", "%3A"),
    "sk-or-v1-planted0123456789abcdef",
    "sk-ant-api03-planted_0123456789",
    "ik_planted0123456789",
    "0123456789abcdef0123456789abcdef",  # AssemblyAI's keys
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.planted_signature",
    "gAAAAABmplanted_0123456789_sealed==",
    "cGxhbnRlZC1mZXJuZXQta2V5LTAxMjM0NTY3ODkwMTI=",  # a Fernet key
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "key={}", "({})", "'{}',", "said {} to", "https://host.example/{}/path"])
def test_a_secret_is_masked_wherever_it_stands(secret: str, around: str) -> None:
    """The shape decides, not what stands around it; the rest of the line stays."""
    assert mask(around.format(secret)) == around.format(MASK)


@pytest.mark.parametrize("before", ["https://api.telegram.org/bot", "/file/bot", "bot_"])
def test_a_bots_token_is_masked_in_an_address(before: str) -> None:
    """Telegram's addresses hold the token right behind the word bot."""
    assert mask(f"POST {before}{TOKEN}/sendMessage failed") == f"POST {before}{MASK}/sendMessage failed"


@pytest.mark.parametrize("word", ["Bearer", "tma"])
def test_what_authorises_is_masked(word: str) -> None:
    """Headers go with the word that says what they are."""
    assert mask(f"authorization: {word} planted") == f"authorization: {MASK}"


@pytest.mark.parametrize(
    "line",
    [
        "update 7203456789 handled in 0.4 s",
        "2026-11-29T20:54:43Z [warning] step_failed agent=strategist kind=timeout",
        "request 00000000-0000-4000-8000-000000000001/strategist",
        "http://127.0.0.1:8080/status answered 200",
        "at 20:54:43 the lane openrouter/free:some-model rested 12345:short",
        "skipped: a task-organised sketch",
    ],
)
def test_ordinary_lines_stay_readable(line: str) -> None:
    """Ids, times, addresses and names of models are no secrets."""
    assert mask(line) == line


def test_lines_of_libraries_are_masked() -> None:
    """What another library logs passes the same mask, its arguments and its errors too."""
    handler = logging.StreamHandler(stream := io.StringIO())
    handler.setFormatter(_MaskingFormatter("%(message)s"))
    error = ConnectionError(f"https://api.telegram.org/bot{TOKEN}/getMe")
    cause = (ConnectionError, error, None)
    record = logging.LogRecord("aiohttp", logging.ERROR, "", 0, "sent %s", (TOKEN,), cause)
    handler.emit(record)
    assert stream.getvalue().count(MASK) == 2
    assert "planted" not in stream.getvalue()
