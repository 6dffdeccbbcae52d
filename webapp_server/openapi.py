"""The OpenAPI 3.1 document of the Mini App's API, made from the types that are really sent."""

import re
import sys
from typing import Any

import msgspec

from actors.session.flows import ACTIONS, VIEWS
from actors.session.page import NoBody
from webapp_server.answers import Error
from webapp_server.api import Session

_PARAMETER = re.compile(r"\{(\w+)\}")
_REFUSALS = {
    "400": "The request cannot be read.",
    "401": "The token is not valid, or over.",
    "403": "This person may not use the coach.",
    "404": "That is not there, or no longer.",
    "409": "That cannot be done; the sentence says what to do instead.",
    "413": "The body is too large.",
    "429": "Too many requests; Retry-After says when to come again.",
    "503": "The coach or its records cannot be reached.",
}


def openapi_document() -> dict[str, Any]:
    """The whole document, as JSON values."""
    bodies = [action.body for action in ACTIONS.values() if action.body is not NoBody]
    types: list[type] = [Error, Session, *(view.answer for view in VIEWS.values()), *bodies]
    unique: list[type] = list(dict.fromkeys(types))
    schemas, components = msgspec.json.schema_components(unique, ref_template="#/components/schemas/{name}")
    by_type: dict[type, Any] = dict(zip(unique, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {
        "/api/auth": {"post": _operation("auth", by_type[Session], by_type, security=[{"initData": []}])}
    }
    for path, view in VIEWS.items():
        parameters = [*_in_path(path), *({"name": name, "in": "query", "schema": _TEXT} for name in view.query)]
        operation = _operation(f"get/{path}", by_type[view.answer], by_type, parameters=parameters)
        paths.setdefault(f"/api/{path}", {})["get"] = operation
    for path, action in ACTIONS.items():
        operation = _operation(
            f"post/{path}", by_type[VIEWS[action.then].answer], by_type, parameters=[*_in_path(path), _ID]
        )
        if action.body is not NoBody:
            operation["requestBody"] = {"required": True, "content": _json(by_type[action.body])}
        paths.setdefault(f"/api/{path}", {})["post"] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cornerman Mini App", "version": "1"},
        "paths": paths,
        "security": [{"token": []}],
        "components": {"schemas": components, "securitySchemes": _SCHEMES},
    }


_TEXT = {"type": "string"}
_ID = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 64}}
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "initData": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "tma <initData>"},
}


def _in_path(path: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in _PARAMETER.findall(path)]


def _json(schema: object) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _operation(name: str, answer: object, by_type: dict[type, Any], **more: Any) -> dict[str, Any]:
    refusals = {status: {"description": text, "content": _json(by_type[Error])} for status, text in _REFUSALS.items()}
    return {
        "operationId": re.sub(r"\W+", "_", name).strip("_"),
        "responses": {"200": {"description": "Done.", "content": _json(answer)}, **refusals},
        **more,
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(openapi_document()), indent=1) + b"\n")
