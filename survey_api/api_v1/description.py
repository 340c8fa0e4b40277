"""The OpenAPI document: what FastAPI makes of the routes, every refusal as a problem document, and an example of every answer.

Examples of answers are put together from those of their fields, so that there is one place to keep them true; a test holds each to
its schema, and the fields' own to the demo.
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI

from survey_api.errors import ProblemDetails, problem_responses

_PROBLEM: Final = "application/problem+json"
_JSON: Final = "application/json"

_REFUSALS: Final[Mapping[str, tuple[str, str, str]]] = {
    "400": ("strange-address", "", "the address holds characters that no address here has"),
    "401": ("not-signed-in", "", "sign in, or send a key that opens: Authorization: Bearer nets_..."),
    "403": ("foreign-form", "", "this form did not come from this site"),
    "404": ("not-found", "", "there is no place P9999"),
    "409": ("refused", "", "somebody has confirmed another assessment in between; look at that one first"),
    "413": ("body-too-long", "", "what was sent is longer than 16384 bytes"),
    "422": ("invalid-request", "query: limit", "input should be less than or equal to 1000"),
    "429": ("too-many-requests", "", "too many requests; ask again in 7 seconds"),
    "503": ("store-busy", "", "the service could not do this just now; try again in a moment"),
}
"""Of each status a problem with its place and sentence."""


def described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the application, made once."""
    if app.openapi_schema is None:
        schema = FastAPI.openapi(app)
        schemas = schema["components"]["schemas"]
        problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update({**problem.pop("$defs"), "ProblemDetails": problem})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for path, operations in schema["paths"].items():
            for operation in operations.values():
                operation["responses"] = _answers(path, operation)
                for parameter in operation.get("parameters", ()):
                    parameter["schema"] = _sendable(parameter["schema"])
                for status, answer in operation["responses"].items():
                    _add_example(status, answer.get("content", {}), schemas)
        app.openapi_schema = schema
    return app.openapi_schema


def _answers(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """What an operation may answer: what its route says, and what may happen to all of them."""
    # strange characters are turned away and the database may be out of reach, whatever is asked for
    anywhere = _refusals(400, 503) if path.startswith("/v1") else {}
    known = _refusals(401, 429) if "security" in operation else {}
    found = {**anywhere, **operation["responses"], **known}
    return {**found, **_refusals(422)} if "422" in found else found


def _sendable(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that may be left out is described as what it is when it is sent: nothing in an address is null."""
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {**{name: value for name, value in schema.items() if name != "anyOf"}, **kinds[0]}


def _refusals(*statuses: int) -> dict[str, Any]:
    return {str(status): answer for status, answer in problem_responses(*statuses).items()}


def _add_example(status: str, content: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    if _PROBLEM in content:
        kind, where, what = _REFUSALS[status]
        title = problem_responses(int(status))[int(status)]["description"]
        content[_PROBLEM]["example"] = {
            "type": f"urn:nets:problem:{kind}",
            "title": title,
            "status": int(status),
            "problems": [{"where": where, "what": what}],
        }
    elif _JSON in content and "example" not in content[_JSON]:
        content[_JSON]["example"] = _examples(content[_JSON]["schema"], schemas)[0]


def _examples(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[Any]:
    """Examples of a schema: its own, or those put together from its parts; of alternatives one each."""
    while "$ref" in schema and "examples" not in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    if "examples" in schema:
        return list(schema["examples"])
    for alternatives in ("oneOf", "anyOf"):
        if alternatives in schema:
            return [_examples(one, schemas)[0] for one in schema[alternatives]]
    if schema.get("type") == "array":
        return [_examples(schema["items"], schemas)]
    if schema.get("type") == "boolean":
        return [True]
    if "properties" in schema:
        parts = {name: _examples(part, schemas) for name, part in schema["properties"].items()}
        many = max((len(found) for found in parts.values()), default=0)
        return [{name: found[min(at, len(found) - 1)] for name, found in parts.items()} for at in range(many)]
    return [schema.get("const", schema.get("enum", [{}])[0])]
