"""The team on an admin's page: what is seen there, and who is let in and shut out from there."""

import re

import pytest
from playwright.async_api import expect

from tests.system.rep import Rep
from tests.webapp_server.miniapp.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


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
