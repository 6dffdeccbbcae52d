"""A model's Markdown becomes text with entities, and nothing in it acts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.telegram import model_text
from actors.telegram.rendering import Entity, markdown
from actors.telegram.rich_text import plain, units

_MARKS = (
    "**",
    "_",
    "`",
    "```\n",
    "# ",
    "- ",
    "> ",
    "[a](",
    ")",
    "||",
    "~~",
    "1. ",
    "$",
    "\\(",
    "| a | b |\n|---|---|\n",
)
_TRAPS = (
    "tg://x",
    "/start",
    "@you",
    "<b>",
    "</b>",
    "<think>",
    "</think>",
    "\ud800",
    "😀",
    "text",
    " ",
    "\n",
    "\n\n",
)
_FRAGMENTS = st.lists(st.sampled_from(_MARKS + _TRAPS), max_size=30).map("".join)


@given(_FRAGMENTS | st.text(max_size=200))
def test_any_text_gives_valid_entities(text: str) -> None:
    """However broken the Markdown, offsets stay inside the text and the order is Telegram's."""
    rendered = markdown(text)
    for entity in rendered.entities:
        assert 0 <= entity.offset < entity.end <= units(rendered.text)
    assert list(rendered.entities) == sorted(rendered.entities, key=lambda one: (one.offset, -one.length))
    rendered.text.encode()


@given(_FRAGMENTS)
def test_no_command_or_telegram_address_stays_active(text: str) -> None:
    """Outside of code neither survives in a form that Telegram makes tappable."""
    rendered = markdown(text)
    code = [entity for entity in rendered.entities if entity.type in ("code", "pre")]
    raw = rendered.text.encode("utf-16-le")
    for entity in reversed(code):
        raw = raw[: 2 * entity.offset] + b"x\0" * entity.length + raw[2 * entity.end :]
    outside = raw.decode("utf-16-le")
    assert "tg://" not in outside
    assert " /start" not in outside


@given(st.from_regex(model_text._UNMARKED, fullmatch=True).filter(str.strip))
def test_a_line_without_markdown_is_what_the_converter_makes_of_it(line: str) -> None:
    """The short way for most lines never shows anything else than the long one."""
    assert model_text._converted(line) == plain(line)


def test_formatting_becomes_entities() -> None:
    """Bold, italics, links, code: by offset, no marks left in the text."""
    rendered = markdown("😀 **bold** and [site](https://a.example) `x`")
    assert rendered.text == "😀 bold and site x"
    assert rendered.entities == (
        Entity("bold", 3, 4),
        Entity("text_link", 12, 4, url="https://a.example"),
        Entity("code", 17, 1),
    )


@pytest.mark.parametrize("link", ["tg://user?id=5", "javascript:alert(1)", "tg://emoji?id=5", "file:///etc/passwd"])
def test_only_web_and_mail_links_stay(link: str) -> None:
    """A link that would act inside Telegram or elsewhere keeps its text only."""
    rendered = markdown(f"[name]({link})")
    assert "name" in rendered.text
    assert rendered.entities == ()


def test_commands_and_addresses_are_made_inert() -> None:
    """They read the same and do nothing; ordinary slashes are left alone."""
    assert markdown("try /start and tg://resolve?domain=x").text == "try /\u2060start and tg:\u2060//resolve?domain=x"
    assert markdown("and/or 24/7 https://a.example/b").text == "and/or 24/7 https://a.example/b"
    assert markdown("`/start`").text == "/start"


def test_formatting_follows_the_inserted_marks() -> None:
    """Entities behind and around an inert mark still cover the same words."""
    rendered = markdown("/one **two /three** _four_")
    assert rendered.text == "/\u2060one two /\u2060three four"
    assert rendered.entities == (Entity("bold", 6, 11), Entity("italic", 18, 4))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<think>secret</think>\n\nanswer", "answer"),
        ("<think>a</think>one<thinking>b</thinking> two", "one two"),
        ("<think>still going", ""),
        ("leftover</think>answer", "answer"),
        ("", ""),
    ],
)
def test_thoughts_are_taken_out(text: str, shown: str) -> None:
    """A model's thoughts, finished or still streaming, are not part of its answer."""
    assert markdown(text).text == shown


def test_placeholders_in_angle_brackets_stay() -> None:
    """A draft's "<first name>" is not mistaken for a tag and lost."""
    assert markdown("Hi <first name>, `<x y>` ok").text == "Hi <first name>, <x y> ok"


def test_markdown_that_renders_to_nothing_is_shown_as_it_is() -> None:
    """An answer never becomes an empty message."""
    assert markdown("[](https://a.example)").text.strip()
    assert markdown("![](tg://x)").text.strip()
