"""The Mini App's files: the page at every address under /app/, and its assets, which never change under their names.

`make` builds them (webapp_server/miniapp); a .br or .gz that the build kept beside a file is what clients get that take
it. Source of the headers: RFC 9111, RFC 8246 (immutable).
"""

from pathlib import Path

from aiohttp import web

BUILT = Path(__file__).parent / "miniapp" / "dist"
_INDEX = {"Cache-Control": "no-store"}
_ASSET = {"Cache-Control": "public, max-age=31536000, immutable"}
_UNBUILT = "The Mini App's pages are not built: run `make miniapp`, then start Cornerman again.\n"


def mini_app_routes(built: Path = BUILT) -> list[web.RouteDef]:
    """The routes under /app/; 503 with what to do where the pages were not built, 404 for an asset of another build."""

    async def page(_request: web.Request) -> web.StreamResponse:
        index = built / "index.html"
        if not index.is_file():
            return web.Response(status=503, text=_UNBUILT)
        return web.FileResponse(index, headers=_INDEX)

    async def asset(request: web.Request) -> web.StreamResponse:
        file = built / "assets" / request.match_info["name"]
        if not file.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(file, headers=_ASSET)

    async def entrance(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/app/")

    return [
        web.get("/", entrance),
        web.get("/app", entrance),
        web.get(r"/app/assets/{name:[\w-]+(?:\.[\w-]+)*\.(?:js|css)}", asset),
        web.get("/app/assets/{missing:.*}", _missing),
        web.get("/app/{screen:.*}", page),
    ]


async def _missing(_request: web.Request) -> web.Response:
    raise web.HTTPNotFound
