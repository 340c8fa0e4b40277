"""What a release holds of reference data, rounded as it shows it, against lme4, multilevel and t.test in R."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.disclosure.shown import ShownBenchmark, ShownScore
from nets.organisation import Level, Organisation
from nets.packing import answer_matrix, pack
from nets.questionnaire.document import read_version
from nets.questionnaire.version import QuestionnaireVersion, Unanswered
from nets.releases.freezing import build_release
from nets.releases.release import Release
from nets.releases.tallying import CampaignAnswers
from nets.risk import read_rule

FOLDER = Path(__file__).parent
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected/nets__release.json").read_text())["result"]
FACTORS = {f"F{number}": size for number, size in enumerate((6, 5, 5, 5, 5, 5), start=1)}

# What a release rounds to, and a little for numbers that lie on an edge.
TENTH, HUNDREDTH = 0.0501, 0.00501
SHARED = {
    "lq2002_LEAD": ("lq2002.csv", "COMPID", 1, [f"LEAD{number:02}" for number in range(1, 12)]),
    "lq2002_TSIG": ("lq2002.csv", "COMPID", 1, [f"TSIG{number:02}" for number in range(1, 4)]),
    "lq2002_HOST": ("lq2002.csv", "COMPID", 0, [f"HOSTIL{number:02}" for number in range(1, 6)]),
    "bhr2000_LEAD": (
        "bhr2000.csv",
        "GRP",
        1,
        ["AF06", "AF07", "AP12", "AP17", "AP33", "AP34", "AS14", "AS15", "AS16", "AS17", "AS28"],
    ),
}


def version_of(scales: Mapping[str, Sequence[str]]) -> QuestionnaireVersion:
    """An instrument of five-point items in these scales."""
    items = [item for own in scales.values() for item in own]
    options = ("one", "two", "three", "four", "five")
    document = {
        "format": 1,
        "id": "reference",
        "version": "1.0",
        "title": {"en": "Reference data"},
        "languages": ["en"],
        "framework": "hee-2017-18",
        "non_response_labels": {},
        "learner_groups": [{"code": "all", "label": {"en": "All"}}],
        "response_scales": [
            {
                "code": "five",
                "options": [
                    {"value": value, "code": code, "label": {"en": code}} for value, code in enumerate(options, start=1)
                ],
            }
        ],
        "items": [
            {"code": item, "kind": "rating", "text": {"en": f"Item {item}."}, "response_scale": "five"}
            for item in items
        ],
        "scales": [
            {"code": code.lower(), "kind": "theme", "title": {"en": code}, "items": list(own)}
            for code, own in scales.items()
        ],
        "sections": [{"code": "all", "title": {"en": "All"}}],
        "pages": [{"code": "all", "section": "all", "title": {"en": "All"}, "items": items}],
    }
    return read_version(json.dumps(document).encode(), "reference.json")


def release_of(file: Path, placement: str, scales: Mapping[str, Sequence[str]], lowest: int = 1) -> Release:
    """A release of a data file's answers, which begin with ``lowest``."""
    version = version_of(scales)
    with file.open(newline="") as handle:
        rows = [{name.upper(): cell for name, cell in row.items()} for row in csv.DictReader(handle)]
    packed = [
        pack(
            version,
            {
                item: int(row[item]) - lowest + 1 if row[item] not in {"", "NA"} else Unanswered.BLANK
                for own in scales.values()
                for item in own
            },
        )
        for row in rows
    ]
    levels = (Level.REGION, Level.LOCAL_OFFICE, Level.PROVIDER, Level.SITE)
    above = [
        Organisation(level.value, level, level.value, up) for level, up in zip(levels, (None, *levels), strict=False)
    ]
    ids = [f"P{row[placement]}" for row in rows]
    places = [*above, *(Organisation(one, Level.PLACEMENT, one, Level.SITE.value) for one in sorted(set(ids)))]
    campaign = Campaign(
        id="reference",
        title="Reference data",
        questionnaire_id="reference",
        questionnaire_version="1.0",
        opens_on=date(2025, 1, 1),
        closes_on=date(2025, 1, 31),
        access_mode=AccessMode.IMPORTED,
        anonymity_mode=AnonymityMode.ANONYMOUS,
    )
    answers = CampaignAnswers(
        np.array(ids, dtype=object), np.array(["all"] * len(ids), dtype=object), answer_matrix(version, packed)
    )
    return build_release(campaign, version, places, answers, read_rule(), number=1, released_on=date(2025, 2, 1))


