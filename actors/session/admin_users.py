"""The people of the team: who is in, who is invited, letting in and shutting out.

Shutting out is a letter to that rep's session, which owns the rep's state and row; an invitation is a row of its own.
"""

import re
from uuid import UUID, uuid5

import msgspec

from actors.providers.messages import RowWrite
from actors.session.messages import Letter
from actors.session.state import SessionState
from actors.session.turn import Tap, Turn, World, say, show
from actors.session.waiting import Idle, InvitingUser
from actors.telegram.parsing import TextMessage
from actors.telegram.rendering import Button, Keyboard
from storage import Row, to_text

PAGE = 8
_INVITATIONS = UUID("2f8f3f5e-6a8e-5b6b-9f57-0d3b1f6f7a55")
_ACCESS = {"revoke": "revoked", "restore": "granted"}
_USERNAME = re.compile(r"@?([A-Za-z][A-Za-z0-9_]{4,31})")


def pressed(state: SessionState, tap: Tap, words: tuple[str, ...], world: World) -> Turn | None:
    """Page through the people, let somebody in or out, or ask whom to invite."""
    match words:
        case ():
            return _list(state, tap, 0, world)
        case ("page", page) if page.isdecimal():
            return _list(state, tap, int(page), world)
        case ("invite",):
            return Turn(state.at(InvitingUser()), calls=say(state, world.texts("admin-invite-ask")))
        case (("revoke" | "restore") as kind, rep) if _is_other(state, rep, world):
            return _decide(state, tap, kind, int(rep), world)
        case ("uninvite", invitation) if invitation in world.book.rows("invitations", team=True):
            turn = show(state, tap, world.texts("admin-uninvited"), _back(world))
            gone = RowWrite(table="invitations", action="delete", where={"id": invitation})
            return msgspec.structs.replace(turn, rows=(gone,))
    return None


def take_invitation(state: SessionState, message: TextMessage, world: World) -> Turn:
    """Invite the person whose username was written."""
    found = _USERNAME.fullmatch(message.text.strip())
    if found is None:
        return Turn(state, calls=say(state, world.texts("admin-invite-shape")))
    username = found[1].lower()
    row: Row = {
        "id": str(uuid5(_INVITATIONS, username)),
        "username": username,
        "invited_by": state.rep.telegram_id,
        "created_at": to_text(world.now),
    }
    invited = RowWrite(table="invitations", action="insert", rows=(row,))
    said = say(state, world.texts("admin-invited", username=username), _back(world))
    return Turn(state.at(Idle()), calls=said, rows=(invited,))


def revoked(state: SessionState, subject: str, world: World) -> Turn:
    """Shut this rep out: nothing they send is worked on until an admin lets them in again."""
    out = msgspec.structs.replace(state, revoked=True, waiting_for=Idle())
    return Turn(out, calls=say(state, world.texts("refused-revoked")), rows=_access(state, "revoke"))


def restored(state: SessionState, subject: str, world: World) -> Turn:
    """Let this rep in again."""
    back = msgspec.structs.replace(state, revoked=False)
    return Turn(back, calls=say(state, world.texts("access-restored")), rows=_access(state, "restore"))


def _access(state: SessionState, kind: str) -> tuple[RowWrite, ...]:
    if state.profile is None:
        return ()
    values: dict[str, object] = {"access": _ACCESS[kind]}
    return (RowWrite(table="users", action="update", values=values, where={"id": state.profile.user_id}),)


def _is_other(state: SessionState, rep: str, world: World) -> bool:
    return (
        rep.isdecimal()
        and int(rep) != state.rep.telegram_id
        and any(row["telegram_id"] == int(rep) for row in world.book.rows("users", team=True).values())
    )


def _decide(state: SessionState, tap: Tap, kind: str, rep: int, world: World) -> Turn:
    turn = show(state, tap, world.texts(f"admin-{kind}d", name=_name_of(rep, world)), _back(world))
    values: dict[str, object] = {"access": _ACCESS[kind]}
    foreseen = RowWrite(table="users", action="update", values=values, where={"telegram_id": rep})
    return msgspec.structs.replace(turn, letters=(Letter(rep, kind, ""),), foreseen=(foreseen,))


def _list(state: SessionState, tap: Tap, page: int, world: World) -> Turn:
    users = sorted(world.book.rows("users", team=True).values(), key=lambda row: str(row["created_at"]))
    known = {str(user["username"]).lower() for user in users}
    invited = [row for row in world.book.rows("invitations", team=True).values() if str(row["username"]) not in known]
    entries = [*(_user(user, state, world) for user in users), *(_invitation(row, world) for row in invited)]
    pages = max(1, -(-len(entries) // PAGE))
    page = min(page, pages - 1)
    here = entries[page * PAGE : (page + 1) * PAGE]
    text = "\n".join((world.texts("admin-users", page=page + 1, pages=pages), "", *(line for line, _ in here)))
    buttons = tuple(row for _, row in here if row)
    return show(state, tap, text, (*buttons, *_steps(page, pages, world), *_back(world)))


def _user(user: Row, state: SessionState, world: World) -> tuple[str, tuple[Button, ...]]:
    name, out = _name(user), user["access"] == "revoked"
    text = "admin-user-out" if out else "admin-user"
    line = world.texts(text, name=name, xp=int(str(user["total_xp"])), seen=str(user["last_active_at"] or "-")[:10])
    if user["telegram_id"] == state.rep.telegram_id:
        return line, ()
    label, kind = ("button-admin-restore", "restore") if out else ("button-admin-revoke", "revoke")
    return line, (Button(label=world.texts(label, name=name), data=f"admin:users:{kind}:{user['telegram_id']}"),)


def _invitation(row: Row, world: World) -> tuple[str, tuple[Button, ...]]:
    name = f"@{row['username']}"
    button = Button(label=world.texts("button-admin-uninvite", name=name), data=f"admin:users:uninvite:{row['id']}")
    return world.texts("admin-user-invited", name=name), (button,)


def _steps(page: int, pages: int, world: World) -> Keyboard:
    back = (Button(label=world.texts("button-earlier"), data=f"admin:users:page:{page - 1}"),) if page else ()
    on = (Button(label=world.texts("button-later"), data=f"admin:users:page:{page + 1}"),) if page + 1 < pages else ()
    return ((*back, *on),) if back or on else ()


def _back(world: World) -> Keyboard:
    invite = Button(label=world.texts("button-admin-invite"), data="admin:users:invite")
    return ((invite, Button(label=world.texts("button-back"), data="admin:menu")),)


def _name_of(rep: int, world: World) -> str:
    users = world.book.rows("users", team=True).values()
    return next((_name(user) for user in users if user["telegram_id"] == rep), str(rep))


def _name(user: Row) -> str:
    return f"@{user['username']}" if user.get("username") else str(user["first_name"])
