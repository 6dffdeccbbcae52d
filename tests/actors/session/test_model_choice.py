"""Choosing a model: what the provider really offers, within what the key allows."""

import msgspec

from actors.providers.messages import ModelInfo, Provider, SealedKey
from actors.session import model_choice
from actors.session.state import SessionState
from actors.session.turn import ListModelsOf, Tap, Turn
from actors.session.waiting import Idle, SearchingModel
from actors.telegram.parsing import Sender, TextMessage
from tests.actors.session.world import fresh, keyboard, ready, said, world

FREE = ModelInfo(provider=Provider.OPENROUTER, id="good/free-model:free", name="Good Free", free=True)
PAID = ModelInfo(provider=Provider.OPENROUTER, id="good/paid-model", name="Good Paid", input_usd=0.5, output_usd=2.0)
LONG = ModelInfo(provider=Provider.OPENROUTER, id="good/" + "x" * 80, name="Good Long", free=True)
MODELS = (PAID, FREE, LONG)


def own_key() -> SessionState:
    state = ready()
    assert state.profile is not None
    profile = msgspec.structs.replace(state.profile, key=SealedKey(Provider.OPENROUTER, 7, "sealed"))
    return msgspec.structs.replace(state, profile=profile)


def searching(state: SessionState) -> SessionState:
    return state.at(SearchingModel())


def press(*words: str, state: SessionState | None = None) -> Turn | None:
    return model_choice.pressed(state or ready(), Tap(words, 5), world())


def test_the_provider_is_asked() -> None:
    """The tap asks; a text after it asks again for what matches; somebody without a set-up has nothing to choose."""
    asked = press("ask")
    assert asked is not None
    assert asked.commands == (ListModelsOf(""),)
    message = TextMessage(7, Sender(7, "anna", "Anna"), 9, "  gpt \n oss ", 0)
    assert model_choice.search(asked.state, message, world()).commands == (ListModelsOf("gpt oss"),)
    assert press("ask", state=fresh()) is None


def test_the_teams_key_offers_what_is_free() -> None:
    """A paid model is for those who pay for it themselves, and prices are shown."""
    team = model_choice.listed(searching(ready()), "", MODELS, world())
    assert keyboard(team)[:-1] == ["model:use:good/free-model:free"]
    own = model_choice.listed(searching(own_key()), "good", MODELS, world())
    assert keyboard(own)[:-1] == ["model:use:good/free-model:free", "model:use:good/paid-model"]


def test_a_tap_takes_the_model() -> None:
    """It is stored for the provider in use and shown in place."""
    turn = press(
        "use", "good/free-model", "free", state=model_choice.listed(searching(ready()), "", MODELS, world()).state
    )
    assert turn is not None
    assert turn.rows[0].rows[0]["openrouter_model"] == "good/free-model:free"
    assert turn.state.profile is not None
    assert turn.state.profile.model == "good/free-model:free"


def test_only_an_offered_model_is_taken() -> None:
    """An old list's button, or an invented one, takes none: on the team's key a dear model stays out of reach."""
    offered = model_choice.listed(searching(ready()), "", MODELS, world()).state
    assert press("use", "good/paid-model", state=offered) is None
    assert press("use", "good/free-model", "free", state=ready()) is None


def test_nothing_found_and_nobody_there_are_said() -> None:
    """Words that match nothing are asked for again; an unreachable provider leaves the model as it is."""
    none = model_choice.listed(searching(ready()), "xyzzy", MODELS, world())
    assert "xyzzy" in said(none)[0]
    assert none.state.waiting_for == SearchingModel()
    gone = model_choice.listed(searching(ready()), "", None, world())
    assert (said(gone), gone.state.waiting_for) == ([world().texts("model-unreachable")], Idle())


def test_a_rep_who_went_on_is_not_disturbed() -> None:
    """The provider's late answer says nothing to somebody who does something else by now."""
    assert model_choice.listed(ready(), "", MODELS, world()) == Turn(ready())
