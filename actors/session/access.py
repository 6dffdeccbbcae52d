"""Who may use the coach: people on the lists or invited by an admin, and everybody who once was, until revoked."""

from actors.session.state import SessionState
from actors.session.turn import World

ADMIN_COMMANDS = frozenset({"admin"})
"""The commands that stand in the menus of admins alone."""


def refusal(state: SessionState, world: World) -> str | None:
    """What to tell someone who may not use the coach, or None for one who may.

    A username is only the invitation: a rep who is set up is known by their Telegram id and may change it.
    """
    if state.revoked:
        return world.texts("refused-revoked")
    username = state.rep.username
    if state.profile is not None or world.settings.admits(username):
        return None
    if username is None:
        return world.texts("refused-no-username")
    return None if _invited(username, world) else world.texts("refused", username=username)


def is_admin(state: SessionState, world: World) -> bool:
    """Whether the rep administers the team, by the list of usernames in the settings."""
    username = state.rep.username
    return username is not None and username.lower() in world.settings.admin_usernames


def _invited(username: str, world: World) -> bool:
    invitations = world.book.rows("invitations", team=True).values()
    return username.lower() in {str(row["username"]) for row in invitations}
