"""The button that opens the Mini App where the chat is."""

from actors.session.app_link import open_in_app
from tests.actors.session.world import world


def test_a_button_leads_to_the_same_place_in_the_app() -> None:
    """The screen follows the address that the operator set."""
    ((button,),) = open_in_app(world(TMA_URL="https://coach.example/app/"), "/leads/7")
    assert button.web_app == "https://coach.example/app/leads/7"


def test_without_an_app_there_is_no_button() -> None:
    """Telegram opens nothing but https, so a machine without a public address has none."""
    assert open_in_app(world(), "/leads/7") == ()
