"""What an attacker finds in whole releases, with and without complementary suppression.

    python -m benchmarks.disclosure_attack --seeds 2

A line is one measure of one simulated release: hidden cells, narrowest number of learners, narrowest mean (of fewer than the floor)
by subtraction, narrowest mean that one shown cell tells alone, seconds.
"""

import argparse
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.disclosure_attack.insider import attack, smallest_cells
from benchmarks.disclosure_attack.published import published
from benchmarks.disclosure_attack.simulated import simulated
from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.disclosure.rule import read_disclosure_rule
from nets.questionnaire.document import read_version
from nets.releases.freezing import build_release
from nets.releases.measure import measures_of
from nets.releases.place_tree import place_tree
from nets.releases.tallying import tally_campaign
from nets.risk import read_rule
from nets.simulation.places import invented_places

NETS = Path(__file__).parents[2] / "questionnaires" / "nets" / "2026.1.json"
MEASURES = ("supervision", "patient_safety", "standard:3.1", "item:SUP01", "item:SAF01")


def main() -> None:
    """Attack, and print a line a measure and release."""
    parser = argparse.ArgumentParser(description="Attack simulated releases with linear programmes.")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--placements", type=int, default=30)
    parser.add_argument("--learners", type=int, default=400)
    asked = parser.parse_args()
    version, places = read_version(NETS.read_bytes(), NETS.name), invented_places()
    opens_on, closes_on = date(2026, 10, 1), date(2026, 11, 30)
    modes = AccessMode.OPEN_LINK, AnonymityMode.ANONYMOUS
    campaign = Campaign("autumn-2026", "Autumn 2026", version.id, version.version, opens_on, closes_on, *modes)
    for seed in range(1, asked.seeds + 1):
        answers = simulated(version, campaign, places, seed=seed, n=asked.learners, n_placements=asked.placements)
        tree = place_tree(answers.placement_ids, {place.id: place for place in places})
        tally = tally_campaign(version, measures_of(version), tree, answers)
        for complementary in (True, False):
            rule = replace(read_disclosure_rule(), complementary=complementary)
            release = build_release(
                campaign, version, places, answers, read_rule(), number=1, released_on=closes_on, disclosure=rule
            )
            what = published(release, places)
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


if __name__ == "__main__":
    main()
