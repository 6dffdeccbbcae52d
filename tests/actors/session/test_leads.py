"""Leads in the chat: list, filter, pages, search, one lead whole, changes to it, and its end."""

import pytest

from actors.session.waiting import EditingLead, Idle, NotingLead, SearchingLeads, TellingOutcome
from coaching.leads import LeadStatus
from tests.actors.session.leading import DAY, LEAD, lead, planned_lead, stored, with_leads
from tests.actors.session.practising import rows_of, tap, write
from tests.actors.session.world import NOW, fresh, keyboard, ready, said


def many(count: int) -> list[dict[str, object]]:
    """So many leads, the last the newest."""
    ids = [f"00000000-0000-4000-8000-{number:012d}" for number in range(count)]
    return [lead(id_, NOW - (count - n) * 60, prospect_name=f"Person {n:02}") for n, id_ in enumerate(ids)]


def test_the_list_has_pages_beyond_fifty() -> None:
    """Newest first, five a page, the last page reachable."""
    at = with_leads(*many(57))
    first = write(ready(), "/leads", at)
    assert "57 of 57. Page 1 of 12" in said(first)[0]
    assert keyboard(first)[0] == f"lead:view:{many(57)[-1]['id']}"
    last = tap(ready(), "leads:page:open:11", at)
    assert "Page 12 of 12" in said(last)[0]
    assert len([data for data in keyboard(last) if "view" in data]) == 2


def test_a_filter_shows_one_status() -> None:
    """Closed leads are not among the open ones and found under their status."""
    at = with_leads(lead(), lead(LEAD[:-1] + "b", status="closed_won"))
    assert "leads:page:closed_won:0" in keyboard(tap(ready(), "leads:filter", at))
    assert keyboard(tap(ready(), "leads:page:closed_won:0", at))[0].endswith("b")
    assert keyboard(write(ready(), "/leads", at))[0].endswith("a")


def test_search_reads_names_and_notes() -> None:
    """By command or asked for; too many characters are refused and the question stays."""
    at = with_leads(lead(notes="met at the fair in Bremen"), lead(LEAD[:-1] + "b", prospect_name="Tom Fisher"))
    assert keyboard(write(ready(), "/leads BREMEN fair", at)) == [f"lead:view:{LEAD}"]
    asked = tap(ready(), "leads:search", at)
    assert asked.state.waiting_for == SearchingLeads()
    assert 'No lead fits "zebra".' in said(write(asked.state, "zebra", at))
    assert write(asked.state, "x" * 201, at).state == asked.state


def test_every_button_of_a_lead_fits_telegrams_limit() -> None:
    """Callback data has 64 bytes at most."""
    at = with_leads(planned_lead())
    for data in ("leads:filter", f"lead:view:{LEAD}", f"lead:status:{LEAD}", f"lead:delete:{LEAD}"):
        assert all(len(one.encode()) <= 64 for one in keyboard(tap(ready(), data, at)))


def test_a_lead_too_long_for_one_message_is_sent_anew() -> None:
    """In place of the tapped message only what Telegram takes as one; nothing of a longer one is lost."""
    short, long = (tap(ready(), f"lead:view:{LEAD}", with_leads(lead(notes=words))) for words in ("x", "x" * 4_000))
    assert [call.method for call in short.calls] == ["editMessageText"]
    assert {call.method for call in long.calls} == {"sendMessage"}
    assert "x" * 2_000 in "".join(said(long))
    assert keyboard(long) == keyboard(short)


def test_a_lead_opened_from_under_a_draft_leaves_the_draft() -> None:
    """From the list the card takes the list's place; from a draft, a reminder or the digest it comes below."""
    at = with_leads(lead())
    assert [call.method for call in tap(ready(), f"lead:view:{LEAD}", at).calls] == ["editMessageText"]
    assert [call.method for call in tap(ready(), f"lead:open:{LEAD}", at).calls] == ["sendMessage"]


