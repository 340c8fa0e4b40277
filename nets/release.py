"""A release: the scores of a campaign, frozen. Pages, API, exports and the command line read releases, never live answers.

It is built from responses, questionnaire version and rule version alone, so the same three give the same bytes again, and
it holds only what ``disclosure.py`` lets through. Records turn into canonical JSON and back here, in one place.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter
from scipy.special import ndtri

from nets.campaign import Campaign
from nets.disclosure import Shown, ShownBenchmark, ShownScore, SuppressedScore, show_benchmark, show_score, show_total
from nets.placement import ScaleResult, low_placements, score_placements
from nets.questionnaire.version import QuestionnaireVersion, Scale
from nets.risk import AdverseFlag, Evidence, RiskRule, ScaleEvidence, Suggestion, suggest_risk
from nets.scoring import ScaleAnswers, adverse_reports, score_scales


@dataclass(frozen=True, slots=True, eq=False)
class CampaignAnswers:
    """The responses of a campaign as arrays, one entry a response: placement id, learner group and row of answer bytes."""

    placement_ids: NDArray[np.object_]
    learner_groups: NDArray[np.object_]
    matrix: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PlacementRecord:
    """One placement in a release: a score or a marker for every scale, and the suggested risk."""

    placement_id: str
    scores: Mapping[str, Shown]
    risk: Suggestion


@dataclass(frozen=True, slots=True)
class ReleaseHeader:
    """What a release was made of. ``n_responses`` is to the ten; ``scales`` maps codes to titles in the first language."""

    id: str
    campaign_id: str
    campaign_title: str
    number: int
    questionnaire_id: str
    questionnaire_version: str
    rule_version: str
    released_on: date
    access_mode: str
    n_responses: int
    scales: Mapping[str, str]
    benchmarks: Mapping[str, ShownBenchmark | SuppressedScore]


@dataclass(frozen=True, slots=True)
class Release:
    """Header and placements, as records and as the bytes that are kept."""

    header: ReleaseHeader
    placements: Mapping[str, PlacementRecord]

    @property
    def digest(self) -> str:
        """sha256 over the bytes of header and placements, in the order of placement ids."""
        digest = hashlib.sha256(header_to_json(self.header))
        for placement_id in sorted(self.placements):
            digest.update(b"\n" + record_to_json(self.placements[placement_id]))
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class EarlierCampaign:
    """What an earlier release said: scales that were low, by placement; placements without a shown score are not in it."""

    title: str
    low_scales: Mapping[str, frozenset[str]]


_HEADER: Final = TypeAdapter(ReleaseHeader)
_RECORD: Final = TypeAdapter(PlacementRecord)


def header_to_json(header: ReleaseHeader) -> bytes:
    """Canonical bytes of a header."""
    return _HEADER.dump_json(header)


def header_from_json(document: bytes | str) -> ReleaseHeader:
    """The header behind its bytes."""
    return _HEADER.validate_json(document)


def record_to_json(record: PlacementRecord) -> bytes:
    """Canonical bytes of one placement's record."""
    return _RECORD.dump_json(record)


def record_from_json(document: bytes | str) -> PlacementRecord:
    """The record behind its bytes."""
    return _RECORD.validate_json(document)


