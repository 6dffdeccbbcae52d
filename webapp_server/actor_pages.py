"""Pages of actors: a list of those that were asked for, and one of them whole."""

from collections.abc import Sequence

from runtime import Times
from webapp_server.actor_rows import ActorRow, ActorWhole
from webapp_server.actor_tables import HEAD, actor_cells, errors, policy, restart
from webapp_server.confirmations import Confirmations
from webapp_server.markup import NOTHING, Html, count, document, join, spent, table, tag, warning


def actors_page(rows: Sequence[ActorRow], caption: str, more: str | None, ask: Confirmations) -> str:
    """Actors with what each is at, and where the next ones are if there are `more`."""
    grid = table(caption, HEAD, [actor_cells(row, ask) for row in rows], empty="None is up now.")
    onward = tag("a", "More", href=more) if more else None
    return _page(caption, tag("section", grid, onward, class_="hot whole"))


def actor_page(row: ActorWhole, ask: Confirmations) -> str:
    """Everything that is known of one actor from outside."""
    facts: tuple[tuple[str, object], ...] = (
        ("State", row.state),
        ("Under", tag("a", row.parent, href=f"/status/actors/{row.parent}") if row.parent else "the root"),
        ("Generation", f"{count(row.generation)}, up {spent(row.age_s)}"),
        ("Supervises", policy(row) or NOTHING),
        ("Children", count(row.children)),
        ("Waiting", f"{count(row.depth)} of {count(row.capacity)}, at most {count(row.peak)}"),
        ("Oldest message", spent(row.oldest_age_s)),
        ("At", row.current or NOTHING),
        ("For", spent(row.running_s)),
        ("Handled", count(row.handled)),
        ("Failed", warning(row.failed)),
        ("Restarts", warning(row.restarts)),
        ("Last error", tag("mark", row.last_error) if row.last_error else NOTHING),
        ("In the mailbox", _times(row.waited)),
        ("In the handler", _times(row.ran)),
    )
    listed = tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in facts))
    places = tag("ol", *(tag("li", place) for place in row.waits_at)) if row.waits_at else None
    stack = join(
        (tag("h2", "Where its turn waits"), tag("details", tag("summary", "outermost first"), places, open=True))
    )
    return _page(
        f"{row.type} {row.id}",
        tag("section", tag("h2", f"{row.type} {row.id}"), listed, restart(row, ask), class_="whole"),
        tag("section", stack, class_="whole") if places else None,
        tag("section", errors(row.errors), class_="whole") if row.errors else None,
    )


def _times(times: Times | None) -> str:
    return (
        NOTHING if times is None else f"p50 {spent(times.p50)}, p99 {spent(times.p99)}, longest {spent(times.longest)}"
    )


def _page(title: str, *sections: Html | None) -> str:
    back = tag("header", tag("a", "Status", href="/status.html"), " ", tag("a", "All actors", href="/status/actors"))
    return document(title, back, tag("main", *sections))
