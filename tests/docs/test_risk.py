"""docs/risk.md: the matrix, and the newest rule in tables."""

from collections.abc import Callable, Iterable, Sequence

from nets.risk import IMPACTS, LIKELIHOODS, RiskLevel, read_rule, risk_colour


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def test_matrix_and_rule_stand_there_as_they_are(hold: Callable[[str, str], None]) -> None:
    rule = read_rule()
    matrix = table(
        ["", *(f"{impact} {word}" for impact, word in IMPACTS.items())],
        (
            [f"**{likelihood} {word}**", *(risk_colour(likelihood, impact) for impact in IMPACTS)]
            for likelihood, word in sorted(LIKELIHOODS.items(), reverse=True)
        ),
    )
    levels = table(
        ["level", "colours", "offered first"],
        (
            [
                level.capitalize(),
                ", ".join(colour for colour, of in rule.level_of_colour.items() if of is level),
                ", ".join(rule.interventions[level]),
            ]
            for level in RiskLevel
        ),
    )
    steps = (*rule.likelihood_from, *rule.likelihood_after_action)
    likelihoods = table(
        ["probability from", "likelihood", "when"],
        (
            [
                f"{low:.2f}",
                f"{step} {LIKELIHOODS[step]}",
                "always" if low >= rule.gate else "asked for, or after action",
            ]
            for low, step in steps
        ),
    )
    subjects = table(
        ["subject", "title", "impact"],
        ([f"`{code}`", rule.title(code), rule.impact(code)] for code in rule.title_of_subject),
    )
    sentences = (
        f"A finding of the survey alone is held at {rule.cap} until an earlier campaign has found the same;",
        f"then it is {rule.likelihood_if_persistent} at least.",
        f"Adverse evidence is {rule.evidence_likelihood}, or {rule.evidence_against_survey} where the survey speaks against",
        f"it, and counts for {rule.evidence_days} days.",
        f"A safety concern is likelihood {rule.concern_cell[0]}, impact {rule.concern_cell[1]}.",
        f"The adverse-environment flag is likelihood {rule.adverse_likelihood}, from {rule.adverse_least_reports} reports on.",
        f"A reliability below {rule.least_reliability:.2f} carries no statement.",
    )
    end = (
        f"Other scales: impact {rule.impact_of_other_subjects}.",
        f"From {rule.groups_for_one_more} learner groups on: one more, to 5.",
    )
    beside = f"Beside them: {', '.join(rule.supportive)}."
    text = "\n\n".join((matrix, levels, beside, likelihoods, "\n".join(sentences), subjects, " ".join(end)))
    hold("risk.md", text)
