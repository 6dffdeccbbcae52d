"""The status page: the overview as one screen of HTML, whole without any script."""

from actors.journal import GivenUpEntry
from actors.providers.messages import Provider, ProviderCalls, ProviderStatus, TeamSpent
from actors.providers.transcription import TranscriberDescribed
from webapp_server.actor_tables import errors, hot, tree
from webapp_server.commands import Commands
from webapp_server.confirmations import Confirmations
from webapp_server.markup import NOTHING, Html, count, document, join, line, size, spent, table, tag, warning
from webapp_server.overview import Overview, TypeRow
from webapp_server.status_rows import DeadLetterRow

LETTERS = 10
LANES = 8
GIVEN_UP = 20


def page(
    overview: Overview, letters: tuple[DeadLetterRow, ...], given_up: tuple[GivenUpEntry, ...], commands: Commands
) -> str:
    """The whole document."""
    ask = Confirmations(commands.word)
    title = f"{'!' if overview.reasons else ''} {overview.service} {overview.state}"
    renewal = join(
        (
            tag("noscript", Html('<meta http-equiv="refresh" content="10">')),
            Html('<script src="/status/page.js" defer></script>'),
        )
    )
    main = tag("main", *_sections(overview, letters, given_up, ask), id="now")
    return document(title, _band(overview, commands), main, more=renewal)


def _band(overview: Overview, commands: Commands) -> Html:
    verdict = {"pass": "All is well", "warn": "Look at this"}[overview.status]
    if overview.state == "draining":
        verdict = "Stopping"
    last = commands.last[0] if commands.last else None
    told = f"{last.by}: {last.command} {last.target}. {last.outcome}" if last else None
    version = f"{overview.version} ({overview.commit[:7]})" if overview.commit else overview.version
    since = tag("span", f"up {spent(overview.uptime_s)}", title=f"since {overview.started_at.isoformat()}")
    return tag(
        "header",
        tag("strong", verdict, id="verdict"),
        tag("ul", *(tag("li", reason) for reason in overview.reasons)),
        tag("p", told, class_="told") if told else None,
        tag(
            "p",
            f"{overview.service} {version} · ",
            since,
            " · ",
            tag("time", overview.now.strftime("%H:%M:%S UTC"), datetime=overview.now.isoformat()),
        ),
        class_=overview.state if overview.state == "draining" else overview.status,
        id="band",
        data_schema=overview.schema,
    )


def _sections(
    overview: Overview,
    letters: tuple[DeadLetterRow, ...],
    given_up: tuple[GivenUpEntry, ...],
    ask: Confirmations,
) -> list[Html]:
    return [
        tag("section", *_tiles(overview), class_="tiles"),
        tag("section", _types(overview.types), class_="types"),
        tag("section", _providers(overview, ask), class_="providers"),
        tag("section", _work(overview, ask), class_="work"),
        tag("section", hot(overview.hot, ask), class_="hot"),
        tag("section", tree(overview.tree, ask), class_="tree"),
        tag("section", errors(overview.errors) if overview.errors else None, _letters(letters), class_="letters"),
        tag("section", _given_up(given_up, overview, ask), class_="given-up") if given_up else Html(""),
    ]


def _tiles(overview: Overview) -> list[Html]:
    points, states = overview.history, overview.totals.actors
    wait = max((one.recent.wait_p99_s for one in overview.types if one.recent), default=0.0)
    busy = states.get("running", 0)
    return [
        _tile("actors", count(sum(states.values())), f"{count(busy)} in a turn", [float(p.actors) for p in points]),
        _tile("messages a second", count(overview.rates.per_s_1m), "last minute", [p.per_s for p in points]),
        _tile("wait p99", spent(wait), "worst type, 5 min", [p.wait_p99_s for p in points]),
        _tile("restarts", count(overview.rates.restarts_1h), f"last hour; {overview.rates.failed_5m} failed in 5 min"),
        _tile("loop lag p99", spent(overview.loop.lag.p99), f"{count(overview.loop.blocked)} times held over 250 ms"),
        _tile(
            "memory",
            size(overview.process.rss_bytes),
            f"{overview.process.cpu_ratio_1m:.0%} of a core, {overview.process.threads} threads",
        ),
    ]


