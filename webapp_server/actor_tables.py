"""Actors as the operators' pages show them: in a table with what they are at, and as the tree of supervision."""

from collections import Counter

from webapp_server.actor_ids import is_pseudonym
from webapp_server.actor_rows import ActorRow
from webapp_server.confirmations import Confirmations
from webapp_server.markup import NOTHING, Html, count, join, spent, table, tag, warning
from webapp_server.status_rows import DeadLetterRow

HEAD = ("actor", "state", "at", "for", "waiting", "oldest", "restarts", "last error")
HOT = 10


def hot(hot: tuple[ActorRow, ...], ask: Confirmations) -> Html:
    rows = [actor_cells(row, ask) for row in hot if row.running_s or row.depth or row.restarts or row.last_error]
    return table("Hot actors", HEAD, rows[:HOT], empty="Nobody works long, waits or has failed.")


def actor_cells(row: ActorRow, ask: Confirmations) -> tuple[object, ...]:
    name = join((tag("a", row.type, href=f"/status/actors/{row.id}", title=row.id), restart(row, ask)))
    current: object = row.current or NOTHING
    if row.waits_at:
        places = tag("ol", *(tag("li", place) for place in row.waits_at))
        current = tag("details", tag("summary", row.current or NOTHING), places, id=f"stack-{row.id}")
    return (
        name,
        row.state,
        current,
        spent(row.running_s),
        count(row.depth),
        spent(row.oldest_age_s),
        warning(row.restarts),
        tag("mark", row.last_error) if row.last_error else NOTHING,
    )


def restart(row: ActorRow, ask: Confirmations) -> Html:
    return ask.to("restart", row.id, "↻", f"{row.type} begins anew; its supervisor counts that as a failure.")


def tree(tree: tuple[ActorRow, ...], ask: Confirmations) -> Html:
    children: dict[str, list[ActorRow]] = {}
    for row in tree:
        children.setdefault(row.parent, []).append(row)
    return join((tag("h2", "Tree"), _branch(children, "", ask)))


def _branch(children: dict[str, list[ActorRow]], parent: str, ask: Confirmations) -> Html:
    """Actors with a name of their own are named; the others are counted by type."""
    rows = children.get(parent, ())
    items = [_leaf(children, row, ask) for row in rows if not is_pseudonym(row.id)]
    kinds = Counter(row.type for row in rows if is_pseudonym(row.id))
    items += [tag("li", f"{kind} x {count(number)}") for kind, number in kinds.items()]
    return tag("ul", *items)


def _leaf(children: dict[str, list[ActorRow]], row: ActorRow, ask: Confirmations) -> Html:
    name = row.id.rpartition("/")[2]
    marks = "" if row.state in ("running", "idle") else f" {row.state}"
    marks += f" ↻{row.restarts}" if row.restarts else ""
    below = _branch(children, row.id, ask) if row.id in children else None
    hidden = f" {count(row.children)} children" if row.children and row.id not in children else ""
    return tag(
        "li",
        tag("a", name, href=f"/status/actors/{row.id}", title=", ".join(filter(None, (row.type, policy(row))))),
        tag("mark", marks) if marks else None,
        tag("small", hidden) if hidden else None,
        restart(row, ask),
        below,
    )


def policy(row: ActorRow) -> str:
    """How it treats its children, and how much of that is used; nothing where it has none."""
    if row.supervision is None:
        return ""
    used = f"{row.restarts_lately} of {row.supervision.intensity} restarts in {spent(row.supervision.period_s)} used"
    return f"{row.supervision.strategy.replace('_', ' ')}, {used}"


def errors(letters: tuple[DeadLetterRow, ...]) -> Html:
    """Failures by type of actor, message and error."""
    rows = [
        (
            tag("a", letter.target_type, href=f"/status/actors/{letter.target}"),
            letter.message_type,
            tag("mark", letter.error_type),
            spent(letter.age_s),
        )
        for letter in letters
    ]
    return table("Last errors", ("actor", "message", "error", "ago"), rows, empty="None.")
