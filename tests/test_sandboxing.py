"""What a start without keys puts in the place of each service across the internet."""

from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from actors.providers.messages import Provider
from actors.settings import read_settings
from cornerman.sandboxing import PRACTICE_CALLS_A_DAY, assemble
from tests.servers.ports import free_port


async def test_a_day_of_practice_is_not_soon_over(tmp_path: Path) -> None:
    """The practice key has the free calls of an account with credits, so that nobody runs out while trying it."""
    ports = {f"SANDBOX_{service}_PORT": str(free_port()) for service in ("TELEGRAM", "MODELS", "SPEECH")}
    settings = read_settings({"DATA_DIR": str(tmp_path), **ports}, {})
    async with AsyncExitStack() as stack:
        assembly = await assemble(settings, stack)
        assert assembly.practice == {Provider.OPENROUTER, Provider.ANTHROPIC}
        key = assembly.settings.openrouter_api_key
        assert key is not None
        asked = {"Authorization": f"Bearer {key.reveal()}"}
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{assembly.settings.openrouter_base_url}/key", headers=asked) as answer,
        ):
            told = (await answer.json())["data"]
    assert told["free_model_daily_requests"]["limit"] == PRACTICE_CALLS_A_DAY