def _tile(name: str, value: str, more: str, curve: list[float] | None = None) -> Html:
    shown = line(curve, f"{name}: the last minutes") if curve else None
    return tag("div", tag("h2", name), tag("b", value), tag("small", more), shown, class_="tile")


def _types(types: tuple[TypeRow, ...]) -> Html:
    def worst(row: TypeRow) -> tuple[float, int]:
        return (row.recent.wait_p99_s if row.recent else 0.0), row.handled

    head = ("type", "actors", "waiting", "a second", "wait p50", "p99", "run p50", "p99", "failed", "restarts")
    rows = [_type_cells(row) for row in sorted(types, key=worst, reverse=True)]
    return table("Types, the last five minutes", head, rows, empty="No actors yet.")


def _type_cells(row: TypeRow) -> tuple[object, ...]:
    times: tuple[object, ...] = (NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)
    if row.recent is not None:
        recent = row.recent
        sampled = (recent.wait_p50_s, recent.wait_p99_s, recent.run_p50_s, recent.run_p99_s)
        times = (count(recent.per_s), *(spent(time or None) for time in sampled))  # zero: no turn of it was sampled
    kind = tag("a", row.type, href=f"/status/actors?type={row.type}")
    return (
        kind,
        count(row.count),
        count(row.mailbox.pending),
        *times,
        warning(row.failed),
        warning(row.restarts),
    )


def _providers(overview: Overview, ask: Confirmations) -> Html:
    lanes = overview.providers.lanes if overview.providers is not None else ()
    shown = sorted(lanes, key=lambda lane: (lane.state == "closed", -lane.in_flight, -lane.queued))[:LANES]
    head = ("lane", "circuit", "for", "in flight", "queued", "answered", "failed", "first word", "free today")
    rows = [_lane_cells(lane) for lane in shown]
    if overview.transcriber is not None:
        rows.append(_speech_cells(overview.transcriber))
    grid = table("Providers", head, rows, empty="No model was called yet.")
    more = tag("p", f"{len(lanes) - len(shown)} more", class_="none") if len(lanes) > len(shown) else None
    paused = overview.providers.paused if overview.providers is not None else {}
    team = overview.providers.team if overview.providers is not None else TeamSpent()
    orders: list[object] = [tag("small", _spending(team))]
    orders += [_pause_or_resume(provider, paused.get(provider), ask) for provider in Provider]
    return join((tag("div", *orders, class_="corner"), grid, more, _calls(overview)))


def _calls(overview: Overview) -> Html:
    head = ("provider", "well in 5 min", "p50", "p99", "tokens in", "out", "USD", "last well", "last error")
    called = overview.providers.by_provider if overview.providers is not None else ()
    rows = [_call_cells(calls, overview.now.timestamp()) for calls in called]
    return table("Calls since the start", head, rows, empty="None yet.") if rows else Html("")


def _call_cells(calls: ProviderCalls, now: float) -> tuple[object, ...]:
    ratio = NOTHING if calls.success_ratio_5m is None else f"{calls.success_ratio_5m:.0%}"
    return (
        calls.provider,
        ratio,
        spent(calls.p50_s),
        spent(calls.p99_s),
        count(calls.tokens_in_total),
        count(calls.tokens_out_total),
        f"{calls.cost_estimate_total:.2f}",
        NOTHING if calls.last_ok_at is None else f"{spent(max(0.0, now - calls.last_ok_at))} ago",
        tag("mark", calls.last_error) if calls.last_error else NOTHING,
    )


def _spending(team: TeamSpent) -> str:
    usd = "" if team.most_usd is None else f" of {team.most_usd:.2f}"
    tokens = "" if team.most_tokens is None else f" of {count(team.most_tokens)}"
    return f"The team today: {team.usd:.2f}{usd} USD, {count(team.tokens)}{tokens} tokens"


def _pause_or_resume(provider: Provider, left: float | None, ask: Confirmations) -> Html:
    if left is None:
        return ask.to("pause", provider, f"Pause {provider}", "New requests wait ten minutes or go elsewhere.")
    return ask.to("resume", provider, f"Resume {provider}", f"It is paused for another {spent(left)}.")


