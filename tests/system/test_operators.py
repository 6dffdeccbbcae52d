"""An operator at work on the running process: backup and restore, commands from a shell, a provider paused."""

import shutil
from pathlib import Path

from tests.system.coach import Coach
from tests.system.rep import PROSPECT, Rep

LISTED = ("/leads", "/stats", "/memory")


async def answered(rep: Rep, command: str) -> str:
    """What the coach says to a command."""
    before = len(await rep.heard())
    await rep.writes(command)
    await rep.hears_more_than(before)
    return (await rep.heard())[-1]


async def test_after_backup_wipe_and_restore_the_same_is_answered(tmp_path: Path) -> None:
    """The backup is taken while the coach runs; the data directory is lost; what reps ask for is all there again."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await anna.writes(f"/support {PROSPECT}")
        await anna.hears_drafts(1)
        await coach.settled()
        before = [await answered(anna, command) for command in LISTED]
        await coach.settled()
        archive = str(tmp_path / "kept.tar.gz")
        assert (await coach.command("backup", archive))[0] == 0
        assert (await coach.command("restore", archive))[0] == 2  # not under a running process
        await coach.kill()
        shutil.rmtree(tmp_path / "data")
        assert (await coach.command("restore", archive))[0] == 0
        await coach.start()
        assert [await answered(anna, command) for command in LISTED] == before
        assert len(await anna.drafts()) == 1
        await anna.writes(f"/support {PROSPECT.replace('Maria', 'Boris')}")
        await anna.hears_drafts(2)


async def test_a_shell_commands_the_running_process(tmp_path: Path) -> None:
    """List, restart, pause, resume and drain with the token; the rep's work goes on, and the process ends by itself."""
    async with Coach(tmp_path, STATUS_TOKEN="a-planted-operators-token") as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        status, listed = await coach.command("actors")
        assert status == 0
        assert "sessions" in listed
        assert (await coach.command("restart", "sessions", "--yes"))[0] == 0
        assert "minutes" in (await coach.command("pause", "openrouter", "0.05", "--yes"))[1]
        await anna.writes(f"/support {PROSPECT}")
        await anna.hears_drafts(1)
        assert "again" in (await coach.command("resume", "openrouter", "--yes"))[1]
        assert "Nothing was given up." in (await coach.command("dead-letters"))[1]
        assert (await coach.command("restart", "nobody", "--yes"))[1].strip() == "No such actor is up now."
        assert (await coach.command("drain", "--yes"))[0] == 0
        assert await coach.ended() == 0
        log = coach.log.read_text()
        assert "operator_command" in log
        assert "a-planted-operators-token" not in log
