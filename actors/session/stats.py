"""/stats: a rep's own numbers, and the ways on from them."""

from actors.session.app_link import open_in_app
from actors.session.book import RowsUnreachable
from actors.session.cards import category
from actors.session.flow import Flow
from actors.session.onboarding import PROVIDER_NAMES, ask_for_setup
from actors.session.pool import find, pool
from actors.session.state import Profile, SessionState
from actors.session.turn import Tap, Turn, World, say
from actors.session.waiting import Idle
from actors.telegram.rendering import Button, Keyboard
from coaching.practice import attempts_of, badges_of, number, progress_of
from coaching.stats import RepStats, rep_stats


def open_(state: SessionState, rest: str, world: World) -> Turn:
    """Show the numbers."""
    if state.profile is None:
        return ask_for_setup(state, world)
    return _shown(state.at(Idle()), state.profile, world)


def pressed(state: SessionState, tap: Tap, world: World) -> Turn | None:
    """Show the numbers without leaving what is under way."""
    if state.profile is None or tap.words != ("show",):
        return None
    return _shown(state, state.profile, world)


def stats_of(profile: Profile, world: World) -> RepStats:
    """The rep's numbers from their rows; without the leads, if storage does not give them."""
    book, drills = world.book, pool(world)
    user = book.rows("users").get(profile.user_id, {})
    attempts = attempts_of(book.rows("attempts").values(), lambda id_: find(world, id_), profile.settings)
    return rep_stats(
        number(user, "total_xp"),
        number(user, "streak_days"),
        profile.settings.local(world.now).date(),
        attempts,
        world.scenarios.learn_tracks,
        progress_of(book.rows("track_progress").values()),
        drills,
        badges_of(book.rows("badges").values()),
        _lead_statuses(world),
    )


def _lead_statuses(world: World) -> list[str]:
    try:
        return [str(row["status"]) for row in world.book.rows("lead_registry").values()]
    except RowsUnreachable:
        return []


def _shown(state: SessionState, profile: Profile, world: World) -> Turn:
    stats = stats_of(profile, world)
    blocks = [_standing(stats, world), _practice(stats, world), _badges(stats, world), _leads(stats, world)]
    blocks.append(world.texts("stats-provider", provider=PROVIDER_NAMES[profile.provider], model=profile.model))
    return Turn(state, calls=say(state, "\n\n".join(block for block in blocks if block), _buttons(stats, world)))


def _standing(stats: RepStats, world: World) -> str:
    texts, here = world.texts, stats.standing
    done = round(10 * here.xp_in_level / here.xp_of_level)
    return "\n".join(
        (
            texts("stats-rank", rank=texts(f"rank-{here.rank}"), level=here.level, xp=here.xp),
            f"{'▰' * done}{'▱' * (10 - done)}",
            texts("stats-to-go", xp=here.xp_of_level - here.xp_in_level, level=here.level + 1),
            texts("stats-streak", days=stats.streak_days),
        )
    )


def _practice(stats: RepStats, world: World) -> str:
    texts = world.texts
    lines = [texts("stats-track", name=one.name, passed=one.passed, levels=one.levels) for one in stats.tracks]
    lines += [
        texts(
            "stats-drills",
            stars="★" * one.difficulty,
            tried=one.tried,
            drills=one.drills,
            average="none" if one.average_best is None else str(one.average_best),
        )
        for one in stats.drills
    ]
    if stats.last_average is not None and stats.best is not None:
        lines.append(texts("stats-average", count=stats.last_answers, average=stats.last_average, best=stats.best))
    if stats.weak:
        lines.append(texts("stats-weak", categories=", ".join(category(name, world) for name in stats.weak[:3])))
    return "\n".join(lines)


def _badges(stats: RepStats, world: World) -> str:
    texts = world.texts
    lines = [texts("stats-badge", badge=texts(f"badge-{badge}"), day=day) for badge, day in stats.badges]
    if stats.badges_open:
        lines.append(texts("stats-next-badge", badge=texts(f"badge-{stats.badges_open[0]}")))
    return "\n".join(lines)


def _leads(stats: RepStats, world: World) -> str:
    if not stats.leads:
        return ""
    told = ", ".join(f"{world.texts(f'status-{status}')} {count}" for status, count in stats.leads)
    return world.texts("stats-leads", count=sum(count for _, count in stats.leads), statuses=told)


def _buttons(stats: RepStats, world: World) -> Keyboard:
    def button(name: str, data: str) -> Button:
        return Button(label=world.texts(name), data=data)

    drill = button("button-next-drill", f"train:next:{stats.recommended}")
    practice = (drill, button("button-to-levels", "learn:list"))
    work = (button("button-my-leads", "leads:page:open:0"), button("button-another", "support:new"))
    return (practice, work, *open_in_app(world, "/profile"))


FLOW = Flow(commands={"stats": open_}, buttons={"stats": pressed})
