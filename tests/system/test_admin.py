"""An admin's word reaches another rep's session, also over a crash."""

from pathlib import Path

from actors.texts import Texts
from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep

TEXTS = Texts()


async def test_somebody_is_invited_and_shut_out(tmp_path: Path) -> None:
    """The invited person gets in; shut out, nothing they send is worked on, also after a crash."""
    async with Coach(tmp_path, ALLOWED_USERNAMES="anna", ADMIN_USERNAMES="anna") as coach:
        await coach.start()
        anna, ben = Rep(coach, 7, "anna"), Rep(coach, 8, "benno")
        await ben.writes("/start")
        await ben.hears(TEXTS("refused", username="benno"))
        await anna.writes("/admin")
        await anna.hears(TEXTS("admin"))
        await anna.taps("admin:users")
        await coach.settled()
        await anna.taps("admin:users:invite")
        await anna.hears(TEXTS("admin-invite-ask"))
        await anna.writes("@benno")
        await anna.hears(TEXTS("admin-invited", username="benno"))
        await coach.settled()
        await coach.stop()
        await coach.start()
        await ben.set_up()
        await coach.settled()
        await anna.taps("admin:menu")
        await coach.settled()
        await anna.taps("admin:users")
        await coach.settled()
        await anna.taps("admin:users:revoke:8")
        await ben.hears(TEXTS("refused-revoked"))
        await coach.kill()
        await coach.start()
        await ben.writes(f"/support {PROSPECT}")
        await coach.settled()
        assert (await ben.heard()).count(TEXTS("refused-revoked")) == 2
        assert coach.count_records("support_sessions") == 0
