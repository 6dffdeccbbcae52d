"""HttpTimes: how long requests took, by route template and class of status; never by path, method alone or caller."""

import time

from aiohttp import web

from runtime import Histogram, Sketch

UNMATCHED = "none"
"""The route of requests that match none."""


class HttpTimes:
    """Bounded by the routes. Event streams are left out: they last as long as a page is open."""

    def __init__(self) -> None:
        self._sketches: dict[tuple[str, str], Sketch] = {}

    def add(self, request: web.Request, response: web.StreamResponse, began: float) -> None:
        """Count a request that began at this reading of `time.monotonic`."""
        if isinstance(response, web.Response | web.FileResponse):
            resource = request.match_info.route.resource
            route = UNMATCHED if resource is None else resource.canonical
            sketch = self._sketches.setdefault((route, f"{response.status // 100}xx"), Sketch())
            sketch.add(time.monotonic() - began)

    def read(self) -> dict[tuple[str, ...], Histogram]:
        """By route and class of status."""
        return {key: sketch.histogram() for key, sketch in sorted(self._sketches.items())}
