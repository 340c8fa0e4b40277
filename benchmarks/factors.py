"""How many factors, and which: against psych and factor_analyzer."""

import warnings
from collections.abc import Iterator

from factor_analyzer import FactorAnalyzer

from analysis import PairwiseTables, explore_factors, parallel_analysis, pearson_correlation

from .answers import N_THEMES, simulated
from .stopwatch import Line, faster, fastest, in_r, within

DRAWS = 100


def lines() -> Iterator[Line]:
    """Measure parallel analysis from raw answers, and exploration from tables."""
    answers = simulated(1000)
    (pearson,) = fastest(lambda: parallel_analysis(answers, "pearson", n_draws=DRAWS), repeats=20)
    (polychoric,) = fastest(lambda: parallel_analysis(answers, n_draws=DRAWS), repeats=5)
    psych = in_r("psych_parallel", answers, repeats=2, argument=DRAWS)
    yield faster(
        "parallel analysis, Pearson, 100 draws, n = 1,000", "psych (which resamples besides)", pearson, psych, 40
    )
    # A hundred polychoric draws take psych ten minutes: four and one give what one costs.
    one, four = (in_r("psych_parallel_polychoric", answers, repeats=1, argument=draws) for draws in (1, 4))
    psych = one + (DRAWS - 1) * (four - one) / 3
    yield faster(
        "parallel analysis, polychoric, 100 draws, n = 1,000", "psych, from its 4 draws", polychoric, psych, 100
    )
    yield from _exploration(PairwiseTables.from_responses(answers, 5))


def _exploration(tables: PairwiseTables) -> Iterator[Line]:
    matrix = pearson_correlation(tables).matrix

    def ours() -> object:
        return explore_factors(tables, N_THEMES, "pearson", "minres", "oblimin")

    def theirs() -> object:
        return FactorAnalyzer(N_THEMES, method="minres", rotation="oblimin", is_corr_matrix=True).fit(matrix)

    with warnings.catch_warnings():
        # scikit-learn 1.7 warns of an argument that factor_analyzer still passes.
        warnings.simplefilter("ignore", FutureWarning)
        mine, other = fastest(ours, theirs, repeats=8)
    yield within(
        "EFA, 6 factors, minres, oblimin, from tables", "factor_analyzer on the correlations", mine, other, 1.0
    )
