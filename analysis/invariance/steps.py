"""The steps in which groups are asked to have more and more in common.

Numbers (Meredith 1993; Vandenberg & Lance 2000): the same model; equal loadings; intercepts as well; residual variances as
well. Ordered answers (Wu & Estabrook 2016): thresholds come first, because only they tell what the units of the variables
behind the answers are.

References
----------
Meredith, W. (1993). Measurement invariance, factor analysis and factorial invariance. Psychometrika 58, 525-543.
Vandenberg, R. J. & Lance, C. E. (2000). A review and synthesis of the measurement invariance literature. Organizational
    Research Methods 3, 4-70.
Wu, H. & Estabrook, R. (2016). Identification of confirmatory factor analysis models of different levels of invariance for
    ordered categorical outcomes. Psychometrika 81, 1014-1045.
"""

from dataclasses import dataclass

from ..confirmatory.structure.setting import Equal


@dataclass(frozen=True, slots=True)
class Step:
    """What groups have in common.

    Attributes
    ----------
    name : str
    equal : tuple of {"loadings", "intercepts", "residuals", "thresholds"}
        The last is what this step adds.
    """

    name: str
    equal: tuple[Equal, ...]


NUMBERS = (
    Step("configural", ()),
    Step("metric", ("loadings",)),
    Step("scalar", ("loadings", "intercepts")),
    Step("strict", ("loadings", "intercepts", "residuals")),
)
ORDERED = (
    Step("configural", ()),
    Step("thresholds", ("thresholds",)),
    Step("loadings", ("thresholds", "loadings")),
    Step("intercepts", ("thresholds", "loadings", "intercepts")),
    Step("strict", ("thresholds", "loadings", "intercepts", "residuals")),
)