def build_release(
    campaign: Campaign,
    version: QuestionnaireVersion,
    answers: CampaignAnswers,
    rule: RiskRule,
    *,
    number: int,
    released_on: date,
    earlier: Sequence[EarlierCampaign] = (),
    progress: Callable[[str], None] = lambda step: None,
) -> Release:
    """Score every scale and placement, decide what may be shown, suggest a risk for each placement."""
    language = version.languages[0]
    scored = score_scales(version, answers.matrix)
    results: dict[str, ScaleResult | None] = {}
    groups_below: dict[tuple[str, str], list[str]] = {}
    flags: dict[str, list[AdverseFlag]] = {}
    for code, scale_answers in scored.items():
        progress(f"scoring {version.scale[code].title[language]}")
        results[code] = score_placements(scale_answers, answers.placement_ids)
        for group in version.learner_groups:
            for placement_id in _low_in_group(scale_answers, answers, group.code, campaign, rule):
                groups_below.setdefault((code, placement_id), []).append(group.label[language])
        if version.scale[code].kind == "safety":
            title = version.scale[code].title[language]
            for placement_id in _adverse_placements(version, version.scale[code], answers, campaign, rule):
                flags.setdefault(placement_id, []).append(AdverseFlag(code, title))

    progress("suggesting risks")
    placements = {}
    for placement_id in sorted(set(answers.placement_ids.tolist())):
        scores = {
            code: show_score(
                result.placements.get(placement_id) if result else None,
                campaign,
                sensitive=version.scale[code].kind == "safety",
            )
            for code, result in results.items()
        }
        evidence = Evidence(
            scales=tuple(
                ScaleEvidence(
                    scale=code,
                    title=version.scale[code].title[language],
                    probability=score.probability_low,
                    reliability=score.reliability,
                    n=score.n,
                    groups_below=tuple(groups_below.get((code, placement_id), ())),
                    low_before=tuple(past.title for past in earlier if code in past.low_scales.get(placement_id, ())),
                )
                for code, score in scores.items()
                if isinstance(score, ShownScore)
            ),
            adverse=tuple(flags.get(placement_id, ())),
            first_campaign=not any(placement_id in past.low_scales for past in earlier),
        )
        placements[placement_id] = PlacementRecord(placement_id, scores, suggest_risk(evidence, rule))

    header = ReleaseHeader(
        id=f"{campaign.id}-r{number}",
        campaign_id=campaign.id,
        campaign_title=campaign.title,
        number=number,
        questionnaire_id=version.id,
        questionnaire_version=version.version,
        rule_version=rule.version,
        released_on=released_on,
        access_mode=campaign.access_mode,
        n_responses=show_total(len(answers.matrix)),
        scales={scale.code: scale.title[language] for scale in version.scales},
        benchmarks={
            code: show_benchmark(result.benchmark if result else None, campaign) for code, result in results.items()
        },
    )
    return Release(header, placements)


def earlier_campaign(header: ReleaseHeader, records: Sequence[PlacementRecord], rule: RiskRule) -> EarlierCampaign:
    """What a later campaign needs to know of this release."""
    low = {}
    for record in records:
        shown = {code: score for code, score in record.scores.items() if isinstance(score, ShownScore)}
        if shown:
            low[record.placement_id] = frozenset(
                code
                for code, score in shown.items()
                if score.reliability >= rule.least_reliability and score.probability_low >= rule.gate
            )
    return EarlierCampaign(header.campaign_title, low)


def _low_in_group(
    scale_answers: ScaleAnswers, answers: CampaignAnswers, group: str, campaign: Campaign, rule: RiskRule
) -> tuple[str, ...]:
    """Placements where this learner group alone, if enough of it answered, lies well below the group's own benchmark."""
    rows = answers.learner_groups == group
    return low_placements(
        scale_answers.of(rows), answers.placement_ids[rows], least=campaign.breakdown_floor, probability=rule.gate
    )


def _adverse_placements(
    version: QuestionnaireVersion, scale: Scale, answers: CampaignAnswers, campaign: Campaign, rule: RiskRule
) -> list[str]:
    """Placements whose share of adverse reports lies above the campaign's.

    There must be at least two reports (a setting), and the lower end of the share's interval (Wilson 1927, JASA 22, 209-212; at
    99 %, because hundreds of placements are looked at at once) must lie above the share of all learners.
    """
    answered, reported = adverse_reports(version, scale, answers.matrix)
    if not answered.any():
        return []
    everywhere = float(reported.sum() / answered.sum())
    n_answered = Counter(answers.placement_ids[answered].tolist())
    n_reported = Counter(answers.placement_ids[reported].tolist())
    return [
        placement_id
        for placement_id, count in n_reported.items()
        if count >= rule.adverse_least_reports
        and n_answered[placement_id] >= campaign.place_floor
        and wilson_lower(count, n_answered[placement_id], rule.adverse_level) > everywhere
    ]


def wilson_lower(count: int, n: int, level: float) -> float:
    """Lower end of Wilson's score interval of a share."""
    z = float(ndtri(0.5 + level / 2))
    share = count / n
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n * n))
    return (share + z**2 / (2 * n) - half) / (1 + z**2 / n)
