"""Whether experts find the items relevant."""

import numpy as np

from ...not_estimated import NotEstimated
from ...validity import content_validity
from ..pictures import IntervalRow, draw_intervals
from ..prose import counted, in_words, listed, number
from ..section import Findings, ReportPicture, ReportProse, ReportTable, failing, judged, not_computed, threshold
from ..study import NamedAnswers, Study, sorry

_NONE = (
    "No experts' ratings of relevance were given. Content validity is the property that comes first: whether the items "
    "ask what matters, "
    "all that matters, and in words that learners understand. It cannot be had from answers."
)


def describe_content_validity(study: Study) -> Findings:
    """Content validity index and modified kappa of every item, and of the whole."""
    if not study.relevance.size:
        return not_computed(_NONE, "Content validity")
    found = study.attempt(
        lambda: content_validity(
            NamedAnswers(study.relevance, [f"item_{place + 1}" for place in range(len(study.items))])
        )
    )
    if isinstance(found, NotEstimated):
        return not_computed(sorry(found.reason), "Content validity")
    figures = {study.items[place]: float(value) for place, value in enumerate(found.i_cvi)}
    low = failing("i_cvi", figures)
    rows = tuple(
        (
            study.items[place], study.wording[place] or None, int(found.n_relevant[place]), int(found.n_experts[place]),
            float(found.i_cvi[place]), (float(found.interval[place, 0]), float(found.interval[place, 1])),
            float(found.modified_kappa[place]),
        )
        for place in range(len(study.items))
    )  # fmt: skip
    table = ReportTable(
        "Experts' ratings of relevance",
        (
            ("Item", "text"), ("Wording", "text"), ("Relevant", "count"), ("Experts", "count"), ("I-CVI", "2"),
            ("95 % interval", "2"),
            ("Modified kappa", "2"),
        ),
        rows,
        ("I-CVI: share of experts who rate an item 3 or 4 of 4. Modified kappa takes chance agreement off (Polit et al., 2007).",),
    )  # fmt: skip
    said = f"Content validity index of {len(rows)} items with Wilson's intervals."
    points = [
        IntervalRow(
            study.named(place),
            float(found.i_cvi[place]),
            float(found.interval[place, 0]),
            float(found.interval[place, 1]),
        )
        for place in range(len(study.items))
    ]
    svg = draw_intervals(
        points, said, across_name="item content validity index", limits=(threshold("i_cvi").value,), span=(0.0, 1.0)
    )
    experts = int(np.max(found.n_experts))
    text = (
        f"{counted(experts, 'expert')} rated the items. The average content validity index is "
        f"{number(found.s_cvi_average)}; all experts "
        f"agree on {number(100 * found.s_cvi_universal, 0)} % of the items. "
        + (
            f"{in_words(len(low)).capitalize()} of {in_words(len(figures))} items fall short: {listed(low)}."
            if low
            else "No item falls short."
        )
    )
    least = min(figures, key=lambda item: figures[item])
    verdicts = (
        judged(
            "i_cvi",
            "Content validity of items (I-CVI)",
            f"below it: {listed(low)}" if low else f"lowest {number(figures[least])} ({least})",
            figures,
        ),
        judged("s_cvi", "Content validity of the whole (S-CVI/Ave)", number(found.s_cvi_average), found.s_cvi_average),
    )
    values = {"i_cvi": figures, "s_cvi_average": found.s_cvi_average, "s_cvi_universal": found.s_cvi_universal}
    picture = ReportPicture("Content validity index of each item.", said, svg)
    return Findings((ReportProse(text), table, picture), _methods(), verdicts, values)


def _methods() -> str:
    return (
        "Content validity was examined by experts' ratings of relevance on a four-point scale: the item content "
        "validity index (at least "
        f"{number(threshold('i_cvi').value)}), the modified kappa, and the average index (at least "
        f"{number(threshold('s_cvi').value)}; Polit "
        "et al., 2007)."
    )
