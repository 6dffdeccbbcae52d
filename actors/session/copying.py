"""Copy buttons: one tap puts a text on the rep's clipboard, where Telegram takes one of that length."""

from actors.session.turn import World
from actors.telegram.rendering import Button

_COPY_LIMIT = 256  # UTF-16 units that Telegram's copy button takes


def copy_button(text: str, world: World, label: str = "button-copy") -> tuple[Button, ...]:
    """A button that copies the text, or none for a text that is too long or empty."""
    if not text or len(text.encode("utf-16-le")) // 2 > _COPY_LIMIT:
        return ()
    return (Button(label=world.texts(label), copy_text=text),)
