"""What ``nets retest compare`` prints for people."""

from collections.abc import Iterator

from analysis import NotEstimated
from nets.campaign import Campaign
from nets.disclosure.shown import SuppressedScore
from nets.questionnaire.version import QuestionnaireVersion
from nets.retest import WANTED, WINDOW
from nets.retest_comparison import RetestComparison, ScaleOverTime, WhoTookPart

_WIDTH = 34


def comparison_table(campaign: Campaign, version: QuestionnaireVersion, found: RetestComparison) -> Iterator[str]:
    """The lines of the table."""
    titles = {scale.code: scale.title[version.languages[0]][:_WIDTH] for scale in version.scales}
    unsaid = found.n_took_part - found.n_stable - found.n_changed
    yield (
        f"{campaign.title}: {found.n_took_part:,} answered twice; {found.n_stable:,} say that their placement has not changed, "
        f"{found.n_changed:,} that it has, {unsaid:,} cannot or did not say"
    )
    if found.n_stable < WANTED:
        yield f"fewer than {WANTED} whose placement has not changed: every figure is uncertain"
    if not isinstance(found.days, SuppressedScore):
        days = found.days
        first, last = WINDOW
        yield (
            f"days between: median {days.median:g}, {days.shortest} to {days.longest}; invited after {first} to {last}, with "
            "a week to answer"
        )
    yield ""
    yield f"{'How far scores last':<{_WIDTH}} {'n':>6}  ICC(A,1)  95 % low   high   SEM  smallest change  shift"
    for code, scale in found.scales.items():
        yield f"{titles[code]:<{_WIDTH}} {_over_time(scale)}"
    yield ""
    yield (
        f"Who took part: {found.n_took_part:,}; who declined: {found.n_did_not_agree:,} did not agree, {found.n_did_not_answer:,} "
        "did not answer. First scores:"
    )
    yield f"{'scale':<{_WIDTH}} took part  declined  Hedges' g  95 % low   high"
    for code, who in found.participation.items():
        yield f"{titles[code]:<{_WIDTH}} {_who(who)}"


def _over_time(scale: ScaleOverTime | SuppressedScore | NotEstimated) -> str:
    if not isinstance(scale, ScaleOverTime):
        return _instead(scale)
    return (
        f"{scale.n:>6,}  {scale.icc:>8.2f}  {scale.low:>8.2f}  {scale.high:>5.2f}  {scale.sem:>4.1f}  "
        f"{scale.smallest_change:>15.1f}  {scale.shift:>5.1f}"
    )


def _who(who: WhoTookPart | SuppressedScore | NotEstimated) -> str:
    if not isinstance(who, WhoTookPart):
        return _instead(who)
    return f"{who.mean_took_part:>9.1f}  {who.mean_declined:>8.1f}  {who.hedges_g:>9.2f}  {who.low:>8.2f}  {who.high:>5.2f}"


def _instead(what: SuppressedScore | NotEstimated) -> str:
    return what.reason if isinstance(what, SuppressedScore) else str(what)
