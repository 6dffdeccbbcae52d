"""Methods about the bot itself, its menus, its chats' facts and its files."""

import re
from typing import Any

from sandbox.telegram.files import MOST_DOWNLOADED_BYTES
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad
from sandbox.telegram.world import World

MOST_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
_ABILITIES = dict.fromkeys(
    (
        "can_join_groups",
        "can_read_all_group_messages",
        "supports_inline_queries",
        "can_connect_to_business",
        "has_topics_enabled",
        "allows_users_to_create_topics",
    ),
    False,
)
_NO_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


def get_me(world: World, _given: Parameters) -> Any:
    """Who the bot is."""
    return {**world.bot, **_ABILITIES, "has_main_web_app": world.has_mini_app}


def yes(_world: World, _given: Parameters) -> Any:
    """Agree: logOut and close change nothing here."""
    return True


def set_my_commands(world: World, given: Parameters) -> Any:
    """Set the command menu of a scope and language."""
    commands = given.structure("commands")
    if not isinstance(commands, list):
        raise bad("can't parse commands: expected an Array")
    if len(commands) > MOST_COMMANDS:
        raise bad("too many commands specified")
    checked = [_checked(one) for one in commands]
    world.commands[_scope(given)] = checked
    return _commands_changed(world)


def get_my_commands(world: World, given: Parameters) -> Any:
    """The command menu of a scope and language."""
    return world.commands.get(_scope(given), [])


def delete_my_commands(world: World, given: Parameters) -> Any:
    """Remove the command menu of a scope and language."""
    world.commands.pop(_scope(given), None)
    return _commands_changed(world)


def set_chat_menu_button(world: World, given: Parameters) -> Any:
    """Set the button beside the text field."""
    button = given.structure("menu_button") or {"type": "commands"}
    if button.get("type") not in ("commands", "web_app", "default"):
        raise bad("can't parse menu button: unsupported type specified")
    if button["type"] == "web_app" and not str(button.get("web_app", {}).get("url", "")).startswith("https://"):
        raise bad("menu button Web App URL is invalid: Only HTTPS links are allowed")
    world.menu_button = {"type": "commands"} if button["type"] == "default" else button
    world.keep_settings()
    for chat in world.chats:
        chat.tell({"type": "menu_button", "menu_button": world.menu_button})
    return True


def get_chat_menu_button(world: World, _given: Parameters) -> Any:
    """The button beside the text field."""
    return world.menu_button


def get_chat(world: World, given: Parameters) -> Any:
    """What is known of a chat."""
    chat = world.chat(given)
    pinned = chat.messages.get(chat.pinned or 0)
    facts = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _NO_GIFTS}
    return {**chat.as_chat(), **facts, **({"pinned_message": pinned} if pinned else {})}


def create_forum_topic(world: World, given: Parameters) -> Any:
    """Open a topic: topics are off for this bot, as `getMe` says."""
    world.chat(given)
    raise bad("the chat is not a forum")


def get_file(world: World, given: Parameters) -> Any:
    """Where a file can be fetched."""
    file = world.files.get(given.text("file_id"))
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > MOST_DOWNLOADED_BYTES:
        raise bad("file is too big")
    return {**file.described(), "file_path": file.path}


def _checked(command: Any) -> dict[str, str]:
    if not isinstance(command, dict):
        raise bad("can't parse BotCommand: expected an Object")
    name, description = (
        str(command.get("command") or "").removeprefix("/"),
        str(command.get("description") or ""),
    )
    if not _COMMAND.fullmatch(name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _scope(given: Parameters) -> str:
    scope = (given.structure("scope") or {}).get("type", "default")
    if scope not in (*_SCOPES, *_CHAT_SCOPES):
        raise bad("can't parse BotCommandScope: unsupported type specified")
    return f"{scope}:{given.text('language_code')}"


def _commands_changed(world: World) -> bool:
    world.keep_settings()
    for chat in world.chats:
        chat.tell({"type": "commands", "commands": world.shown_commands()})
    return True


METHODS = {
    "getMe": get_me,
    "logOut": yes,
    "close": yes,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
    "getChat": get_chat,
    "createForumTopic": create_forum_topic,
    "getFile": get_file,
}