def test_a_lead_is_shown_whole() -> None:
    """Name, status, reading, strategy, plan."""
    text = said(tap(ready(), f"lead:view:{LEAD}", with_leads(planned_lead())))[0]
    for part in (
        "Maria Keller @ Nordwerk",
        "Status: Analyzed",
        "The price",
        "Anchor on value",
        "Next: Send the numbers",
    ):
        assert part in text


def test_a_status_change_notes_contact_and_is_logged() -> None:
    """Set once; a second tap says that it is so already and writes nothing."""
    at = with_leads(lead())
    turn = tap(ready(), f"lead:set:{LEAD}:reached_out", at)
    at.book.apply(turn.rows)
    assert stored(at).status is LeadStatus.REACHED_OUT
    assert stored(at).contacted_at == NOW
    assert rows_of(turn, "lead_activity_log")[0]["activity_type"] == "status_change"
    again = tap(ready(), f"lead:set:{LEAD}:reached_out", at)
    assert again.rows == ()


def test_closing_stops_reminders_and_a_win_earns_its_points_once() -> None:
    """500 XP for the first win; opened and won again it earns nothing."""
    at = with_leads(planned_lead(), xp=100)
    won = tap(ready(), f"lead:set:{LEAD}:closed_won", at)
    at.book.apply(won.rows)
    assert stored(at).remind_at is None
    assert rows_of(won, "users") == [{"total_xp": 600, "current_level": rows_of(won, "users")[0]["current_level"]}]
    assert "+500 XP" in said(won)[-1]
    at.book.apply(tap(ready(), f"lead:set:{LEAD}:in_progress", at).rows)
    again = tap(ready(), f"lead:set:{LEAD}:closed_won", at)
    assert rows_of(again, "users") == []
    assert "XP" not in said(again)[-1]


def test_a_person_made_anew_and_won_again_earns_nothing() -> None:
    """The lead is deleted with everything, pasted again and won: the reward of the first one is remembered."""
    at = with_leads(lead())
    at.book.apply(tap(ready(), f"lead:set:{LEAD}:closed_won", at).rows)
    at.book.apply(tap(ready(), f"lead:gone:{LEAD}", at).rows)
    at.book.fill("lead_registry", (lead(OTHERS),), at=NOW)
    again = tap(ready(), f"lead:set:{OTHERS}:closed_won", at)
    assert rows_of(again, "users") == []
    assert "once for a person" in said(again)[-1]


def test_opening_a_closed_lead_brings_its_reminders_back() -> None:
    """The plan's next step is due again."""
    at = with_leads(planned_lead(status="closed_lost", next_followup=None))
    at.book.apply(tap(ready(), f"lead:set:{LEAD}:in_progress", at).rows)
    assert stored(at).remind_at is not None


def test_what_decided_a_lead_is_kept() -> None:
    """The next text is the reason; too long a one is refused; skipping it leaves the conversation."""
    at = with_leads(lead())
    lost = tap(ready(), f"lead:set:{LEAD}:closed_lost", at)
    assert lost.state.waiting_for == TellingOutcome(LEAD)
    assert write(lost.state, "x" * 1001, at).rows == ()
    at.book.apply(write(lost.state, "They took the cheaper one", at).rows)
    assert stored(at).outcome == "They took the cheaper one"
    assert tap(lost.state, f"outcome:skip:{LEAD}", at).state.waiting_for == Idle()


def test_notes_are_added_and_never_cut() -> None:
    """A note goes under those before it; one too many is refused whole."""
    at = with_leads(lead(notes="first"))
    asked = tap(ready(), f"lead:note:{LEAD}", at)
    assert asked.state.waiting_for == NotingLead(LEAD)
    at.book.apply(write(asked.state, "second", at).rows)
    assert stored(at).notes == "first\nsecond"
    assert write(asked.state, "x" * 4_000, at).rows == ()


