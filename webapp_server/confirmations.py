"""A command on the page: first a word to open it, then a sentence on what it does, and a button."""

from html import escape

from webapp_server.markup import Html, tag

_VOID_INPUT = '<input type="hidden" name="{name}" value="{value}">'


class Confirmations:
    """Makes the forms of one page; `word` proves that a form is ours."""

    def __init__(self, word: str) -> None:
        self._word = word

    def to(self, command: str, target: str, label: str, effect: str) -> Html:
        """Nothing happens before the button inside is pressed."""
        form = tag(
            "form",
            tag("p", effect),
            Html(hidden("target", target)),
            Html(hidden("word", self._word)),
            tag("button", f"Yes, {command}"),
            method="post",
            action=f"/status/commands/{command}",
        )
        title = f"{command} {target}".strip()
        return tag("details", tag("summary", label, title=title), form, class_="command")


def hidden(name: str, value: str) -> str:
    """A field that people do not see."""
    return _VOID_INPUT.format(name=escape(name), value=escape(value))
