"""Who answered."""

import numpy as np

from ...share import share_interval
from ..grouping import Grouping
from ..pictures import draw_histogram
from ..prose import between, counted, in_words, number, per_cent
from ..section import Cell, Findings, Form, Part, ReportPicture, ReportProse, ReportTable, Verdict, judged, threshold
from ..study import Study


def describe_sample(study: Study) -> Findings:
    """Respondents, response rate where there is a roster, units, and who they are."""
    complete = int((~np.isnan(study.values)).all(axis=1).sum())
    sizes = np.bincount(study.unit) if study.unit.size else np.zeros(0, dtype=np.int64)
    parts: list[Part] = [ReportProse(_overview(study, complete)), ReportProse(_rate(study))]
    parts += _group_tables(study) if study.groups else []
    if sizes.size:
        parts += [ReportProse(_units(study, sizes)), _sizes(study, sizes)]
    values = {
        "n": study.n,
        "n_empty": study.n_empty,
        "n_complete": complete,
        "n_invited": study.n_invited or None,
        "n_units": sizes.size or None,
        "groups": {
            grouping.name: dict(zip(grouping.labels, grouping.counts().tolist(), strict=True))
            for grouping in study.groups
        },
    }
    return Findings(tuple(parts), _methods(study, sizes.size), _verdicts(study), values)


def _overview(study: Study, complete: int) -> str:
    empty = (
        f" {counted(study.n_empty, 'further response')} without a single answer to these items "
        f"{'was' if study.n_empty == 1 else 'were'} left out." if study.n_empty else ""
    )  # fmt: skip
    scales = f"the {in_words(len(study.scales))} scales" if len(study.scales) > 1 else "the one scale"
    return (
        f"{counted(study.n, 'learner')} answered at least one of the {in_words(len(study.items))} items of {scales}; "
        f"{complete:,} ({per_cent(complete / study.n, 0)}) answered all of them.{empty}"
    )


def _rate(study: Study) -> str:
    if not study.n_invited:
        return (
            "There is no response rate: it is not known how many learners could have answered, and no denominator is "
            "invented. "
            "Whether those who answered differ from those who did not cannot be told from these data."
        )
    answered = study.n + study.n_empty
    if answered > study.n_invited:
        return f"No response rate is given: {answered:,} responses stand against a roster of {study.n_invited:,}."
    return (
        f"Of {study.n_invited:,} learners who could have answered, {answered:,} did: a response rate of "
        f"{per_cent(answered / study.n_invited)}. The roster is a full count, so the rate has no sampling interval."
    )


def _group_tables(study: Study) -> list[ReportTable]:
    """The first way to divide learners in full, the others a line each."""
    first, *others = study.groups
    rows: list[tuple[Cell, ...]] = [
        (label, int(count), count / study.n, _interval(int(count), study.n))
        for label, count in zip(first.labels, first.counts(), strict=True)
    ]
    note = (
        f"Groups of fewer than {study.least_group} learners stand together without a name, with the next smallest where "
        "they would be too "
        "few even so.",
    )
    columns: tuple[tuple[str, Form], ...] = (("n", "count"), ("%", "percent"), ("95 % interval", "percent"))
    tables = [
        ReportTable(
            f"Respondents by {first.told}",
            ((first.name, "text"), *columns),
            tuple(rows),
            note if first.n_pooled else (),
        )
    ]
    if others:
        lines = tuple((grouping.name, _shares(grouping)) for grouping in others)
        pooled = any(grouping.n_pooled for grouping in others)
        tables.append(
            ReportTable(
                "Other characteristics of the respondents",
                (("Characteristic", "text"), ("Learners, with per cent in brackets", "text")),
                lines,
                note if pooled else (),
            )
        )
    return tables


def _shares(grouping: Grouping) -> str:
    counts = grouping.counts()
    return "; ".join(
        f"{label} {count:,} ({number(100 * count / counts.sum(), 0)})"
        for label, count in zip(grouping.labels, counts, strict=True)
    )


def _interval(count: int, total: int) -> tuple[float, float]:
    interval = share_interval(count, total, 0.95)
    return interval.low, interval.high


def _units(study: Study, sizes: np.ndarray) -> str:
    low, middle, high = np.percentile(sizes, [25, 50, 75])
    share = float(np.mean(sizes < study.least_unit))
    few = (
        f"{per_cent(share, 0)} of them have fewer than {study.least_unit}, too few for a score of their own to be shown."
        if share
        else f"All have at least {study.least_unit}, so that each may have a score."
    )
    return (
        f"They answered about {counted(len(sizes), study.unit_name)}. The median {study.unit_name} has "
        f"{number(middle, 0)} learners "
        f"(quartiles {between(low, high, 0)}). {few}"
    )


def _sizes(study: Study, sizes: np.ndarray) -> ReportPicture:
    top = float(max(np.percentile(sizes, 99), 10))
    width = max(1.0, np.ceil(top / 30))
    edges = np.arange(0.5, top + width + 0.5, width)
    shares = np.histogram(np.minimum(sizes, edges[-1] - width / 2), edges)[0] / len(sizes)
    said = f"Histogram of the number of learners in each {study.unit_name}; the median is {number(float(np.median(sizes)), 0)}."
    svg = draw_histogram(
        edges, shares, said, across_name=f"learners in a {study.unit_name}", up_name=f"% of {study.unit_name}s"
    )
    return ReportPicture(f"Learners in each {study.unit_name}. The last bar holds all larger ones.", said, svg)


def _verdicts(study: Study) -> tuple[Verdict, ...]:
    ratio = study.n / len(study.items)
    return (
        judged("respondents", "Sample size", f"{study.n:,} respondents", study.n),
        judged(
            "respondents_per_item", "Sample size for factor analysis", f"{number(ratio, 1)} respondents per item", ratio
        ),
    )


def _methods(study: Study, n_units: int) -> str:
    units = f" about {counted(n_units, study.unit_name)}" if n_units else ""
    return (
        f"{counted(study.n, 'learner')} answered{units}. A sample of at least {threshold('respondents').value:g}, and of "
        f"{threshold('respondents_per_item').value:g} respondents per item for factor analysis, was taken as adequate "
        "(Mokkink et al., "
        f"2018). Groups of fewer than {study.least_group} learners are not shown by name."
    )
