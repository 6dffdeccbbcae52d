"""One tap puts a text on the rep's clipboard: by a button under it or, where it is too long for one, on the text."""

from actors.session.turn import World
from actors.telegram.messages import TelegramCall
from actors.telegram.rendering import Button, Keyboard, code_block, markdown, send_calls

_COPY_LIMIT = 256  # UTF-16 units that Telegram's copy button takes


def copy_button(text: str, world: World, label: str = "button-copy") -> tuple[Button, ...]:
    """A button that copies the text, or none for a text that is too long or empty."""
    if not text or len(text.encode("utf-16-le")) // 2 > _COPY_LIMIT:
        return ()
    return (Button(label=world.texts(label), copy_text=text),)


def to_copy(chat_id: int, text: str, world: World, keyboard: Keyboard = ()) -> tuple[TelegramCall, ...]:
    """The calls that send a text of a message's own with a copy button first among those under it.

    What is too long for such a button is sent as a block, which Telegram copies with one tap on it.
    """
    copy = copy_button(text, world)
    if copy:
        return send_calls(chat_id, markdown(text), (copy, *keyboard))
    return send_calls(chat_id, code_block(text), keyboard or None)
