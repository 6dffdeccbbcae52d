"""Every flow of a session, and the doors they open: which word, button, state, job or time belongs to whom."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from actors.session import (
    admin,
    casebook,
    cases,
    comment,
    dashboard,
    general,
    lead_detail,
    leads,
    learn,
    me,
    memory,
    merging,
    model_choice,
    new_drills,
    news,
    onboarding,
    outcome,
    own_data,
    page_admin,
    page_assignments,
    page_casebook,
    page_lead_actions,
    page_leads,
    page_models,
    page_practice,
    page_profile,
    page_scenarios,
    page_settings,
    page_usage,
    plan,
    practice,
    reminders,
    research,
    revise,
    sample,
    settings,
    stats,
    support,
    train,
    usage,
)
from actors.session.flow import Flow

_K = TypeVar("_K")
_V = TypeVar("_V")

FLOWS: tuple[Flow, ...] = (
    onboarding.FLOW,
    sample.FLOW,
    support.FLOW,
    revise.FLOW,
    leads.FLOW,
    lead_detail.FLOW,
    outcome.FLOW,
    merging.FLOW,
    plan.FLOW,
    reminders.FLOW,
    news.FLOW,
    comment.FLOW,
    research.FLOW,
    practice.FLOW,
    learn.FLOW,
    train.FLOW,
    new_drills.FLOW,
    stats.FLOW,
    casebook.FLOW,
    memory.FLOW,
    settings.FLOW,
    model_choice.FLOW,
    own_data.FLOW,
    admin.FLOW,
    me.FLOW,
    cases.FLOW,
    dashboard.FLOW,
    page_leads.FLOW,
    page_lead_actions.FLOW,
    page_practice.FLOW,
    page_profile.FLOW,
    page_admin.FLOW,
    page_assignments.FLOW,
    page_casebook.FLOW,
    page_usage.FLOW,
    page_models.FLOW,
    page_scenarios.FLOW,
    page_settings.FLOW,
    usage.FLOW,
    general.FLOW,
)


def _joined(parts: Iterable[Mapping[_K, _V]]) -> dict[_K, _V]:
    joined: dict[_K, _V] = {}
    for part in parts:
        twice = joined.keys() & part.keys()
        if twice:
            raise ValueError(f"two flows answer the same: {sorted(map(str, twice))}")
        joined |= part
    return joined


COMMANDS = _joined(flow.commands for flow in FLOWS)
BUTTONS = _joined(flow.buttons for flow in FLOWS)
PICTURES = _joined(flow.pictures for flow in FLOWS)
TEXTS = _joined(flow.texts for flow in FLOWS)
JOBS = _joined(flow.jobs for flow in FLOWS)
LINKS = _joined(flow.links for flow in FLOWS)
NUDGES = _joined(flow.nudges for flow in FLOWS)
VIEWS = _joined(flow.views for flow in FLOWS)
ACTIONS = _joined(flow.actions for flow in FLOWS)
