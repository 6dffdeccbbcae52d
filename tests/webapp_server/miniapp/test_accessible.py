"""Every screen by WCAG 2.2 AA: axe finds nothing, in a light and in a dark client."""

import pytest

from tests.miniapp_tour import a_case, a_kept_case, a_lesson, open_drill, scored_drill
from tests.system.conftest import worked
from tests.webapp_server.miniapp.phone import Phone

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
EMPTY = (
    "/",
    "/leads",
    "/leads/board",
    "/support",
    "/learn",
    "/train",
    "/profile",
    "/memory",
    "/casebook",
    "/usage",
    "/settings",
    "/data",
    "/x",
)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_on_screens_of_somebody_new(phone: Phone, theme: str) -> None:
    """Empty states are as readable as full ones."""
    for screen in EMPTY:
        await phone.opens(screen, theme=theme)
        await phone.settled()
        assert await phone.findings() == [], screen


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_on_screens_of_somebody_at_work(phone: Phone, theme: str) -> None:
    """A lead with its plan, a case, one of the casebook, a lesson, a drill open and scored, what is remembered."""
    lead_id, _ = await worked(phone.rep)
    await phone.rep.taps(await phone.rep.button("I used this"))
    await phone.rep.taps(f"lead:open:{lead_id}")
    await phone.rep.taps(f"plan:make:{lead_id}")
    await phone.rep.hears("Plan for Maria Keller")
    for screen in ("/", "/leads", "/leads/board", f"/leads/{lead_id}", "/memory", "/usage"):
        await phone.opens(screen, theme=theme)
        await phone.settled()
        assert await phone.findings() == [], screen
    for screen, way in (("/support", a_case), ("/casebook", a_kept_case), ("/learn", a_lesson), ("/train", open_drill)):
        await phone.opens(screen, theme=theme)
        await phone.settled()
        assert await phone.findings() == [], screen
        await way(phone)
        await phone.settled()
        assert await phone.findings() == [], way.__name__
    await scored_drill(phone)
    await phone.settled()
    assert await phone.findings() == []
