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


async def test_a_session_restarted_in_the_middle_of_an_answer_answers_once(tmp_path: Path) -> None:
    """Found by its pseudonym; it comes back with its state and takes the case up again."""
    async with Coach(tmp_path) as coach:
        await coach.start()
        anna = Rep(coach, 7, "anna")
        await anna.set_up()
        await coach.order_models("latency", first_token_s=[1.0, 1.0])
        await anna.writes(f"/support {PROSPECT}")
        await coach.until_model_calls(1)
        async with coach.http.get(f"http://127.0.0.1:{coach.port}/status/actors?type=Session") as answer:
            (session,) = (await answer.json())["actors"]
        assert (await coach.command("restart", session["id"], "--yes"))[0] == 0
        await anna.hears_drafts(1)
        await coach.settled()
        assert len(await anna.drafts()) == 1
        assert coach.count_records("support_sessions") == 1
        assert "event=virtual_actor_crashed" in coach.log.read_text()
