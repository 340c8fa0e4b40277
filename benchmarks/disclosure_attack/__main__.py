"""What an attacker finds in whole releases, with and without complementary suppression.

    python -m benchmarks.disclosure_attack --seeds 2
    python -m benchmarks.disclosure_attack --two --whole --placements 16 --learners 200

A line is one measure of one simulated release: hidden cells, narrowest number of learners, narrowest mean (of fewer than the floor)
by subtraction, narrowest mean that one shown cell tells alone, seconds. With ``--two`` it is of two releases of one campaign, the
second heeding the first or not; with ``--whole`` numbers of learners and answers are whole.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.disclosure_attack.bounds import SMALL_BLOCK
from benchmarks.disclosure_attack.insider import attack, smallest_cells
from benchmarks.disclosure_attack.published import published
from benchmarks.disclosure_attack.simulated import answered_early, heeding, released, simulated, tallied
from benchmarks.disclosure_attack.two_releases import attack_both
from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.disclosure.rule import read_disclosure_rule
from nets.organisation import Organisation
from nets.questionnaire.document import read_version
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.former_releases import NO_FORMER_RELEASES
from nets.releases.tallying import CampaignAnswers
from nets.simulation.places import invented_places

NETS = Path(__file__).parents[2] / "questionnaires" / "nets" / "2026.1.json"
MEASURES = ("supervision", "patient_safety", "standard:3.1", "item:SUP01", "item:SAF01")


def main() -> None:
    """Attack, and print a line a measure and release."""
    parser = argparse.ArgumentParser(description="Attack simulated releases with linear programmes.")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--placements", type=int, default=30)
    parser.add_argument("--learners", type=int, default=400)
    parser.add_argument("--two", action="store_true")
    parser.add_argument("--whole", action="store_true")
    asked = parser.parse_args()
    version, places = read_version(NETS.read_bytes(), NETS.name), invented_places()
    opens_on, closes_on = date(2026, 10, 1), date(2026, 11, 30)
    modes = AccessMode.OPEN_LINK, AnonymityMode.ANONYMOUS
    campaign = Campaign("autumn-2026", "Autumn 2026", version.id, version.version, opens_on, closes_on, *modes)
    for seed in range(1, asked.seeds + 1):
        answers = simulated(version, campaign, places, seed=seed, n=asked.learners, n_placements=asked.placements)
        tally = tallied(version, places, answers)
        if asked.two:
            _attack_two(campaign, version, places, answers, seed, whole=asked.whole)
            continue
        for complementary in (True, False):
            rule = replace(read_disclosure_rule(), complementary=complementary)
            what = published(released(version, campaign, places, answers, rule), places)
            for measure in MEASURES:
                start = time.perf_counter()
                found = attack(what, measure, smallest_cells(tally, measure), campaign.place_floor)
                seconds = time.perf_counter() - start
                print(
                    f"seed {seed} {'protected' if complementary else 'bare':9} {measure:15} {found.hidden:4} hidden"
                    f"  count {found.count[0]:6.1f}  mean {found.mean[0]:6.1f}"
                    f"  in plain sight {found.in_plain_sight[0]:6.1f}  {seconds:6.1f} s",
                    flush=True,
                )


def _attack_two(
    campaign: Campaign,
    version: QuestionnaireVersion,
    places: Sequence[Organisation],
    answers: CampaignAnswers,
    seed: int,
    *,
    whole: bool,
) -> None:
    early = answered_early(answers, seed=seed)
    rule = read_disclosure_rule()
    first = released(version, campaign, places, early, rule)
    tallies = tallied(version, places, early), tallied(version, places, answers)
    for former in (heeding(first), NO_FORMER_RELEASES):
        second = released(version, campaign, places, answers, rule, former)
        for measure in MEASURES:
            start = time.perf_counter()
            had, has = (smallest_cells(tally, measure) for tally in tallies)
            found = attack_both(
                published(first, places),
                published(second, places),
                measure,
                {cell: (had.get(cell, 0), n - had.get(cell, 0)) for cell, n in has.items()},
                few=campaign.place_floor,
                few_came=campaign.breakdown_floor,
                squares=len(has) <= SMALL_BLOCK,
                whole=whole,
            )
            print(
                f"seed {seed} {'heeding' if former.sums else 'heedless':9} {measure:15} {found.attacked:4} hidden"
                f"  count {found.count.width:6.1f}  mean {found.mean.width:6.1f}"
                f"  in plain sight {found.in_plain_sight.width:6.1f}  {time.perf_counter() - start:6.1f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
