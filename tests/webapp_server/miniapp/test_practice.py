"""Learn and Train done in the app itself: lesson, scenario, answer, score, model answer."""

import pytest
from playwright.async_api import expect

from tests.coaching.samples import shipped
from tests.webapp_server.miniapp.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
ANSWER = (
    "That is fair, and the price should pay for itself. What does one hour of standstill cost you in a normal month? "
    "If that number beside ours does not speak for us, I will say so. Could we look at it together on Thursday at ten?"
)


async def test_a_lesson_leads_to_its_scenario_and_a_score(phone: Phone) -> None:
    """From the track to the score, which quotes the rep's own words; the answer box is gone meanwhile."""
    await phone.opens("/learn")
    await phone.heading("Lessons")
    await phone.page.get_by_role("listitem").get_by_role("link").first.click()
    await phone.shows("Keep in mind")
    await phone.main_button("Start the scenario")
    await phone.page.get_by_label("What do you say").fill(ANSWER)
    await phone.main_button("Send the answer")
    await phone.shows("of 100")
    await expect(phone.page.get_by_label("What do you say")).to_have_count(0)
    await expect(phone.page.locator("q").first).to_be_visible()
    await phone.page.go_back()
    await phone.shows("Keep in mind")


async def test_a_drill_is_answered_retried_and_its_model_answer_read(phone: Phone) -> None:
    """A drill begun on the page waits for its answer in the chat too; retry and model answer work."""
    await phone.opens("/train")
    await phone.heading("Practice")
    await phone.presses("Any difficulty")
    await phone.page.get_by_label("What do you say").fill(ANSWER)
    await phone.main_button("Send the answer")
    await phone.presses("Model answer")
    await phone.shows("What often goes wrong")
    await phone.presses("Try it again")
    await expect(phone.page.get_by_label("What do you say")).to_be_visible()


async def test_a_link_to_a_drill_shows_nothing_before_it_is_begun(phone: Phone) -> None:
    """Its address alone opens nothing, so nobody reads ahead; one tap begins it."""
    drill = shipped().train_pool[0]
    await phone.opens(start_param=drill.id)
    await phone.shows("You have not begun this one")
    assert drill.persona.name not in await phone.page.inner_text("main")
    await phone.presses("Begin")
    await phone.heading(drill.persona.name)


async def test_a_link_to_a_lesson_opens_it(phone: Phone) -> None:
    """The level's dot is an underscore in the link, as in the bot's own."""
    level = shipped().learn_tracks[0].levels[0]
    await phone.opens(start_param=f"learn_{level.id.replace('.', '_')}")
    await phone.heading(level.lesson.title)


async def test_an_answer_is_spoken(phone: Phone) -> None:
    """In words first, then scored as a written one."""
    await phone.opens("/train")
    await phone.presses("Any difficulty")
    await phone.will_say(ANSWER)
    await phone.presses("Say it")
    await phone.presses("Send")
    await phone.shows("of 100")
    await phone.shows("That is fair")


async def test_the_drill_of_the_day_begins_on_the_first_screen(phone: Phone) -> None:
    """One tap from Today to the open drill."""
    await phone.opens("/")
    await phone.shows("Drill of the day")
    await phone.presses("Begin")
    await phone.shows("How it is scored")
