"""The team on an admin's page: what is seen there, and who is let in and shut out from there."""

import re

import pytest
from playwright.async_api import expect

from tests.coaching.samples import shipped
from tests.coaching.test_generated import GOOD
from tests.system.conftest import worked
from tests.system.rep import Rep
from tests.webapp_server.miniapp.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


LESSON = shipped().learn_tracks[0].levels[0].scenario


async def practised(rep: Rep) -> None:
    """Have the rep pass the first lesson."""
    await rep.writes("/learn")
    await rep.taps("learn:level:1.1")
    await rep.taps("learn:start:1.1")
    await rep.hears("How it is scored")
    await rep.writes(LESSON.ideal_response)
    await rep.hears("of 100: passed")


async def accessible(phone: Phone, screen: str, heading: str) -> None:
    """Open a screen in both themes; axe finds nothing."""
    for theme in ("dark", "light"):
        await phone.opens(screen, theme=theme)
        await phone.heading(heading)
        assert await phone.findings() == []


async def test_only_admins_come_to_the_team(phone: Phone) -> None:
    """A rep's profile has no way there, and the address itself answers with the server's sentence."""
    await phone.opens("/profile")
    await phone.heading(phone.rep.username.capitalize())
    await expect(phone.page.get_by_role("link", name="Team")).to_have_count(0)
    await phone.opens("/admin")
    await expect(phone.page.get_by_role("alert")).to_have_text(re.compile(r"\w+"))
    await expect(phone.page.get_by_role("heading", name="People")).to_have_count(0)


async def test_an_admin_shuts_a_rep_out_and_lets_them_in_again(chief: Phone, rep: Rep) -> None:
    """Shutting out asks first; the rep is told of both in the chat."""
    await chief.opens("/profile")
    await chief.page.get_by_role("link", name="Team").click()
    await chief.heading("Team")
    out = f"Shut out @{rep.username}"
    await chief.presses(out)
    await chief.presses("No")
    await chief.presses(out)
    await chief.page.get_by_role("dialog").get_by_role("button", name="Shut out", exact=True).click()
    await chief.presses(f"Let @{rep.username} in again")
    await expect(chief.page.get_by_role("button", name=out)).to_be_visible()
    await rep.hears("let you in again")


async def test_an_invitation_stands_until_it_is_withdrawn(chief: Phone) -> None:
    """A name that cannot be a username is refused with the chat's own sentence."""
    await chief.opens("/admin")
    await chief.heading("Team")
    name = chief.page.get_by_label("Telegram username of the person")
    await name.fill("no name")
    await chief.presses("Invite")
    await expect(chief.page.get_by_role("alert")).to_be_visible()
    await name.fill("@carl_k")
    await chief.presses("Invite")
    await chief.presses("Withdraw the invitation of @carl_k")
    await chief.shows("Nobody is waiting to come in.")
    await accessible(chief, "/admin", "Team")


async def test_a_rep_is_seen_whole_and_beside_the_others(chief: Phone, rep: Rep) -> None:
    """Whoever practised is on the leaderboard, has skills on their page, and a number in the heat map."""
    await practised(rep)
    await worked(rep)
    await chief.coach.settled()
    name = f"@{rep.username}"
    await chief.opens("/admin")
    await chief.heading("Team")
    await expect(chief.page.get_by_role("listitem").filter(has_text=name).filter(has_text="one answer")).to_be_visible()
    await chief.page.get_by_role("link", name=name).click()
    await chief.heading(name)
    await expect(chief.page.get_by_role("progressbar").first).to_be_visible()
    await chief.shows("Analyzed (1)")
    await chief.opens("/admin/heatmap")
    await chief.heading("Skills by rep")
    row = chief.page.get_by_role("row").filter(has=chief.page.get_by_role("rowheader", name=name))
    await expect(row.get_by_role("cell").filter(has_text=re.compile(r"^\d+$"))).to_have_count(1)
    await accessible(chief, "/admin", "Team")
    await accessible(chief, "/admin/heatmap", "Skills by rep")
    await accessible(chief, f"/admin/reps/{rep.telegram_id}", name)


async def test_what_the_team_used_and_what_the_coach_knows(chief: Phone, rep: Rep) -> None:
    """Costs by agent, the model of every agent, the playbook and its files."""
    await worked(rep)
    await chief.coach.settled()
    for place, heading, part in (
        ("costs", "Costs", "strategist"),
        ("models", "Models", "each rep's own"),
        ("knowledge", "Knowledge", "All files are sound."),
    ):
        await chief.opens("/admin")
        await chief.heading("Team")
        await chief.page.get_by_role("link", name=heading).click()
        await chief.heading(heading)
        await chief.shows(part)
        await accessible(chief, f"/admin/{place}", heading)


