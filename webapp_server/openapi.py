"""The OpenAPI 3.1 document of the Mini App's API, made from the types that are really sent."""

import re
import sys
from typing import Any

import msgspec

from actors.session.flows import ACTIONS, VIEWS
from actors.session.page import KeptFile, NoBody, Uploaded
from webapp_server.answers import Error
from webapp_server.api import Session
from webapp_server.uploading import KINDS

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
    bodies = [action.body for action in ACTIONS.values() if action.body not in (NoBody, Uploaded)]
    types: list[type] = [Error, Session, *(view.answer for view in VIEWS.values()), *bodies]
    unique: list[type] = list(dict.fromkeys(types))
    schemas, components = msgspec.json.schema_components(unique, ref_template="#/components/schemas/{name}")
    by_type: dict[type, Any] = dict(zip(unique, schemas, strict=True))
    paths = _doors(by_type)
    for path, view in VIEWS.items():
        parameters = [*_in_path(path), *({"name": name, "in": "query", "schema": _TEXT} for name in view.query)]
        operation = _operation(f"get/{path}", by_type[view.answer], by_type, parameters=parameters)
        if view.answer is KeptFile:
            operation["responses"]["200"]["content"] = {key: {} for key in KINDS["picture"].media_types}
        paths.setdefault(f"/api/{path}", {})["get"] = operation
    for path, action in ACTIONS.items():
        words = [_WORDS] if action.upload else []
        operation = _operation(
            f"post/{path}", by_type[VIEWS[action.then].answer], by_type, parameters=[*_in_path(path), _ID, *words]
        )
        if action.upload is not None:
            kinds = ", ".join(KINDS[action.upload].media_types)
            told = f"The file itself, of any of {kinds}: its bytes decide, not its name."
            operation["requestBody"] = {"required": True, "description": told, "content": _BYTES}
            operation["responses"] |= _refused(_UPLOAD_REFUSALS, by_type)
        elif action.body is not NoBody:
            operation["requestBody"] = {"required": True, "content": _json(by_type[action.body])}
        paths.setdefault(f"/api/{path}", {})["post"] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cornerman Mini App", "version": "1"},
        "paths": paths,
        "security": [{"token": []}],
        "components": {"schemas": components, "securitySchemes": _SCHEMES},
    }


def _doors(by_type: dict[type, Any]) -> dict[str, dict[str, Any]]:
    """Coming in, staying in, and hearing what changed."""
    signed: list[dict[str, list[str]]] = [{"initData": []}]
    events = _operation("events", {}, by_type)
    events["responses"]["200"] = {"description": "What changed, until the token is nearly over.", "content": _EVENTS}
    return {
        "/api/auth": {"post": _operation("auth", by_type[Session], by_type, security=signed)},
        "/api/auth/renew": {
            "post": _operation("auth/renew", by_type[Session], by_type, security=signed, parameters=[_TOKEN])
        },
        "/api/events": {"get": events},
    }


_UPLOAD_REFUSALS = {
    "408": "The file did not arrive in time.",
    "415": "The file is of no kind that is taken here.",
}
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_EVENTS = {"text/event-stream": {"schema": {"type": "string"}}}
_TOKEN = {"name": "X-Access-Token", "in": "header", "schema": {"type": "string"}}
_WORDS = {"name": "text", "in": "query", "schema": {"type": "string"}}
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


def _refused(refusals: dict[str, str], by_type: dict[type, Any]) -> dict[str, Any]:
    return {status: {"description": text, "content": _json(by_type[Error])} for status, text in refusals.items()}


def _operation(name: str, answer: object, by_type: dict[type, Any], **more: Any) -> dict[str, Any]:
    refusals = _refused(_REFUSALS, by_type)
    return {
        "operationId": re.sub(r"\W+", "_", name).strip("_"),
        "responses": {"200": {"description": "Done.", "content": _json(answer)}, **refusals},
        **more,
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(openapi_document()), indent=1) + b"\n")
