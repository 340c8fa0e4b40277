"""The report: thirteen sections, computed one after the other, and kept so that an interrupted run goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..table import ResultTable, Table
from .contents import CONTENTS, PlannedSection
from .page import render_page
from .reading import read_study
from .section import ReportSection
from .study import Hypothesis, Outcome, RetestAnswers, Study
from .thresholds import CURRENT, VERSION

Finished: TypeAlias = MutableMapping[str, ReportSection]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ValidationReport(ResultTable):
    """A validation of an instrument on one set of answers.

    Attributes
    ----------
    title : str
    about : tuple of (str, str)
        What stands under the title.
    sections : tuple of ReportSection
        In the order of COSMIN's measurement properties.
    n, n_items : int
        Respondents with at least one answer, and items.
    thresholds : str
        Version of the conventions that figures were held against.
    method : str
    """

    title: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[ReportSection, ...]
    n: int
    n_items: int
    thresholds: str
    method: str

    def to_html(self) -> str:
        """Give one self-contained page: prose, tables and pictures, without scripts, fit for a screen and for A4."""
        return render_page(self.title, self.about, self.sections)

    def to_json(self) -> str:
        """Give the figures behind the page, unrounded, as JSON; what is not a number is null."""
        document = {
            "title": self.title,
            "about": dict(self.about),
            "n": self.n,
            "n_items": self.n_items,
            "thresholds": {
                "version": self.thresholds,
                "conventions": [
                    {
                        "code": known.code, "quantity": known.quantity, "threshold": str(known), "source": known.source,
                        "reference": known.reference,
                    }
                    for known in CURRENT
                ],
            },
            "sections": [section.to_document(drawn=False) for section in self.sections],
        }  # fmt: skip
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    def section(self, code: str) -> ReportSection:
        """Give a section by its code, such as ``"structure"``."""
        return next(section for section in self.sections if section.code == code)

    def table(self) -> Table:
        """Give one row a verdict."""
        rows = tuple(
            (section.title, verdict.what, verdict.found, verdict.threshold, verdict.outcome)
            for section in self.sections
            for verdict in section.verdicts
        )
        notes = (f"n = {self.n} respondents, {self.n_items} items; conventions {self.thresholds}",)
        return Table(self.title, ("section", "property", "found", "convention", "verdict"), rows, notes)


def validation_report(
    item_responses: Any,
    model: Mapping[str, Sequence[str]],
    *,
    title: str = "Validation report",
    about: Mapping[str, str] | None = None,
    wording: Mapping[str, str] | None = None,
    options: Sequence[str] | int = 5,
    reverse: Collection[str] = (),
    unit: Sequence[Any] | NDArray[Any] | None = None,
    unit_name: str = "unit",
    groups: Mapping[str, Sequence[Any] | NDArray[Any]] | None = None,
    outcomes: Sequence[Outcome] = (),
    hypotheses: Sequence[Hypothesis] = (),
    adverse: Any = None,
    retest: RetestAnswers | None = None,
    relevance: Any = None,
    why_missing: Mapping[str, NDArray[np.bool_]] | None = None,
    n_invited: int = 0,
    least_group: int = 10,
    least_unit: int = 5,
    n_draws: int = 200,
    n_resamples: int = 1000,
    seed: int = 1,
    program: str = "",
    finished: Finished | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> ValidationReport:
    """Validate an instrument: everything that these answers say about how well it measures, in the order of COSMIN.

    Thirteen sections from sample to the reliability of units, each with tables, pictures, verdicts against published
    conventions, and the sentences of a methods section. What cannot be computed still has its section, which says why.

    Parameters
    ----------
    item_responses : array_like or data frame, shape (n_respondents, n_items)
        Whole numbers from 1, missing as NaN, keyed so that a high answer is good, items in the order in which they were
        asked. A frame's columns are the names that `model` uses (else item_1, item_2, ...); its other columns are left alone.
    model : mapping of scale to item names
        The published structure, under the names that the report shows.
    title : str
    about : mapping
        Shown under the title: what, where and when.
    wording : mapping of item to its text
    options : sequence of str, or int
        The response options from the worst to the best, or how many there are.
    reverse : collection of item names
        Items whose answers were turned round: data quality looks at answers as they were given.
    unit : sequence of labels, length n_respondents, optional
        The placement, team or school of each; without it the intervals take respondents to be independent.
    unit_name : str
        What a unit is called.
    groups : mapping of name to sequence of labels, length n_respondents
        Ways to divide respondents. Those who prefer not to say are a group of their own: give them a label.
    outcomes : sequence of Outcome
        What scores should go with.
    hypotheses : sequence of Hypothesis
        Differences between groups that were expected beforehand.
    adverse : array_like, shape (n_respondents,), optional
        1 where something adverse was reported, 0 where not, NaN where it was not asked.
    retest : RetestAnswers, optional
    relevance : array_like or data frame, shape (n_experts, n_items), optional
        Experts' ratings of relevance, 1 to 4.
    why_missing : mapping of reason to bool array, shape (n_respondents, n_columns)
        Which missing answers have which reason, column by column as in `item_responses`; the others were left blank.
    n_invited : int
        How many could have answered; 0 where that is not known.
    least_group, least_unit : int
        Fewest respondents in a group, and in a unit, that is shown. Smaller groups stand together, without a name.
    n_draws, n_resamples : int
        Of parallel analysis and of the bootstrap.
    seed : int
        Of everything that is drawn: the same inputs give the same report.
    program : str
        What computes, as far as the caller knows; another text makes every section anew.
    finished : mutable mapping, optional
        Sections by their fingerprint. Those found in it are not computed again; new ones are put in as they are done.
    progress : callable
        Told each section's title as it begins.

    Returns
    -------
    ValidationReport

    Raises
    ------
    AnalysisError
        Before anything is computed, naming every item of `model` that the answers do not have, every answer off the scale,
        every length that does not fit, and fewer respondents than `least_group`.

    Notes
    -----
    Anchors: the functions of `analysis` that it calls, each held against other programs; here simulations, in which what was
    planted is found (a missing factor, an item that works differently in a group, straight lines, units that differ) and a
    clean instrument is not accused.

    References
    ----------
    Mokkink et al. (2018), Prinsen et al. (2018): see `analysis.validation.thresholds`.

    Examples
    --------
    >>> from analysis import ResponseModel, simulate_responses
    >>> truth = ResponseModel.of({"Team": {"q1": 0.8, "q2": 0.7, "q3": 0.7}, "Space": {"q4": 0.8, "q5": 0.7, "q6": 0.6}})
    >>> answers = simulate_responses(truth, 300, seed=1).responses
    >>> model = {"Team": ["item_1", "item_2", "item_3"], "Space": ["item_4", "item_5", "item_6"]}
    >>> report = validation_report(answers, model, n_draws=50)
    >>> [section.code for section in report.sections if not section.computed][:2]
    ['retest', 'measurement-error']
    >>> report.section("structure").values["parallel_analysis"]
    2
    >>> report.to_html().startswith("<!DOCTYPE html>")
    True
    """
    study = read_study(
        item_responses,
        model,
        title=title,
        about=about or {},
        wording=wording or {},
        options=options,
        reverse=reverse,
        unit=unit,
        unit_name=unit_name,
        groups=groups or {},
        outcomes=outcomes,
        hypotheses=hypotheses,
        adverse=adverse,
        retest=retest,
        relevance=relevance,
        why_missing=why_missing or {},
        n_invited=n_invited,
        least_group=least_group,
        least_unit=least_unit,
        n_draws=n_draws,
        n_resamples=n_resamples,
        seed=seed,
    )
    kept: Finished = {} if finished is None else finished
    sections = tuple(_section(study, plan, program, kept, progress) for plan in CONTENTS)
    return ValidationReport(
        title=study.title,
        about=study.about,
        sections=sections,
        n=study.n,
        n_items=len(study.items),
        thresholds=VERSION,
        method="sections in the order of COSMIN's measurement properties",
    )


def _section(
    study: Study, plan: PlannedSection, program: str, finished: Finished, progress: Callable[[str], None]
) -> ReportSection:
    key = _fingerprint(study, plan, program)
    title, question = (text.format(unit=study.unit_name) for text in (plan.title, plan.question))
    if key in finished:
        progress(f"{title}: kept from before")
        return finished[key]
    progress(title)
    found = plan.describe(study)
    section = ReportSection(
        plan.code,
        title,
        question,
        found.parts,
        found.verdicts,
        found.methods,
        found.computed,
        found.values or {},
    )
    finished[key] = section
    return section


def _fingerprint(study: Study, plan: PlannedSection, program: str) -> str:
    """Of all that a section depends on: its inputs, the conventions, and what computes."""
    digest = hashlib.sha256(f"{plan.code}\0{plan.title}\0{plan.question}\0{program}\0{VERSION}\0{CURRENT}".encode())
    digest.update(study.digest(*plan.uses).encode())
    return f"{plan.code}-{digest.hexdigest()[:32]}"
