"""What ``nets flags --outcomes`` prints: the adverse-environment flag against what is known to have happened."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from nets.flags.outcomes import Estimate, FlagNowhereUp, IndicatorValidity
from nets.releases.release import ReleaseHeader


def outcomes_table(header: ReleaseHeader, found: IndicatorValidity) -> Iterator[str]:
    """Lines for people."""
    yield (
        f"{header.campaign_title}: the adverse-environment flag of release {header.id} against known outcomes of "
        f"{found.n_with + found.n_without} placements, {found.n_with} with the outcome and {found.n_without} without"
    )
    if found.left_out:
        yield f"left out, because the release shows no safety score of them: {found.left_out}"
    yield f"{'flag on':<34} {'up':>4}  {'sensitivity':<19} specificity"
    for flag in found.flags:
        if isinstance(flag, FlagNowhereUp):
            yield f"{flag.title[:34]:<34}    -  up at none of these placements, or at all"
        else:
            yield f"{flag.title[:34]:<34} {flag.n_up:>4}  {_shown(flag.sensitivity):<19} {_shown(flag.specificity)}"
    for score in found.scores:
        yield f"score on {score.title}: lower at a placement with the outcome than at one without in {_shown(score.auc)} of pairs"
    yield "sensitivity: of placements with the outcome, those at which the flag is up; specificity: of those without, the others"


def _shown(estimate: Estimate) -> str:
    return f"{estimate.value:.2f} ({estimate.low:.2f}-{estimate.high:.2f})"


_COLUMNS: Final = ("subject", "statistic", "estimate", "low", "high", "placements_up")


def outcomes_as_csv(found: IndicatorValidity) -> str:
    """A row a subject and statistic."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for flag in found.flags:
        if not isinstance(flag, FlagNowhereUp):
            for name, one in (("sensitivity", flag.sensitivity), ("specificity", flag.specificity)):
                writer.writerow((flag.subject, name, one.value, one.low, one.high, flag.n_up))
    for score in found.scores:
        writer.writerow((score.subject, "auc", score.auc.value, score.auc.low, score.auc.high, ""))
    return text.getvalue()


def outcomes_as_json(header: ReleaseHeader, found: IndicatorValidity) -> str:
    """Everything at once."""
    return json.dumps({"release": header.id, "campaign": header.campaign_id, **asdict(found)}, ensure_ascii=False)