@pytest.fixture(scope="module")
def release() -> Release:
    """Of nets_synth: 1,200 learners in 60 placements, 31 items of six factors."""
    items = [f"Q{number:02}" for number in range(1, 32)]
    starts = np.cumsum([0, *FACTORS.values()])
    scales = {name: items[start : start + size] for (name, size), start in zip(FACTORS.items(), starts, strict=False)}
    return release_of(FOLDER / "data/nets_synth.csv", "PLACEMENT", scales)


@pytest.mark.parametrize("factor", FACTORS)
def test_scores_of_placements_are_rs(release: Release, factor: str) -> None:
    figures = EXPECTED[factor]
    n_shown = 0
    for place, n, mean, sd, low, high, shrunken, reliability in zip(
        *(figures[name] for name in ("placement", "n_here", "mean", "sd", "low", "high", "shrunken", "reliability")),
        strict=True,
    ):
        score = release.placements[f"P{place}"].score(factor.lower())
        if not isinstance(score, ShownScore):
            continue
        n_shown += 1
        assert (score.n, score.effective_n) == (n, n)
        assert score.mean == pytest.approx(mean, abs=TENTH)
        assert score.sd == pytest.approx(sd, abs=TENTH)
        assert score.interval == pytest.approx((max(low, 0.0), min(high, 100.0)), abs=TENTH)
        assert score.shrunken == pytest.approx(shrunken, abs=TENTH)
        assert score.reliability == pytest.approx(reliability, abs=HUNDREDTH)
    assert n_shown > 50


@pytest.mark.parametrize("factor", FACTORS)
def test_benchmarks_are_lmers(release: Release, factor: str) -> None:
    figures = EXPECTED[factor]
    benchmark = release.header.benchmark(factor.lower())
    assert isinstance(benchmark, ShownBenchmark)
    assert benchmark.mean == pytest.approx(figures["grand_mean"], abs=0.501)
    assert benchmark.tau == pytest.approx(figures["tau2"] ** 0.5, abs=TENTH)
    assert benchmark.sigma == pytest.approx(figures["sigma2"] ** 0.5, abs=TENTH)
    icc = figures["tau2"] / (figures["tau2"] + figures["sigma2"])
    assert benchmark.icc1 == pytest.approx(icc, abs=0.000501)


@pytest.mark.parametrize("name", SHARED)
def test_a_release_of_the_shared_data_holds_the_values_of_lme4_and_multilevel(
    shared_reference: Path, name: str
) -> None:
    figures = json.loads((shared_reference / "multilevel__icc1_icc2_eb.json").read_text())["result"][name]
    file, unit, lowest, items = SHARED[name]
    found = release_of(shared_reference / "data" / file, unit, {"scale": items}, lowest)
    benchmark = found.header.benchmark("scale")
    assert isinstance(benchmark, ShownBenchmark)
    reml = figures["lmer_reml"]
    # 0-100 in steps of 25 where the file has steps of 1
    assert benchmark.mean == pytest.approx(25 * (reml["intercept"] - lowest), abs=0.501)
    assert benchmark.tau == pytest.approx(25 * reml["tau2"] ** 0.5, abs=TENTH)
    assert benchmark.sigma == pytest.approx(25 * reml["sigma2"] ** 0.5, abs=TENTH)
    assert benchmark.icc1 == pytest.approx(figures["GmeanRel"]["ICC"], abs=0.000501)
    eb = figures["eb"]
    n_shown = 0
    for place, blup, n, mean, reliability in zip(
        *(eb[key] for key in ("group", "blup", "n", "raw_mean")), figures["GmeanRel"]["MeanRel"], strict=True
    ):
        score = found.placements[f"P{place}"].score("scale")
        if not isinstance(score, ShownScore):
            continue
        n_shown += 1
        assert score.n == n
        assert score.mean == pytest.approx(25 * (mean - lowest), abs=TENTH)
        assert score.shrunken == pytest.approx(25 * (reml["intercept"] + blup - lowest), abs=TENTH)
        assert score.reliability == pytest.approx(reliability, abs=HUNDREDTH)
    assert n_shown == len(eb["group"])
