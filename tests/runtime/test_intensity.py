"""Restarts are counted as the policy says, whoever fails or leaves when, under every strategy."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from runtime import Actor, ActorSystem, Address, ChildSpec, Strategy, Supervision
from runtime.testing import ManualClock, schedule_by_seed, settle
from tests.runtime.actors import Fail, Leave, echo

NAMES = "abc"
POLICIES = st.builds(
    Supervision, st.sampled_from(list(Strategy)), st.integers(0, 3), period_s=st.sampled_from([1.0, 2.0, 5.0])
)
ENDS = st.tuples(
    st.sampled_from(NAMES), st.sampled_from([Fail(), Leave()]), st.sampled_from([0.0, 0.0, 0.5, 1.0, 2.0, 4.0])
)


class Allowance:
    """The restarts of the present period, and whether one more is allowed."""

    def __init__(self, policy: Supervision) -> None:
        self.policy = policy
        self.restarts: list[float] = []

    def takes(self, now: float) -> bool:
        self.restarts = [at for at in self.restarts if now - at < self.policy.period_s]
        if len(self.restarts) == self.policy.intensity:
            return False
        self.restarts.append(now)
        return True


class Model:
    """A parent of three under the root: who was restarted, and how often the parent gave up."""

    def __init__(self, policy: Supervision) -> None:
        self.policy = policy
        self.parents, self.roots = Allowance(policy), Allowance(Supervision())
        self.restarts = self.escalations = 0
        self.is_given_up = False

    def ends(self, name: str, now: float) -> None:
        """A child ends by itself."""
        if self.is_given_up:
            return
        if self.parents.takes(now):
            rest = len(NAMES) - NAMES.index(name)
            self.restarts += {Strategy.ONE_FOR_ONE: 1, Strategy.REST_FOR_ONE: rest}.get(
                self.policy.strategy, len(NAMES)
            )
        else:
            self.escalations += 1
            self.parents = Allowance(self.policy)
            self.is_given_up = not self.roots.takes(now)


def check(system: ActorSystem, model: Model) -> None:
    """The system has counted what the model has, and everyone is up or, once the parent is given up, gone."""
    snapshot, cells = system.snapshot(), system.cells()
    restarts = sum(stats.restarts for stats in snapshot.types if stats.type == "Echo")
    assert (restarts, snapshot.escalations) == (model.restarts, model.escalations)
    assert [cell.state for cell in cells] == ([] if model.is_given_up else ["idle"] * 4)
    assert [cell.restarts_lately for cell in cells[:1]] == [len(model.parents.restarts) for _ in cells[:1]]


@settings(max_examples=100)
@given(st.lists(ENDS, max_size=25), POLICIES, st.integers(0, 2**32))
def test_restarts_are_counted_within_their_period(
    ends: list[tuple[str, Fail | Leave, float]], policy: Supervision, seed: int
) -> None:
    """As many as `intensity` within `period_s` are allowed; one more escalates once, and the count begins anew."""

    async def run() -> None:
        clock, members = ManualClock(), dict[str, Address]()
        system = ActorSystem(clock=clock)
        schedule_by_seed(system, seed)

        class Parent(Actor):
            supervision = policy

            async def started(self) -> None:
                members.update({name: self.spawn(echo(name)) for name in NAMES})

        await system.start(ChildSpec("parent", Parent))
        model = Model(policy)
        for name, message, pause_s in ends:
            system.send(members[name], message)
            await settle()
            model.ends(name, clock.now())
            check(system, model)
            await clock.advance(pause_s)
        assert system._root.given_up.done() == model.is_given_up
        await system.shutdown()

    asyncio.run(run())
