"""The fixtures of the API's tests."""

from tests.webapp_server.api_house import client, store

__all__ = ["client", "store"]
