"""Whether the items mean the same to every group of learners."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from ...invariance import InvarianceStep, MeasurementInvariance, StepDifference, measurement_invariance
from ...not_estimated import NotEstimated
from ..grouping import ComparedGroups, Grouping, compared_groups
from ..prose import in_words, listed, number
from ..section import (
    Cell,
    Findings,
    Outcome,
    Part,
    ReportProse,
    ReportTable,
    Verdict,
    not_computed,
    threshold,
)
from ..structures import factors_of
from ..study import Study, sorry
from .item_functioning import describe_item_functioning

LEAST_IN_GROUP = 100
"""Below it tests of invariance find little (Meade & Bauer 2007)."""

MOST_IN_GROUP = 2_000
"""Changes of fit indices and of R squared do not grow with more; the time does."""

_NONE = "No groups of learners were given, so it cannot be said whether the items mean the same to all of them."
_LEVELS = {
    "configural": "structure only",
    "thresholds": "thresholds",
    "loadings": "loadings",
    "intercepts": "intercepts",
    "strict": "everything",
}
_ENOUGH = ("intercepts", "strict")
"""From equal intercepts on, a difference in scores is one in what is measured."""


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One way to divide learners: what was found for each scale."""

    grouping: Grouping
    groups: tuple[str, ...]
    scales: dict[str, MeasurementInvariance | NotEstimated]

    def known(self) -> dict[str, MeasurementInvariance]:
        return {scale: found for scale, found in self.scales.items() if not isinstance(found, NotEstimated)}

    def broken(self) -> list[str]:
        """Scales whose scores may not be compared between these groups."""
        return [scale for scale, found in self.known().items() if found.reached() not in _ENOUGH]


def describe_invariance(study: Study) -> Findings:
    """Compare, scale by scale, groups of every kind: the same structure, thresholds, loadings, intercepts, residuals."""
    if not study.groups:
        return not_computed(_NONE, "Invariance over groups")
    chosen = [
        compared_groups(grouping, least=LEAST_IN_GROUP, most=MOST_IN_GROUP, seed=study.seed)
        for grouping in study.groups
    ]
    too_small = [each.grouping for each in chosen if len(each.groups) < 2]
    enough = [each for each in chosen if len(each.groups) > 1]
    compared = [_compare(study, each) for each in enough]
    known = [each for each in compared if each.known()]
    parts: list[Part] = []
    if known:
        parts += [ReportProse(_overview(known)), _table(study, known)]
        if any(each.broken() for each in known):
            parts.append(_suspects(study, known))
        items = describe_item_functioning(study, enough)
        parts += items.parts
    if too_small:
        parts.append(
            ReportProse(
                f"Not compared, because there are not two groups of at least {LEAST_IN_GROUP} learners: "
                f"{listed([grouping.told for grouping in too_small], most=12)}."
            )
        )
    parts += [ReportProse(reason) for reason in _reasons(compared)]
    if not known:
        verdict = Verdict("Invariance over groups", "not computed; the section says why", "", "", "not judged")
        return Findings(tuple(parts), "", (verdict,), {"groups": {}}, computed=False)
    values = {
        each.grouping.name: {
            "groups": list(each.groups),
            "reached": {scale: found.reached() for scale, found in each.known().items()},
            "largest_loss_of_cfi": {scale: _largest_loss(found) for scale, found in each.known().items()},
            "change_of_r_squared": items.values.get(each.grouping.name, {}),
        }
        for each in known
    }
    return Findings(tuple(parts), _methods(enough), (_verdict(known), *items.verdicts), {"groups": values})


def _compare(study: Study, chosen: ComparedGroups) -> _Comparison:
    found = {}
    for scale, places in factors_of(study, least_items=3).items():
        factor = f"F{list(study.scales).index(scale) + 1}"
        found[scale] = study.attempt(
            partial(
                measurement_invariance,
                {factor: [f"item_{i + 1}" for i in places]},
                study.answers(places, chosen.rows),
                list(chosen.labels),
                empty_categories="collapse",
                small_groups="drop",
                smallest_group=LEAST_IN_GROUP,
            )
        )
    return _Comparison(chosen.grouping, chosen.groups, found)


def _differences(found: MeasurementInvariance) -> Iterator[tuple[InvarianceStep, StepDifference]]:
    for step in found.steps:
        if isinstance(step.difference, StepDifference):
            yield step, step.difference


def _largest_loss(found: MeasurementInvariance) -> float:
    return max((-float(difference.change.cfi) for _, difference in _differences(found)), default=float("nan"))


def _overview(known: list[_Comparison]) -> str:
    broken = [each for each in known if each.broken()]
    n_scales = max(len(each.known()) for each in known)
    if not broken:
        return (
            f"Over {in_words(len(known))} {'way' if len(known) == 1 else 'ways'} to divide learners, every one of "
            f"{in_words(n_scales)} scales keeps its thresholds, loadings "
            "thresholds, loadings "
            "and intercepts from group to group: where scores of groups differ, what is measured differs."
        )
    told = [f"{listed(each.broken())} over {each.grouping.told}" for each in broken]
    return (
        f"Scores may not be compared as they are for {listed(told, most=6)}: there a part of the difference between "
        "groups is a difference in "
        "what an answer means. The second table names the items that the groups answer most differently."
    )


