"""The Mini App's files: how they are served, and what the build leaves in them."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from webapp_server.mini_app import BUILT, mini_app_routes

FIRST_LOAD = 60_000
"""Bytes of script, compressed, before the first screen shows."""


@pytest_asyncio.fixture
async def client() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """A browser at the pages as they were built."""
    app = web.Application()
    app.add_routes(mini_app_routes())
    plain = {"Accept-Encoding": "identity"}
    async with TestClient(TestServer(app), auto_decompress=False, headers=plain) as client:
        yield client


async def test_assets_are_kept_for_ever_and_the_page_never(client: TestClient[web.Request, web.Application]) -> None:
    """A name holds its content's hash, so a browser asks for it once; the page that names it is always asked for."""
    for path in ("/app/", "/app/leads/7"):
        page = await client.get(path)
        assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
    for name in re.findall(r"/app/(assets/[\w.-]+)", await page.text()):
        asset = await client.get(f"/app/{name}")
        assert (asset.status, "immutable" in asset.headers["Cache-Control"]) == (200, True)
        assert re.search(r"-[\w-]{8}\.(js|css)$", name)


@pytest.mark.parametrize(("coding", "ending"), [("br", ".br"), ("gzip", ".gz")])
async def test_assets_are_compressed_once_at_the_build(
    client: TestClient[web.Request, web.Application], coding: str, ending: str
) -> None:
    """The client gets the compressed form that it takes."""
    script = _scripts()[0]
    asset = await client.get(f"/app/assets/{script.name}", headers={"Accept-Encoding": coding})
    assert asset.headers["Content-Encoding"] == coding
    assert await asset.read() == script.with_name(script.name + ending).read_bytes()


async def test_an_asset_of_another_build_is_not_there(client: TestClient[web.Request, web.Application]) -> None:
    """It is never answered with the page, and no way leads out of the folder."""
    for name in ("index-00000000.js", "..%2findex.html", "index.html"):
        assert (await client.get(f"/app/assets/{name}", allow_redirects=False)).status == 404


async def test_pages_that_were_not_built_say_what_to_do(tmp_path: Path) -> None:
    """One sentence for who runs it, instead of an empty page."""
    app = web.Application()
    app.add_routes(mini_app_routes(tmp_path))
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/app/")
        assert (answer.status, "make miniapp" in await answer.text()) == (503, True)


def test_the_first_load_is_small() -> None:
    """What the first screen needs fits in 60 KB, compressed; what only admins see comes when they go there."""
    assert sum(len(gzip.compress(path.read_bytes())) for path in _scripts()) < FIRST_LOAD
    assert len(list(BUILT.rglob("*.js"))) > len(_scripts())


def test_the_pages_hold_no_key_and_no_address() -> None:
    """Whoever reads the built files finds neither a token nor where the database lives."""
    built = "".join(path.read_text(encoding="utf-8") for path in sorted(BUILT.rglob("*.js")))
    assert len(built) > 10_000
    assert re.findall(r"eyJ[\w-]{10,}|sk-[\w-]{10,}|\d{6,}:[\w-]{20,}", built) == []
    assert {urlsplit(url).netloc for url in re.findall(r"https?://[\w.-]+", built)} <= {"www.w3.org", "t.me"}


def _scripts() -> list[Path]:
    page = (BUILT / "index.html").read_text(encoding="utf-8")
    return [BUILT / name for name in re.findall(r'(?:src|href)="/app/(assets/[\w.-]+\.js)"', page)]
