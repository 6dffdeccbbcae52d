"""News of a lead, comments and research: collected, advised on, analysed again with a diff by code, sources kept."""

import msgspec
import pytest

from actors.session.comment import look as commented_on
from actors.session.gathering import Bundle
from actors.session.news import look
from actors.session.waiting import Idle, ShowingPost, TellingCommentWish, UpdatingLead
from coaching.advice import Page, Research
from coaching.extraction import ExtractionOutput
from storage import Row
from tests.actors.session.leading import LEAD, lead, stored, with_leads
from tests.actors.session.practising import ANNA, rows_of, tap, write
from tests.actors.session.world import NOW, answer, finished, fresh, keyboard, over, ready, said, shown
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


@pytest.mark.parametrize("found", [Research("Nordwerk makes", (), truncated=True), Research("Nordwerk. " * 600, ())])
def test_research_that_is_not_whole_says_so(found: Research) -> None:
    """Whether the model or the page for it was too short: the rep reads where it ends."""
    at = with_leads(lead())
    turn = tap(ready(), f"research:make:{LEAD}", at)
    done = finished(turn.state, turn.state.jobs[0].run_id, "researcher", msgspec.json.encode(found), at)
    assert "".join(said(done)).endswith("ends here.)")
    whole = msgspec.json.encode(Research("Nordwerk makes castings.", ()))
    turn = tap(ready(), f"research:make:{LEAD}", at)
    done = finished(turn.state, turn.state.jobs[0].run_id, "researcher", whole, at)
    assert said(done)[0].endswith("castings.")


def test_former_research_can_be_read_one_by_one() -> None:
    """The newest first, each with its pages and its place among them; one that is not there is a stale button."""
    versions: tuple[Row, ...] = tuple(
        {
            "id": str(n),
            "lead_id": LEAD,
            "kind": "research",
            "content": {"text": f"Found {n}\n\n- A page: https://example.com/{n}"},
            "created_at": f"2026-0{n}-01T00:00:00.000000Z",
        }
        for n in (1, 2)
    )
    at = with_leads(lead(web_research="Now"))
    at.book.fill("lead_versions", versions, at=NOW)
    assert f"research:former:{LEAD}:0" in keyboard(tap(ready(), f"research:show:{LEAD}", at))
    newest = tap(ready(), f"research:former:{LEAD}:0", at)
    assert "https://example.com/2" in shown(newest)
    assert keyboard(newest) == [f"research:former:{LEAD}:1", f"research:show:{LEAD}"]
    oldest = tap(ready(), f"research:former:{LEAD}:1", at)
    assert "https://example.com/1" in shown(oldest)
    assert keyboard(oldest) == [f"research:former:{LEAD}:0", f"research:show:{LEAD}"]
    assert tap(ready(), f"research:former:{LEAD}:2", at).calls == ()


def test_comments_come_one_by_one() -> None:
    """From a text or a screenshot; of a lead they are kept with it."""
    at = with_leads(lead())
    waiting = tap(ready(), f"comment:ask:{LEAD}", at).state
    assert waiting.waiting_for == ShowingPost(LEAD)
    turn = write(waiting, POST, at)
    output = asked("commenter", user_message=POST, lead={})
    done = finished(turn.state, turn.state.jobs[0].run_id, "commenter", output, at)
    assert len(said(done)) == 4
    run = turn.state.jobs[0].run_id
    assert keyboard(done) == [
        *(f"comment:{name}:{run}" for name in ("shorter", "bolder", "tell")),
        f"comment:ask:{LEAD}",
    ]
    assert rows_of(done, "lead_activity_log")[0]["activity_type"] == "screenshot_comment"


def test_comments_are_changed_without_looking_at_the_post_again() -> None:
    """A wish, by button or in words, goes with the former comments; what was read in the picture goes with it."""
    at = with_leads()
    bundle = Bundle(ANNA, "", ("photo1",))
    looking = commented_on(ready().at(ShowingPost()), bundle, at)
    run = looking.state.jobs[0].run_id
    seen = msgspec.json.encode(ExtractionOutput(visible_text=POST))
    read = finished(looking.state, run, "extraction", seen, at, last=False)
    done = finished(read.state, run, "commenter", asked("commenter", user_message=POST, lead={}), at)
    idle = over(done.state, run, at).state
    shorter = tap(idle, f"comment:shorter:{run}", at).state.jobs[0]
    assert (shorter.pipeline, shorter.images, shorter.finished) == ("comment_photo", ("photo1",), {"extraction": seen})
    former = msgspec.convert(shorter.inputs["former_comments"], list[dict[str, str]])
    assert former[0]["text"] in said(done)[1]
    asking = tap(idle, f"comment:tell:{run}", at)
    assert asking.state.waiting_for == TellingCommentWish(run)
    assert write(asking.state, "x" * 1_001, at).state == asking.state
    wished = write(asking.state, "Name Nordwerk", at)
    assert wished.state.jobs[0].inputs["wish"] == "Name Nordwerk"
    assert wished.state.waiting_for == Idle()
    gone = write(ready().at(TellingCommentWish("gone")), "Name Nordwerk", at)
    assert "no longer here" in said(gone)[0]


def test_the_last_few_comments_can_be_changed() -> None:
    """Older ones are let go: their buttons are stale."""
    at, state, runs = with_leads(), ready(), []
    output = asked("commenter", user_message=POST, lead={})
    for _ in range(6):
        turn = write(state, f"/comment {POST}", at)
        runs.append(turn.state.jobs[0].run_id)
        done = finished(turn.state, runs[-1], "commenter", output, at)
        state = over(done.state, runs[-1], at).state
    assert tap(state, f"comment:bolder:{runs[0]}", at).state == state
    assert tap(state, f"comment:bolder:{runs[1]}", at).state != state


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
