"""News of a lead, comments and research: collected, advised on, analysed again with a diff by code, sources kept."""

import msgspec
import pytest

from actors.session.gathering import Bundle
from actors.session.news import look
from actors.session.waiting import Idle, ShowingPost, UpdatingLead
from coaching.advice import Page, Research
from coaching.extraction import ExtractionOutput
from tests.actors.session.leading import LEAD, lead, stored, with_leads
from tests.actors.session.practising import ANNA, rows_of, tap, write
from tests.actors.session.world import answer, finished, fresh, keyboard, ready, said
from tests.eval.practice import asked

POST = "We cut our standstill by a third this year. Thanks to a great team at Nordwerk!"


def test_texts_are_kept_and_more_may_follow() -> None:
    """Each is an activity of the lead; the session waits on until the rep says that this is all."""
    at = with_leads(lead())
    asked_for = tap(ready(), f"news:tell:{LEAD}", at)
    one = write(asked_for.state, "She asked for a trial", at)
    assert rows_of(one, "lead_activity_log")[0]["content"] == "She asked for a trial"
    assert one.state.waiting_for == UpdatingLead(LEAD)
    assert write(one.state, "x" * 20_001, at).rows == ()
    assert tap(one.state, f"news:done:{LEAD}", at).state.waiting_for == Idle()


def test_pictures_are_read_and_kept() -> None:
    """What the model read becomes an activity, and more may follow."""
    at = with_leads(lead())
    turn = look(ready().at(UpdatingLead(LEAD)), Bundle(ANNA, "", ("photo1",)), at)
    assert turn.state.waiting_for == UpdatingLead(LEAD)
    seen = msgspec.json.encode(ExtractionOutput(visible_text="Let us talk in May"))
    done = finished(turn.state, turn.state.jobs[0].run_id, "extraction", seen, at)
    assert "Let us talk in May" in str(rows_of(done, "lead_activity_log")[0]["content"])


def test_advice_reads_the_news_and_is_kept() -> None:
    """The practice model's own advice, its message alone in a message."""
    at = with_leads(lead())
    at.book.apply(write(ready().at(UpdatingLead(LEAD)), "She asked for a trial", at).rows)
    turn = tap(ready(), f"news:advise:{LEAD}", at)
    job = turn.state.jobs[0]
    assert job.inputs["user_message"] == "She asked for a trial"
    output = asked("advisor", user_message="She says it is too expensive", lead=job.inputs["lead"])
    done = finished(turn.state, job.run_id, "advisor", output, at)
    assert "What to do next" in said(done)[0]
    assert rows_of(done, "lead_activity_log")[0]["activity_type"] == "ai_advice"


def test_a_new_analysis_says_what_changed_and_keeps_the_former() -> None:
    """The diff is computed; the lead's texts are replaced; the version can be read again."""
    at = with_leads(lead())
    at.book.apply(write(ready().at(UpdatingLead(LEAD)), "Budget is approved", at).rows)
    turn = tap(ready(), f"news:again:{LEAD}", at)
    job = turn.state.jobs[0]
    assert "Budget is approved" in job.text
    now = msgspec.structs.replace(answer().analysis, key_concern="The date", buying_signal="strong")
    output = msgspec.json.encode(msgspec.structs.replace(answer(), analysis=now))
    done = finished(turn.state, job.run_id, "strategist", output, at)
    at.book.apply(done.rows)
    assert "before: The price\nnow: The date" in said(done)[0]
    assert "Stage" not in said(done)[0]
    analysis = stored(at).analysis
    assert analysis is not None
    assert analysis.key_concern == "The date"
    assert f"plan:make:{LEAD}" in str(done.calls[0].parameters)
    assert "The price" in said(tap(ready(), f"news:versions:{LEAD}", at))[0]


def test_an_unchanged_reading_is_said_to_be_one() -> None:
    """No change is invented."""
    at = with_leads(lead())
    turn = tap(ready(), f"news:again:{LEAD}", at)
    done = finished(turn.state, turn.state.jobs[0].run_id, "strategist", msgspec.json.encode(answer()), at)
    assert "nothing changed" in said(done)[0]


def test_research_keeps_its_pages_and_the_former_one() -> None:
    """Text and addresses are stored; a second search makes the first a version."""
    at = with_leads(lead())
    found = msgspec.json.encode(Research("Nordwerk makes castings.", (Page("https://example.com/n", "Nordwerk"),)))
    for _ in range(2):
        turn = tap(ready(), f"research:make:{LEAD}", at)
        done = finished(turn.state, turn.state.jobs[0].run_id, "researcher", found, at)
        at.book.apply(done.rows)
    assert "https://example.com/n" in str(stored(at).research)
    assert len(rows_of(done, "lead_versions")) == 1
    assert "castings" in said(tap(ready(), f"research:show:{LEAD}", at))[0]


def test_comments_come_one_by_one() -> None:
    """From a text or a screenshot; of a lead they are kept with it."""
    at = with_leads(lead())
    waiting = tap(ready(), f"comment:ask:{LEAD}", at).state
    assert waiting.waiting_for == ShowingPost(LEAD)
    turn = write(waiting, POST, at)
    output = asked("commenter", user_message=POST, lead={})
    done = finished(turn.state, turn.state.jobs[0].run_id, "commenter", output, at)
    assert len(said(done)) == 4
    assert keyboard(done) == [f"comment:ask:{LEAD}"]
    assert rows_of(done, "lead_activity_log")[0]["activity_type"] == "screenshot_comment"


def test_a_comment_without_a_lead_is_kept_nowhere() -> None:
    """/comment with the text, or asked for; a word is not a post."""
    at = with_leads()
    turn = write(ready(), f"/comment {POST}", at)
    output = asked("commenter", user_message=POST, lead={})
    assert finished(turn.state, turn.state.jobs[0].run_id, "commenter", output, at).rows == ()
    ask = write(ready(), "/comment", at)
    assert write(ask.state, "hm", at).state == ask.state
    assert "setup:quick" in keyboard(write(fresh(), "/comment", at))


@pytest.mark.parametrize(
    "data",
    ["news:tell:none", "news:dance:" + LEAD, "research:show:" + LEAD, "research:make:none", "comment:ask:none", "news"],
)
def test_stale_buttons_change_nothing(data: str) -> None:
    """Another rep's lead, or nothing to show."""
    turn = tap(ready(), data, with_leads(lead()))
    assert (turn.state, turn.calls, turn.rows) == (ready(), (), ())


def test_a_lead_deleted_meanwhile_is_told() -> None:
    """The news for it is kept nowhere."""
    turn = write(ready().at(UpdatingLead("none")), "news", with_leads())
    assert turn.rows == ()
    assert "no longer there" in said(turn)[0]
