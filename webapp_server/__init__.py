"""The aiohttp application: health and status for operators; the Mini App's server comes later."""

from webapp_server.server import web_server_spec

__all__ = ["web_server_spec"]
