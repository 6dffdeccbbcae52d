"""A rep's data is the rep's: after /delete nothing of it is left in any file."""

from pathlib import Path

from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep

PLANTED = (b"Nordwerk", b"Keller")


def files_with(folder: Path, words: tuple[bytes, ...]) -> set[str]:
    """The files under the folder that hold any of these words."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name for path in files if any(word in path.read_bytes() for word in words)}


async def last_file(coach: Coach, rep: Rep) -> bytes:
    """What is in the last file that the rep was sent."""
    media = [message["media"] for message in (await rep.transcript())["messages"] if message.get("media")]
    return await coach.download(media[-1]["url"].removeprefix("/sim/"))


async def test_after_delete_nothing_of_the_rep_is_left(tmp_path: Path) -> None:
    """Every table and the journal are scanned as files; the other rep's lead is still there."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna, ben = Rep(coach, 7, "anna"), Rep(coach, 8, "ben")
        for rep, text in ((anna, PROSPECT), (ben, PROSPECT.replace("Nordwerk", "Suedwerk").replace("Keller", "Kern"))):
            await rep.set_up()
            await rep.writes(f"/support {text}")
            await rep.hears_drafts(1)
        await coach.settled()
        assert files_with(coach.folder / "data", PLANTED)
        await anna.writes("/export")
        await anna.hears("Everything I have stored of you")
        exported = await last_file(coach, anna)
        assert all(word in exported for word in PLANTED)
        assert b"Suedwerk" not in exported
        await anna.writes("/delete")
        await anna.hears("Delete everything of yours?")
        await anna.taps("delete:yes")
        await anna.hears("Everything of yours is being deleted")
        await coach.settled()
        assert coach.count_records("lead_registry") == 1
        assert coach.count_records("users") == 1
        await coach.stop()
        assert files_with(coach.folder / "data", PLANTED) == set()
        assert files_with(coach.folder / "data", (b"Suedwerk",))
