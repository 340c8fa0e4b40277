"""``nets risk history``: every assessment, traced back to release, rule and evidence."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final

import typer

from nets.access.roles import Role
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.listing import as_csv
from nets.cli.reader import RoleOption, ScopeOption, reader_here
from nets.cli.releases import Output
from nets.reading import place_within
from nets.risk import IMPACTS, LIKELIHOODS, Evidence, NoConcern, RiskSuggestion, Suggestion
from nets.risk.assessment import Assessment, evidence_to_json
from nets.store.assessments import list_assessments
from nets.store.releases import release_digest
from nets.told_risks import told_assessments

_NO_RELEASE: Final = "no release"


def history(
    place_id: Annotated[str, typer.Argument(help="A place of any level, such as P0001 or R2.")],
    role: RoleOption = Role.NATIONAL,
    scope: ScopeOption = "",
    output: Annotated[Output, typer.Option(help="table for people, csv or json for machines.")] = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Trace every assessment back to release, rule and evidence.

    Of a place and of the programmes there, the newest first: the cell and who confirmed it, what was suggested and why, the
    release with its sha256, the rule's version, and what the suggestion was made of: with figures for the national role, in words
    for the others.

    Example: nets risk history P0001

    Example: nets risk history P0001 --role local_office --scope L01
    """
    with open_database(database).read() as connection:
        reader = reader_here(connection, role, scope)
        place_within(connection, reader, place_id)
        found = told_assessments(reader, list_assessments(connection, place_id=place_id))
        digests = {made.release_id: release_digest(connection, made.release_id) for made in found if made.release_id}
    with_figures = reader.is_national
    match output:
        case Output.TABLE:
            typer.echo("\n".join(_table(found, digests, with_figures=with_figures)) or f"{place_id} was never assessed")
        case Output.CSV:
            typer.echo(as_csv(_COLUMNS, (_row(made, digests) for made in found)), nl=False)
        case Output.JSON:
            documents = [_document(made, digests, with_figures=with_figures) for made in found]
            typer.echo(json.dumps(documents, ensure_ascii=False, default=str))


def cell_in_words(cell: RiskSuggestion | Assessment) -> str:
    """``likelihood 3 (Possible) x impact 5 (Significant) = R, high``."""
    return (
        f"likelihood {cell.likelihood} ({LIKELIHOODS[cell.likelihood]}) x impact {cell.impact} ({IMPACTS[cell.impact]}) "
        f"= {cell.colour}, {cell.level}"
    )


def no_cell_in_words(suggestion: Suggestion) -> str:
    """Why there is no cell, where there is none."""
    return "no concern suggested" if isinstance(suggestion, NoConcern) else "insufficient evidence"


def chosen(made: Assessment) -> str:
    """What is to be done."""
    return ", ".join((*made.interventions, *made.supportive)) or "nothing to be done"


def assessment_document(made: Assessment) -> dict[str, object]:
    """What a person decided, for JSON."""
    return {
        "id": made.id,
        "programme": made.programme,
        "likelihood": made.likelihood,
        "impact": made.impact,
        "colour": made.colour,
        "level": made.level,
        "as_suggested": made.is_as_suggested,
        "reason": made.reason,
        "interventions": made.interventions,
        "supportive": made.supportive,
        "robustness": made.robustness,
        "confirmed_by": made.confirmed_by,
        "confirmed_on": made.confirmed_on,
    }


def _table(found: Sequence[Assessment], digests: Mapping[str, str], *, with_figures: bool) -> Iterator[str]:
    newest: set[str] = set()
    for made in found:
        superseded = " (superseded)" if made.programme in newest else ""
        newest.add(made.programme)
        yield f"{made.id} of {made.confirmed_on} by {made.confirmed_by}{superseded}: {cell_in_words(made)}"
        yield f"  chosen: {chosen(made)}"
        if made.reason:
            yield f"  reason: {made.reason}"
        suggested = made.suggestion
        cell = cell_in_words(suggested) if isinstance(suggested, RiskSuggestion) else no_cell_in_words(suggested)
        yield f"  suggested: {cell}"
        yield from (f"    - {reason}" for reason in suggested.reasons)
        if isinstance(suggested, RiskSuggestion):
            yield f"    {suggested.robustness}"
        release = f"release {made.release_id} (sha256 {digests[made.release_id]})" if made.release_id else _NO_RELEASE
        yield f"  made of: {release}, rule {made.rule_version}"
        yield from (f"    {line}" for line in _made_of(made.evidence, with_figures=with_figures))


def _made_of(evidence: Evidence, *, with_figures: bool) -> Iterator[str]:
    if with_figures:
        for scale in evidence.survey.scales:
            before = f", low in {', '.join(scale.low_before)}" if scale.low_before else ""
            figures = f"probability {scale.probability:.2f}, reliability {scale.reliability:.2f}, {scale.n} learners"
            yield f"{scale.title}: {figures}{before}"
            for group in scale.groups:
                yield f"  {group.title}: probability {group.probability:.2f}, reliability {group.reliability:.2f}"
    yield from (f"adverse-environment flag: {flag.title}" for flag in evidence.survey.adverse)
    yield from (f"evidence {piece.id} of {piece.dated_on}: {piece.sentence}" for piece in evidence.external)
    yield from (f"concern {notice.id}" for notice in evidence.concerns)
    yield from (f"assessment {earlier.id} of {earlier.confirmed_on}" for earlier in evidence.earlier)
    if evidence.asked_for:
        yield "asked for by a person"


_COLUMNS: Final = (
    "assessment", "place_id", "programme", "confirmed_on", "confirmed_by", "likelihood", "impact", "colour", "level", "reason",
    "interventions", "supportive", "suggestion", "suggested_likelihood", "suggested_impact", "reasons", "robustness", "release",
    "release_sha256", "rule",
)  # fmt: skip


def _row(made: Assessment, digests: Mapping[str, str]) -> Sequence[object]:
    suggested: Sequence[object] = (no_cell_in_words(made.suggestion), "", "")
    if isinstance(made.suggestion, RiskSuggestion):
        suggested = ("suggested", made.suggestion.likelihood, made.suggestion.impact)
    return (
        made.id, made.place_id, made.programme, made.confirmed_on, made.confirmed_by, made.likelihood, made.impact, made.colour,
        made.level.value, made.reason, "; ".join(made.interventions), "; ".join(made.supportive), *suggested,
        " ".join(made.suggestion.reasons), made.robustness, made.release_id, digests.get(made.release_id, ""), made.rule_version,
    )  # fmt: skip


def _document(made: Assessment, digests: Mapping[str, str], *, with_figures: bool) -> dict[str, object]:
    suggested = made.suggestion
    return {
        **assessment_document(made),
        "suggestion": {
            "cell": [suggested.likelihood, suggested.impact] if isinstance(suggested, RiskSuggestion) else None,
            "reasons": suggested.reasons,
        },
        "release": made.release_id,
        "release_sha256": digests.get(made.release_id, ""),
        "rule": made.rule_version,
        "made_of": json.loads(evidence_to_json(made.evidence))
        if with_figures
        else list(_made_of(made.evidence, with_figures=False)),
    }
