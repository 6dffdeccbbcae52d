"""The operators' pages are open on this machine, or to whoever knows the token, and to nobody else."""

import base64

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from actors.providers.secret import Secret
from webapp_server.operators import OperatorAccess


async def page(_request: web.Request) -> web.Response:
    return web.Response(text="numbers")


async def status_of(access: OperatorAccess, authorization: str | None = None) -> int:
    application = web.Application()
    application.add_routes([web.get("/status", access.guarded(page))])
    headers = {} if authorization is None else {"Authorization": authorization}
    async with TestClient(TestServer(application)) as client:
        return (await client.get("/status", headers=headers)).status


@pytest.mark.parametrize(("local", "status"), [(True, 200), (False, 403)])
async def test_without_a_token_only_this_machine_sees_them(local: bool, status: int) -> None:
    """A server that listens to the world shows nothing until a token is set."""
    assert await status_of(OperatorAccess(None, local=local)) == status


def basic(password: str) -> str:
    return f"Basic {base64.b64encode(f'operator:{password}'.encode()).decode()}"


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("Bearer a-planted-token", 200),
        (basic("a-planted-token"), 200),
        ("Bearer another", 401),
        (basic("another"), 401),
        ("Basic %%%", 401),
        ("Basic /////w==", 401),
        ("Digest a-planted-token", 401),
        ("Bearer ü", 401),
        (None, 401),
    ],
)
async def test_with_a_token_the_token_counts(authorization: str | None, status: int) -> None:
    """As a bearer token or as a browser's password; on this machine too."""
    assert await status_of(OperatorAccess(Secret("a-planted-token"), local=True), authorization) == status
