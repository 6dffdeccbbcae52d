"""Who may use the coach: invited by a username, known by a Telegram id ever after, until an admin revokes it."""

import msgspec

from actors.session.access import is_admin, refusal
from actors.session.state import Rep
from tests.actors.session.world import book, fresh, ready, world

NOBODY_INVITED = book(team_invitations=())
INVITED = book(team_invitations=({"id": "i1", "username": "anna"},))


def test_those_on_the_list_may() -> None:
    """Names compare without case; the list needs no storage."""
    assert refusal(fresh(), world(ALLOWED_USERNAMES="@Anna")) is None


def test_those_invited_from_the_chat_may() -> None:
    """An admin's invitation is as good as the list."""
    here = world(INVITED, ALLOWED_USERNAMES="bob")
    assert refusal(fresh(), here) is None


def test_strangers_are_told_what_to_do() -> None:
    """One sentence names the username to be added; without a username it says to choose one."""
    here = world(NOBODY_INVITED, ALLOWED_USERNAMES="bob")
    assert "@anna" in str(refusal(fresh(), here))
    nameless = msgspec.structs.replace(fresh(), rep=Rep(7, None, "Anna"))
    assert refusal(nameless, here) == here.texts("refused-no-username")


def test_a_rep_who_changed_the_username_stays() -> None:
    """Who is set up is known by the Telegram id."""
    renamed = msgspec.structs.replace(ready(), rep=Rep(7, "another", "Anna"))
    assert refusal(renamed, world(NOBODY_INVITED, ALLOWED_USERNAMES="anna")) is None


def test_a_revoked_rep_is_out_whatever_the_lists_say() -> None:
    """Revoking wins over the list and over a finished set-up."""
    revoked = msgspec.structs.replace(ready(), revoked=True)
    here = world(INVITED, ALLOWED_USERNAMES="anna")
    assert refusal(revoked, here) == here.texts("refused-revoked")


def test_admins_are_those_on_their_list() -> None:
    """Without a username nobody is an admin."""
    here = world(ADMIN_USERNAMES="Anna")
    assert is_admin(ready(), here)
    assert not is_admin(msgspec.structs.replace(ready(), rep=Rep(7, None, "Anna")), here)
