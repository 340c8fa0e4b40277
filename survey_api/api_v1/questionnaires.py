"""Published questionnaires: the list, and each version's bytes exactly as they were published."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from nets.store.questionnaires import get_version, list_versions
from survey_api.api_v1.conditional import NOT_MODIFIED, has_already
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses

router = APIRouter(prefix="/questionnaires", tags=["questionnaires"])


class PublishedVersion(BaseModel):
    """One published version."""

    id: str = Field(examples=["nets"])
    version: str = Field(examples=["2026.1"])
    digest: str = Field(
        description="sha256 of the document's bytes.",
        examples=["7af9671f0b50d063fb03b0cc89a7f7772f9c82a36327089923acd0650ac1d3f6"],
    )
    href: str = Field(description="Where the document is.", examples=["/v1/questionnaires/nets/2026.1"])


class PublishedVersions(BaseModel):
    """Every published version."""

    questionnaires: list[PublishedVersion]


@router.get("", summary="Every published version")
def list_questionnaires(service: ServiceHere) -> PublishedVersions:
    """In the order of id and version."""
    with service.database.read() as connection:
        versions = list_versions(connection)
    return PublishedVersions(
        questionnaires=[
            PublishedVersion(id=name, version=version, digest=digest, href=f"/v1/questionnaires/{name}/{version}")
            for name, version, digest in versions
        ]
    )


@router.get(
    "/{questionnaire_id}/{version}",
    summary="The document of one version, byte for byte",
    response_class=Response,
    responses={
        200: {
            "description": "The published bytes; the ETag is their sha256.",
            "content": {
                "application/json": {
                    "schema": {"type": "object"},
                    "example": {"format": 1, "id": "nets", "version": "2026.1", "languages": ["en"]},
                }
            },
        },
        **NOT_MODIFIED,
        **problem_responses(404),
    },
)
def questionnaire_document(
    service: ServiceHere,
    request: Request,
    questionnaire_id: Annotated[str, Path(openapi_examples={"demo": {"value": "nets"}})],
    version: Annotated[str, Path(openapi_examples={"demo": {"value": "2026.1"}})],
) -> Response:
    """What is published never changes, so it may be kept for ever."""
    with service.database.read() as connection:
        found = get_version(connection, questionnaire_id, version)
    etag = f'"{found.digest}"'
    headers = {"ETag": etag, "Cache-Control": "public, max-age=31536000, immutable"}
    if has_already(request, etag):
        return Response(status_code=304, headers=headers)
    return Response(found.document, media_type="application/json", headers=headers)
