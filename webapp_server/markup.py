"""Small pieces of HTML: every value is escaped here, and numbers are written for people."""

from collections.abc import Iterable
from html import escape

NOTHING = "—"


class Html(str):
    """Text that is HTML already; anything else is escaped when it is put into a tag."""

    __slots__ = ()


def tag(name: str, *inside: object, **attributes: object) -> Html:
    """An element; `class_` and the like lose their underscore, attributes that are None or False are left out."""
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value not in (None, False))
    return Html(f"<{name}{written}>{join(inside)}</{name}>")


def join(parts: Iterable[object]) -> Html:
    """The parts one after the other."""
    return Html("".join(part if isinstance(part, Html) else escape(str(part)) for part in parts if part is not None))


def document(title: str, *inside: object, more: Html | None = None) -> str:
    """A page of the operators', `more` in its head."""
    head = tag(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width">'),
        Html('<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="/status/page.css">'),
        tag("title", title),
        more,
    )
    return f'<!doctype html><html lang="en">{head}{tag("body", *inside)}</html>'


def table(caption: str, head: Iterable[str], rows: Iterable[Iterable[object]], *, empty: str) -> Html:
    """A table whose cells after the first are numbers; a sentence where there are no rows."""
    body = [tag("tr", *(tag("td", cell) for cell in row)) for row in rows]
    if not body:
        return join((tag("h2", caption), tag("p", empty, class_="none")))
    top = tag("thead", tag("tr", *(tag("th", word, scope="col") for word in head)))
    grid = tag("table", top, tag("tbody", *body))
    return join((tag("h2", caption), tag("div", grid, class_="scroll", tabindex="0")))


def spent(seconds: float | None) -> str:
    """A duration in the unit that suits it."""
    if seconds is None:
        return NOTHING
    if seconds < 0.0009995:
        return f"{seconds * 1e6:.0f} µs" if seconds else "0"
    if seconds < 0.9995:
        return f"{seconds * 1e3:.3g} ms"
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.3g} s"


def count(number: float) -> str:
    """A whole number with its thousands apart, a small one with its first places."""
    return f"{number:,.0f}" if number >= 10 or number == int(number) else f"{number:.2g}"


def warning(number: int) -> object:
    """A count that should be zero, marked where it is not."""
    return tag("mark", count(number)) if number else "0"


def size(number: int | None) -> str:
    """Bytes in the unit that suits them."""
    return NOTHING if number is None else f"{number / 1e6:,.0f} MB"


def line(values: list[float], words: str) -> Html:
    """The values as a small curve, oldest first, with words for those who do not see it."""
    if len(values) < 2:
        return Html("")
    most = max(values) or 1.0
    width = 100 / (len(values) - 1)
    points = " ".join(f"{place * width:.1f},{23 - 22 * value / most:.1f}" for place, value in enumerate(values))
    curve = tag("polyline", points=points)
    return tag("svg", curve, viewBox="0 0 100 24", preserveAspectRatio="none", role="img", aria_label=words)


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("aria_", "aria-").replace("data_", "data-").replace("http_", "http-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