def _lane_cells(lane: ProviderStatus) -> tuple[object, ...]:
    allowed = NOTHING if lane.allowed_today is None else f"{lane.used_today or 0} of {lane.allowed_today}"
    return (
        lane.lane,
        _circuit(lane.state, lane.reason),
        spent(lane.resting_for_s) if lane.resting_for_s else NOTHING,
        count(lane.in_flight) if lane.limit is None else f"{count(lane.in_flight)} of {count(lane.limit)}",
        count(lane.queued),
        count(lane.completed),
        warning(lane.failed),
        spent(lane.first_token_s) if lane.first_token_s else NOTHING,
        allowed,
    )


def _circuit(state: str, reason: str) -> Html:
    return tag("span", state, f" ({reason})" if reason else "", class_=f"circuit {state}")


def _speech_cells(speech: TranscriberDescribed) -> tuple[object, ...]:
    return (
        "speech",
        _circuit(speech.state, speech.reason),
        spent(speech.resting_for_s) if speech.resting_for_s else NOTHING,
        count(speech.in_flight),
        count(speech.queued),
        count(speech.completed),
        warning(speech.failed),
        NOTHING,
        NOTHING,
    )


def _work(overview: Overview, ask: Confirmations) -> Html:
    rows: list[tuple[str, object]] = []
    if overview.journal is not None:
        journal = overview.journal
        rows.append(("Updates not handled yet", count(journal.inbox_pending)))
        for lane, waiting in sorted(journal.outbox_pending.items()):
            age = spent(journal.oldest_age_s.get(lane))
            rows.append((f"Outbox: {lane}", f"{count(waiting)}, oldest {age}"))
        rows.append(("Uncertain sends", warning(journal.uncertain)))
        rows.append(("Given up", warning(journal.dead)))
    if overview.users is not None:
        users = overview.users
        counts = f"{count(users.active_now)}, {count(users.active_1h)}, {count(users.active_24h)}"
        rows.append(("Reps now, hour, day", counts))
    if overview.intake is not None:
        intake = overview.intake
        rows.append(("Telegram", f"heard {spent(intake.last_contact_age_s)} ago" if intake.connected else "away"))
        rows.append(("Updates taken", count(intake.received)))
    if overview.sending is not None:
        rows.append(("Sent", f"{count(overview.sending.sent)}, {count(overview.sending.waiting)} waiting"))
    if overview.writer is not None:
        flushes = f", p99 {spent(overview.writer.flush_p99_s)}" if overview.writer.written else ""
        rows.append(("Records written", f"{count(overview.writer.written)}{flushes}"))
    if overview.tracer is not None:
        rows.append(("Traces kept", f"{count(overview.tracer.recorded)}, {count(overview.tracer.dropped)} dropped"))
    drain = ask.to("drain", "", "Drain and stop", "No new work is taken, what is under way is finished or kept.")
    listed = tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in rows))
    return join((tag("h2", "Work"), tag("div", drain, class_="corner"), listed))


def _given_up(entries: tuple[GivenUpEntry, ...], overview: Overview, ask: Confirmations) -> Html:
    rows = [
        (
            entry.lane,
            entry.state,
            entry.reason,
            spent(max(0.0, overview.now.timestamp() - entry.since)),
            ask.to("replay", entry.id, "Replay", _REPLAY[entry.state]),
            ask.to("discard", entry.id, "Discard", "Its content is wiped and nothing more is done."),
        )
        for entry in entries[:GIVEN_UP]
    ]
    caption = f"Given up or uncertain: {len(entries)}"
    return table(caption, ("lane", "state", "reason", "ago", "", ""), rows, empty="")


_REPLAY = {
    "dead": "It is tried once more, behind what waits now.",
    "uncertain": "It may have arrived already; the rep may then read it twice.",
}


def _letters(letters: tuple[DeadLetterRow, ...]) -> Html:
    head = ("message", "for", "reason", "ago")
    lost = [letter for letter in letters if letter.reason != "failed"]  # those are the last errors
    rows = [(letter.message_type, letter.target_type, letter.reason, spent(letter.age_s)) for letter in lost[:LETTERS]]
    return table("Not delivered", head, rows, empty="Every message was delivered.")