def test_fields_are_edited_by_lines_or_not_at_all() -> None:
    """Every line must be understood."""
    at = with_leads(lead())
    asked = tap(ready(), f"lead:edit:{LEAD}", at)
    assert asked.state.waiting_for == EditingLead(LEAD)
    for bad in ("Company Nordwerk", "Shoe size: 43", "Name:", "Title: " + "x" * 201, "Company: A\nnonsense"):
        assert write(asked.state, bad, at).rows == ()
    turn = write(asked.state, "company: Südwerk\nLocation:\nTitle: CEO", at)
    at.book.apply(turn.rows)
    assert (stored(at).company, stored(at).geography, stored(at).title) == ("Südwerk", None, "CEO")
    assert turn.state.waiting_for == Idle()


def test_deleting_asks_first_and_takes_all_rows() -> None:
    """The lead, what happened with it, and its versions, each only where it is this rep's."""
    at = with_leads(lead())
    assert tap(ready(), f"lead:delete:{LEAD}", at).rows == ()
    turn = tap(ready(), f"lead:gone:{LEAD}", at)
    assert {write.table for write in turn.rows} == {"lead_registry", "lead_activity_log", "lead_versions"}
    assert all(write.action == "delete" and write.where["telegram_id"] == 7 for write in turn.rows)
    at.book.apply(turn.rows)
    assert tap(ready(), f"lead:gone:{LEAD}", at).rows == ()


OTHERS = LEAD[:-2] + "ff"


@pytest.mark.parametrize(
    "data",
    [
        *(f"lead:{wish}:{OTHERS}" for wish in ("view", "status", "note", "edit", "delete", "gone", "draft", "log")),
        f"lead:set:{OTHERS}:closed_won",
        f"lead:set:{LEAD}:sold",
        f"lead:set:{LEAD}",
        f"lead:dance:{LEAD}",
        "lead:view",
        "lead",
        "leads:page:open:x",
        "leads:page:none:0",
        f"outcome:skip:{LEAD}",
    ],
)
def test_stale_and_foreign_buttons_change_nothing(data: str) -> None:
    """Another rep's lead is not among the rows, so it is simply not there."""
    turn = tap(ready(), data, with_leads(lead()))
    assert (turn.state, turn.calls, turn.rows) == (ready(), (), ())


def test_a_lead_deleted_meanwhile_is_told() -> None:
    """The text for it is taken for nothing."""
    for waiting in (NotingLead(OTHERS), EditingLead(OTHERS), TellingOutcome(OTHERS)):
        turn = write(ready().at(waiting), "Company: X", with_leads(lead()))
        assert turn.rows == ()
        assert turn.state.waiting_for == Idle()
        assert "no longer there" in said(turn)[0]


def test_a_command_leaves_the_note() -> None:
    """/leads while a note is awaited is no note."""
    turn = write(ready().at(NotingLead(LEAD)), "/leads", with_leads(lead()))
    assert turn.rows == ()
    assert turn.state.waiting_for == Idle()


def test_links_open_a_lead() -> None:
    """lead_<id> shows it; an unknown one is told."""
    assert "Maria Keller" in said(write(ready(), f"/start lead_{LEAD}", with_leads(lead())))[0]
    assert "no longer there" in said(write(ready(), f"/start lead_{OTHERS}", with_leads(lead())))[0]


def test_somebody_without_a_set_up_is_asked_for_it() -> None:
    """Nothing is shown before."""
    assert "setup:quick" in keyboard(write(fresh(), "/leads", with_leads()))
    assert tap(fresh(), f"lead:view:{LEAD}", with_leads(lead())).calls == ()


def test_overdue_leads_are_marked() -> None:
    """A reminder that lies in the past shows in the list."""
    at = with_leads(planned_lead(), now=NOW + DAY)
    rows = write(ready(), "/leads", at).calls[-1].parameters["reply_markup"]
    assert "❗" in str(rows)