def _table(study: Study, known: list[_Comparison]) -> ReportTable:
    scales = list(factors_of(study, least_items=3))
    rows: list[tuple[Cell, ...]] = []
    for each in known:
        found = each.known()
        cells: list[Cell] = [_LEVELS[found[scale].reached()] if scale in found else None for scale in scales]
        losses = [_largest_loss(found[scale]) for scale in found]
        rows.append((each.grouping.name, len(each.groups), *cells, max(losses, default=float("nan"))))
    joined = any("joined" in note for each in known for found in each.known().values() for note in found.notes)
    return ReportTable(
        "What the groups have in common, scale by scale",
        (
            ("Groups by", "text"),
            ("Groups", "count"),
            *((scale, "text") for scale in scales),
            ("Largest loss of CFI", "3"),
        ),
        tuple(rows),
        (
            f"Groups of at least {LEAST_IN_GROUP} learners. The level that is reached: structure only, then equal "
            "thresholds, loadings as well, "
            "intercepts as well, everything (residual variances too). From intercepts on, scores may be compared.",
            *(
                (
                    "Options that nobody in a group chose were joined with the neighbour that fewer chose, in all groups.",
                )
                if joined
                else ()
            ),
        ),
    )


def _suspects(study: Study, known: list[_Comparison]) -> ReportTable:
    rows: list[tuple[Cell, ...]] = []
    for each in known:
        for scale in each.broken():
            found = each.known()[scale]
            step = _failing(found)
            tests = step.equality_tests(largest=1)
            item, _, group = _item_of(study, tests.parameter[0]), tests.step, tests.group[0]
            rows.append((each.grouping.name, scale, step.name, item, group, float(tests.expected_change[0])))
    return ReportTable(
        "Items that groups answer differently",
        (
            ("Groups by", "text"), ("Scale", "text"), ("Differs at", "text"), ("Most in item", "text"), ("In group", "text"),
            ("Shift", "2"),
        ),
        tuple(rows),
        (
            "The parameter that the groups contradict most (score tests; Sörbom, 1989). Shift: how far this group's "
            "would be from the others', "
            "in standard deviations of the answer behind the item.",
        ),
    )  # fmt: skip


def _failing(found: MeasurementInvariance) -> InvarianceStep:
    """The first step that is not reached."""
    names = [step.name for step in found.steps]
    return found.steps[names.index(found.reached()) + 1]


def _item_of(study: Study, parameter: str) -> str:
    item = next(word for word in parameter.split() if word.startswith("item_"))
    return study.named(int(item.removeprefix("item_")) - 1)


def _reasons(compared: list[_Comparison]) -> list[str]:
    """Why a scale was not compared, once for each reason."""
    reasons: dict[str, list[str]] = {}
    for each in compared:
        for scale, found in each.scales.items():
            if isinstance(found, NotEstimated):
                reasons.setdefault(found.reason, []).append(f"{scale} over {each.grouping.told}")
    return [f"{listed(where, most=4)}: {sorry(reason)}" for reason, where in reasons.items()]


def _verdict(known: list[_Comparison]) -> Verdict:
    pairs = [(each, scale) for each in known for scale in each.known()]
    broken = [(each, scale) for each, scale in pairs if scale in each.broken()]
    outcome: Outcome = "met" if not broken else "partly met" if len(broken) < len(pairs) else "not met"
    found = (
        f"{in_words(len(pairs))} comparisons of groups, scores comparable in all"
        if not broken
        else f"not comparable in {in_words(len(broken))} of {len(pairs)} comparisons"
    )
    limit = threshold("delta_cfi")
    return Verdict(
        "Invariance over groups", found, f"loss of CFI {limit}, RMSEA or SRMR agreeing", limit.source, outcome
    )


def _methods(compared: list[ComparedGroups]) -> str:
    sampled = (
        f" Of groups with more than {MOST_IN_GROUP:,} learners so many were drawn at random."
        if any(each.n_most == MOST_IN_GROUP for each in compared)
        else ""
    )
    return (
        f"Groups of at least {LEAST_IN_GROUP} learners were compared scale by scale by one-factor models of the ordered "
        "answers (WLSMV), "
        "with thresholds, loadings, intercepts and residual variances made equal in turn (Wu and Estabrook, 2016). A "
        "step was taken to "
        f"hold unless CFI falls by {number(threshold('delta_cfi').value, 3)} or more and RMSEA or SRMR rises with it "
        "(Chen, 2007). Single "
        "items were examined by ordinal logistic regression on the purified scale score, and taken to differ where "
        "groups add at least "
        f"{number(threshold('dif').value)} to McFadden's R² (Prinsen et al., 2018) beyond chance.{sampled}"
    )
