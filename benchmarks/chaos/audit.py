"""Whether every promise was kept, read from the journal, the real database and the emulated chats."""

import sqlite3
from collections import Counter
from typing import Any

import msgspec

from actors.texts import Texts
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.run import FIRST_ID, Ran
from benchmarks.chaos.world import World

_BROKEN_MOST = 20


class Audit(msgspec.Struct, frozen=True):
    """The counts of a run and every promise that was broken, each as one sentence."""

    counts: dict[str, int]
    reasons: dict[str, int]
    broken: tuple[str, ...]


class Chat(msgspec.Struct, frozen=True):
    """What one rep has of it in the end."""

    sent: tuple[str, ...]
    messages: int
    drafts: tuple[str, ...]
    failures: int
    leads: tuple[str, ...]


async def audit(world: World, plan: Plan, ran: Ran) -> Audit:
    """Check the promises; the system has to be settled."""
    with world.coach.journal() as journal:
        books = Books(journal)
    broken = books.broken_updates(ran)
    counts = dict(books.counts)
    for rep in sorted({one.rep for one in plan.prospects}):
        chat = await _chat(world, plan, rep)
        order_key = str(FIRST_ID + rep)
        broken += broken_chat(f"rep {rep}", chat, books.done[order_key], books.unsure[order_key])
        counts["prospects"] = counts.get("prospects", 0) + len(chat.sent)
        counts["drafts"] = counts.get("drafts", 0) + len(chat.drafts)
        counts["failures told"] = counts.get("failures told", 0) + chat.failures
        counts["leads"] = counts.get("leads", 0) + len(chat.leads)
        counts["messages"] = counts.get("messages", 0) + chat.messages
    broken += broken_rows({table: _rows_of_each(world, table) for table in _TOGETHER})
    return Audit(counts, dict(books.reasons), tuple(broken[:_BROKEN_MOST]))


def broken_chat(who: str, chat: Chat, done: int, unsure: int) -> list[str]:
    """Promises broken in one chat, whose journal notes so many messages as sent and as uncertain."""
    broken = []
    for what, names in (("draft", chat.drafts), ("lead", chat.leads)):
        broken += [f"{who}: {count} times the {what} of {name}" for name, count in Counter(names).items() if count > 1]
        in_order = [name for name in chat.sent if name in names]
        if list(dict.fromkeys(names)) != in_order:
            broken.append(f"{who}: the {what}s are out of order")
    if not done <= chat.messages <= done + unsure:
        broken.append(f"{who}: {chat.messages} messages, {done} noted as sent and {unsure} as uncertain")
    if strange := set(chat.drafts) - set(chat.leads):
        broken.append(f"{who}: a draft without its row: {sorted(strange)}")
    if len(set(chat.leads) - set(chat.drafts)) > unsure:
        broken.append(f"{who}: more rows without their draft than uncertain messages")
    unanswered = set(chat.sent) - set(chat.leads)
    if len(unanswered) > chat.failures + unsure:
        broken.append(f"{who}: {len(unanswered)} unanswered, {chat.failures} failures told, {unsure} uncertain")
    return broken


class Books:
    """What the journal holds in the end."""

    def __init__(self, journal: sqlite3.Connection) -> None:
        self.inbox = {number: (state, reason) for number, state, reason in journal.execute(_INBOX)}
        self.done: Counter[str] = Counter()
        self.unsure: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self._silent = 0
        for lane, order_key, state, detail in journal.execute("select lane, order_key, state, detail from outbox"):
            self.counts[f"{lane}s {state}"] += 1
            if state in ("uncertain", "dead"):
                self.reasons[f"{lane} {state}: {detail}"] += 1
                self._silent += not detail
            if lane in ("message", "bulk"):
                self.done[order_key] += state == "done"
                self.unsure[order_key] += state in ("uncertain", "dead")
        for state, reason in self.inbox.values():
            self.counts[f"updates {state}"] += 1
            if state == "dead":
                self.reasons[f"update dead: {reason}"] += 1
                self._silent += not reason

    def broken_updates(self, ran: Ran) -> list[str]:
        """Updates lost or left, and ends without a reason."""
        lost = [name for name, number in ran.numbers.items() if self.inbox.get(number, ("lost",))[0] != "done"]
        broken = [f"{len(lost)} prospects are not handled, the first is {lost[0]}"] if lost else []
        broken += [
            f"{count} {what} at the end"
            for what, count in self.counts.items()
            if what.rpartition(" ")[2] in ("new", "pending", "sending")
        ]
        if self._silent:
            broken.append(f"{self._silent} ends without a reason")
        if dead := self.counts["records dead"]:
            broken.append(f"{dead} rows given up")
        return broken


_INBOX = "select number, state, reason from inbox where source like 'telegram/%'"


async def _chat(world: World, plan: Plan, rep: int) -> Chat:
    sent = tuple(one.name for one in plan.prospects if one.rep == rep)
    transcript: dict[str, Any] = await world.coach.look(f"users/{FIRST_ID + rep}/transcript")
    outside = {Texts()("records-unreachable")}  # said at once, beside the journal
    said = [one for one in transcript["messages"] if one["from"] == "bot" and one["text"] not in outside]
    greeted = {f"Hi {name},": name for name in sent}
    firsts = [str(one["text"]).partition("\n")[0] for one in said]
    sql = f"select prospect_first_name from lead_registry where telegram_id = {FIRST_ID + rep} order by created_at"  # noqa: S608  # a number
    return Chat(
        sent=sent,
        messages=len(said),
        drafts=tuple(greeted[first] for first in firsts if first in greeted),
        failures=sum("Try again" in str(one.get("reply_markup", "")) for one in said),
        leads=tuple(row[0] for row in world.database.rows(sql)),
    )


_TOGETHER = ("lead_registry", "lead_activity_log", "support_sessions")


def _rows_of_each(world: World, table: str) -> dict[str, int]:
    sql = f"select telegram_id, count(*) from {table} where telegram_id >= {FIRST_ID} group by 1"  # noqa: S608
    return {rep: int(count) for rep, count in world.database.rows(sql)}


def broken_rows(counts: dict[str, dict[str, int]]) -> list[str]:
    """Rows of one effect stand together: a lead, its first activity and its session; counts by table and rep."""
    leads = counts["lead_registry"]
    return [f"{table} does not match the leads" for table, found in counts.items() if found != leads]
