"""The last runs: how each pipeline went, and where the time of one run was spent."""

from actors.session.state import SessionState
from actors.session.turn import Tap, Turn, World, show
from actors.telegram.rendering import Button, Keyboard
from coaching.team import pipeline_health
from storage import Row

MOST_RUNS = 10
_BAR = 12


def pressed(state: SessionState, tap: Tap, words: tuple[str, ...], world: World) -> Turn | None:
    """Show the last runs, or one of them."""
    match words:
        case ():
            return show(state, tap, _overview(world), (*_runs(world), _back("admin:menu", world)))
        case (trace_id,) if (trace := _trace(trace_id, world)) is not None:
            return show(state, tap, _run(trace, world), (_back("admin:traces", world),))
    return None


def _overview(world: World) -> str:
    lines = [
        world.texts(
            "admin-pipeline",
            name=health.pipeline,
            runs=health.runs,
            failed=health.failed,
            average=_seconds(health.average_ms),
            slowest=_seconds(health.slowest_ms),
        )
        for health in pipeline_health(_traces(world))
    ]
    return "\n".join((world.texts("admin-traces"), "", *(lines or [world.texts("admin-nothing")])))


def _runs(world: World) -> Keyboard:
    return tuple(
        (Button(label=_title(trace), data=f"admin:traces:{trace['trace_id']}"),) for trace in _traces(world)[:MOST_RUNS]
    )


def _run(trace: Row, world: World) -> str:
    rows = world.book.rows("pipeline_spans", team=True).values()
    spans = sorted(
        (one for one in rows if one["trace_id"] == trace["trace_id"]), key=lambda row: str(row["start_time"])
    )
    longest = max((_length(span) for span in spans), default=0.0)
    lines = [_span(span, longest) for span in spans]
    error = [world.texts("admin-trace-error", error=str(trace["error"]))] if trace["error"] else []
    return "\n".join((_title(trace), *error, "", *(lines or [world.texts("admin-nothing")])))


def _span(span: Row, longest: float) -> str:
    bar = "█" * max(1, round(_BAR * _length(span) / longest)) if longest else ""
    mark = "" if span["success"] else " ✗"
    return f"{bar} {_seconds(_length(span))} {span['span_name']}{mark}"


def _title(trace: Row) -> str:
    mark = "✓" if trace["success"] else "✗"
    at = str(trace["start_time"])[5:16].replace("T", " ")
    return f"{mark} {trace['pipeline_name']} {_seconds(_length(trace))}, {at} UTC"


def _traces(world: World) -> list[Row]:
    rows = world.book.rows("pipeline_traces", team=True).values()
    return sorted(rows, key=lambda row: str(row["start_time"]), reverse=True)


def _trace(trace_id: str, world: World) -> Row | None:
    return next((trace for trace in _traces(world) if trace["trace_id"] == trace_id), None)


def _length(row: Row) -> float:
    return float(str(row["duration_ms"] or 0.0))


def _seconds(milliseconds: float | None) -> str:
    return "-" if milliseconds is None else f"{milliseconds / 1000:.1f} s"


def _back(data: str, world: World) -> tuple[Button, ...]:
    return (Button(label=world.texts("button-back"), data=data),)
