"""How a client opens the bot's Mini App: an address whose fragment carries signed launch parameters.

Source: core.telegram.org/bots/webapps, "Validating data received via the Mini App"; docs.telegram-mini-apps.com,
"Launch parameters". The Ed25519 `signature` has the right form only: Telegram's private key is Telegram's.
"""

import hashlib
import hmac
import json
import secrets
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from sandbox.telegram.world import World

VERSION = "9.1"
THEMES: dict[str, dict[str, str]] = {
    "light": {
        "accent_text_color": "#168acd",
        "bg_color": "#ffffff",
        "bottom_bar_bg_color": "#ffffff",
        "button_color": "#40a7e3",
        "button_text_color": "#ffffff",
        "destructive_text_color": "#d14e4e",
        "header_bg_color": "#ffffff",
        "hint_color": "#999999",
        "link_color": "#168acd",
        "secondary_bg_color": "#f1f1f1",
        "section_bg_color": "#ffffff",
        "section_header_text_color": "#168acd",
        "section_separator_color": "#e7e7e7",
        "subtitle_text_color": "#999999",
        "text_color": "#000000",
    },
    "dark": {
        "accent_text_color": "#6ab2f2",
        "bg_color": "#17212b",
        "bottom_bar_bg_color": "#17212b",
        "button_color": "#5288c1",
        "button_text_color": "#ffffff",
        "destructive_text_color": "#ec3942",
        "header_bg_color": "#17212b",
        "hint_color": "#708499",
        "link_color": "#6ab3f3",
        "secondary_bg_color": "#232e3c",
        "section_bg_color": "#17212b",
        "section_header_text_color": "#6ab3f3",
        "section_separator_color": "#111921",
        "subtitle_text_color": "#708499",
        "text_color": "#f5f5f5",
    },
}
"""The colours that Telegram's desktop client sends."""


class MiniApp:
    """The page that the bot's owner registered, and how users come to it."""

    def __init__(self, world: World, token: str, url: str | None) -> None:
        self._world = world
        self._key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
        self._url = url

    def routes(self) -> list[web.RouteDef]:
        """The routes under `/sim`."""
        return [web.post("/sim/users/{id}/open_app", self._open)]

    async def _open(self, request: web.Request) -> web.Response:
        given = await request.json()
        if self._url is None:
            return web.json_response({"error": "this bot has no Mini App"}, status=404)
        theme = str(given.get("theme") or "light")
        if theme not in THEMES:
            return web.json_response({"error": "theme is light or dark"}, status=400)
        user = self._world.chats.of_user(int(request.match_info["id"]), given).user
        launch = {
            "tgWebAppData": self._init_data(user, str(given.get("start_param") or "")),
            "tgWebAppVersion": str(given.get("version") or VERSION),
            "tgWebAppPlatform": str(given.get("platform") or "weba"),
            "tgWebAppThemeParams": json.dumps(THEMES[theme], separators=(",", ":")),
        }
        return web.json_response({"url": f"{self._url}#{urlencode(launch, quote_via=quote)}", "themes": THEMES})

    def _init_data(self, user: dict[str, Any], start_param: str) -> str:
        shown = {name: value for name, value in user.items() if name != "is_bot"}
        fields = {
            "auth_date": str(int(self._world.clock.now())),
            "query_id": secrets.token_urlsafe(18),
            "signature": secrets.token_urlsafe(64),
            "user": json.dumps(shown | {"allows_write_to_pm": True}, ensure_ascii=False, separators=(",", ":")),
        }
        if start_param:
            fields["start_param"] = start_param
        checked = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
        signed = hmac.new(self._key, checked.encode(), hashlib.sha256).hexdigest()
        return urlencode(fields | {"hash": signed}, quote_via=quote)
