"""The way from the chat to the same place in the Mini App, where there is one."""

from actors.session.turn import World
from actors.telegram.rendering import Button, Keyboard


def open_in_app(world: World, screen: str = "/") -> Keyboard:
    """A row with the button that opens a screen such as "/leads"; no row without TMA_URL."""
    url = world.settings.mini_app_url
    return ((Button(label=world.texts("button-open-in-app"), web_app=f"{url}{screen}"),),) if url else ()
