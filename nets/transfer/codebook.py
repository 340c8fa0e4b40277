"""The codebook: what every column and every code of an export means, for people (CSV) and for programs (JSON)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from nets.campaign import Campaign
from nets.questionnaire.version import Item, NonResponse, QuestionnaireVersion, Unanswered

UNANSWERED: Final[Mapping[str, str]] = {
    Unanswered.BLANK: "asked, and left out by the learner",
    Unanswered.NOT_ROUTED: "never asked: the questionnaire's branches did not lead there",
}
RESPONSE_COLUMNS: Final[Mapping[str, str]] = {
    "placement": "Id of the placement that the answers are about.",
    "learner_group": "Code of the learner's profession family.",
    "answered_on": "Day of the answers.",
}
CODEBOOK_COLUMNS: Final = (
    "column",
    "kind",
    "wording",
    "options",
    "non_response",
    "scale",
    "scale_kind",
    "reverse",
    "sensitive",
    "adverse",
    "standards",
    "comparable_with",
)


def codebook_rows(version: QuestionnaireVersion) -> Iterator[Sequence[str]]:
    """One row for every column of the responses, in the first language of the version."""
    language = version.languages[0]
    groups = "; ".join(f"{group.code} = {group.label[language]}" for group in version.learner_groups)
    for column, meaning in RESPONSE_COLUMNS.items():
        yield [column, "context", meaning, groups if column == "learner_group" else "", *[""] * 8]
    unanswered = [f"{code} = {meaning}" for code, meaning in UNANSWERED.items()]
    for item in version.closed_items:
        scales = [scale for scale in version.scales if item.code in scale.items]
        codes = [f"{code} = {version.non_response_labels[code][language]}" for code in item.non_response]
        yield [
            item.code,
            item.kind,
            item.text[language],
            "; ".join(f"{option.value} = {option.label[language]}" for option in version.options(item)),
            "; ".join([*codes, *unanswered]),
            "; ".join(scale.code for scale in scales),
            "; ".join(scale.kind for scale in scales),
            "yes" if item.reverse else "no",
            "yes" if item.sensitive else "no",
            "; ".join(map(str, item.adverse)),
            "; ".join(item.standards),
            item.comparable_with or "",
        ]


def codebook_document(campaign: Campaign, version: QuestionnaireVersion, n_responses: int) -> dict[str, Any]:
    """The codebook with every language, and what campaign and questionnaire the data is of."""
    return {
        "campaign": {
            "id": campaign.id,
            "title": campaign.title,
            "opens_on": campaign.opens_on.isoformat(),
            "closes_on": campaign.closes_on.isoformat(),
            "access_mode": campaign.access_mode.value,
            "anonymity_mode": campaign.anonymity_mode.value,
            "n_responses": n_responses,
        },
        "questionnaire": {
            "id": version.id,
            "version": version.version,
            "sha256": version.digest,
            "title": dict(version.title),
            "framework": version.framework,
        },
        "columns": dict(RESPONSE_COLUMNS),
        "learner_groups": {group.code: dict(group.label) for group in version.learner_groups},
        "codes": {
            "non_response": {code.value: dict(label) for code, label in version.non_response_labels.items()},
            "unanswered": {str(code): meaning for code, meaning in UNANSWERED.items()},
        },
        "items": [_item(version, item) for item in version.closed_items],
        "scales": [
            {"code": scale.code, "kind": scale.kind, "title": dict(scale.title), "items": list(scale.items)}
            for scale in version.scales
        ],
    }


def _item(version: QuestionnaireVersion, item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "kind": item.kind,
        "wording": dict(item.text),
        "options": [
            {"value": option.value, "code": option.code, "label": dict(option.label)}
            for option in version.options(item)
        ],
        "non_response": [NonResponse(code).value for code in item.non_response],
        "scales": [scale.code for scale in version.scales if item.code in scale.items],
        "reverse": item.reverse,
        "sensitive": item.sensitive,
        "adverse": list(item.adverse),
        "standards": list(item.standards),
        "comparable_with": item.comparable_with,
    }