async def test_a_run_is_read_step_by_step(chief: Phone, rep: Rep) -> None:
    """From the list into one run: each step with its time as text and as a bar within the run's length."""
    await worked(rep)
    await chief.coach.settled()
    await chief.opens("/admin/runs")
    await chief.heading("Runs")
    await chief.page.get_by_role("link", name=re.compile("^support")).first.click()
    await chief.heading("Run: support")
    steps = chief.page.locator(".waterfall > li")
    await expect(steps.filter(has_text="strategist")).to_contain_text(re.compile(r"\d m?s, after \d"))
    bar = steps.filter(has_text="strategist").locator(".bar")
    assert await bar.evaluate("bar => bar.offsetWidth > 3 && bar.offsetWidth <= bar.parentElement.offsetWidth")
    await accessible(chief, chief.page.url.partition("/app")[2], "Run: support")
    await accessible(chief, "/admin/runs", "Runs")


async def test_an_agents_model_is_chosen_and_left(chief: Phone) -> None:
    """The choice counts at once and can be taken back; axe finds nothing on the opened list."""
    await chief.opens("/admin/models")
    await chief.heading("Models")
    card = chief.page.locator("section.card").filter(
        has=chief.page.get_by_role("heading", name="strategist", exact=True)
    )
    await card.get_by_text("Choose a model for strategist").click()
    await card.get_by_role("searchbox").fill("gpt")
    await card.get_by_role("button", name=re.compile("^Use .*gpt", re.IGNORECASE)).first.click()
    await expect(card.get_by_text("chosen", exact=True)).to_be_visible()
    assert await chief.findings() == []
    await card.get_by_role("button", name="Leave it to each rep").click()
    await expect(card.get_by_text("each rep's own")).to_be_visible()


async def test_a_drill_is_written_changed_and_retired(chief: Phone) -> None:
    """What does not pass the gate is said in one sentence and kept in the form; what passes is in the pool."""
    page = chief.page
    await chief.opens("/admin/scenarios")
    await chief.heading("Drills")
    await page.get_by_role("link", name="New drill").click()
    await chief.heading("New drill")
    for label, value in (("Name", GOOD.persona.name), ("Role", GOOD.persona.role), ("Company", GOOD.persona.company)):
        await page.get_by_label(label).first.fill(value)
    await page.get_by_label("What explains").fill(GOOD.persona.background)
    await page.get_by_label("Category").select_option(GOOD.category)
    await page.get_by_label("Difficulty").select_option(str(GOOD.difficulty))
    await page.get_by_label("Situation").fill("Too short.")
    await page.get_by_label("Model answer").fill(GOOD.ideal_response)
    await page.get_by_label("Common mistakes").fill("\n".join(GOOD.common_mistakes))
    for _ in range(4 - len(GOOD.rubric)):
        await page.get_by_role("button", name="Remove criterion").last.click()
    for number, criterion in enumerate(GOOD.rubric, 1):
        card = page.locator("section.card").filter(has=page.get_by_role("heading", name=f"Criterion {number}"))
        await card.get_by_label("Its id").fill(criterion.id)
        await card.get_by_label("Points").fill(str(criterion.weight))
        await card.get_by_label("What it asks for").fill(criterion.description)
        await card.get_by_label("In a good answer").fill("\n".join(criterion.positive_signals))
        await card.get_by_label("In a bad answer").fill("\n".join(criterion.negative_signals))
    assert await chief.findings() == []
    await chief.presses("Add the drill")
    await expect(page.get_by_role("alert")).to_contain_text("situation")
    await page.get_by_label("Situation").fill(GOOD.situation)
    await chief.presses("Add the drill")
    await chief.heading("Drills")
    await page.get_by_role("link", name=GOOD.situation[:40]).first.click()
    await chief.presses("Retire")
    await chief.shows("Retired: it is handed out no more.")
    await chief.presses("Bring back")
    await page.get_by_label("Common mistakes").fill("One\nTwo\nThree")
    await chief.presses("Save")
    await chief.shows("Saved.")


async def test_a_lead_is_handed_to_another_rep(chief: Phone, rep: Rep) -> None:
    """It asks first; then both are told in the chat, and the lead is the other's."""
    await worked(rep)
    await chief.coach.settled()
    await accessible(chief, "/admin/leads", "Leads by rep")
    card = chief.page.locator("section.card").filter(has=chief.page.get_by_role("heading", name=f"@{rep.username}"))
    await card.get_by_label("Hand Maria Keller").select_option("@chief")
    await chief.presses("Hand over")
    await rep.hears("gave Maria Keller @ Nordwerk to @chief")
    await chief.rep.hears("gave you Maria Keller @ Nordwerk")
    await rep.writes("/leads")
    await rep.hears("No leads yet")
    await chief.opens("/leads")
    await chief.shows("Maria Keller")


async def test_axe_finds_nothing_on_the_drills(chief: Phone) -> None:
    """The list, a drill of the house, and the form, in both themes."""
    await accessible(chief, "/admin/scenarios", "Drills")
    await accessible(chief, f"/admin/scenarios/{shipped().train_pool[0].id}", "Drill")
    await accessible(chief, "/admin/scenarios/new", "New drill")
