"""Every threshold that the validation report holds a figure against, as data, with its source.

A threshold is a convention, not a fact: the report shows figure, threshold and source side by side, so that a reader can
disagree. `CURRENT` is the version that a report names; changing an entry asks for a new version.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

from .prose import number, per_cent

VERSION: Final = "validation-2026.1"


@dataclass(frozen=True, slots=True)
class Threshold:
    """One convention.

    Attributes
    ----------
    code : str
    quantity : str
        What is judged, in words.
    relation : {"at least", "at most", "less than", "more than", "between"}
    value, upper : float
        The threshold; `upper` is the other end of "between" and NaN otherwise.
    decimals : int
        With which it is written.
    in_per_cent : bool
        Whether it is a share that is written in per cent.
    source : str
        As a text cites it.
    reference : str
        As a list of references has it.
    """

    code: str
    quantity: str
    relation: Literal["at least", "at most", "less than", "more than", "between"]
    value: float
    source: str
    reference: str
    upper: float = math.nan
    decimals: int = 2
    in_per_cent: bool = False

    def __str__(self) -> str:
        if self.in_per_cent:
            return f"{self.relation} {per_cent(self.value, 0)}"
        if self.relation == "between":
            return f"{number(self.value, self.decimals)} to {number(self.upper, self.decimals)}"
        return f"{self.relation} {number(self.value, self.decimals)}"

    def met_by(self, figure: float) -> bool:
        """Whether a figure keeps to it; one that is not a number does not."""
        match self.relation:
            case "at least":
                return figure >= self.value
            case "at most":
                return figure <= self.value
            case "less than":
                return figure < self.value
            case "more than":
                return figure > self.value
            case "between":
                return self.value <= figure <= self.upper


_PRINSEN = (
    "Prinsen, C. A. C., Mokkink, L. B., Bouter, L. M., Alonso, J., Patrick, D. L., de Vet, H. C. W. & Terwee, C. B. (2018). "
    "COSMIN guideline for systematic reviews of patient-reported outcome measures. Quality of Life Research 27, 1147–1157."
)
_MOKKINK = (
    "Mokkink, L. B., de Vet, H. C. W., Prinsen, C. A. C., Patrick, D. L., Alonso, J., Bouter, L. M. & Terwee, C. B. (2018). "
    "COSMIN Risk of Bias checklist for systematic reviews of patient-reported outcome measures. Quality of Life Research 27, "
    "1171–1179."
)
_TERWEE = (
    "Terwee, C. B., Bot, S. D. M., de Boer, M. R., van der Windt, D. A. W. M., Knol, D. L., Dekker, J., Bouter, L. M. & "
    "de Vet, H. C. W. (2007). Quality criteria were proposed for measurement properties of health status questionnaires. "
    "Journal of Clinical Epidemiology 60, 34–42."
)
_HU = (
    "Hu, L. & Bentler, P. M. (1999). Cutoff criteria for fit indexes in covariance structure analysis. Structural Equation "
    "Modeling 6, 1–55."
)
_RODRIGUEZ = (
    "Rodriguez, A., Reise, S. P. & Haviland, M. G. (2016). Evaluating bifactor models: calculating and interpreting "
    "statistical "
    "indices. Psychological Methods 21, 137–150."
)
_CHEN = (
    "Chen, F. F. (2007). Sensitivity of goodness of fit indexes to lack of measurement invariance. Structural Equation "
    "Modeling "
    "14, 464–504."
)
_POLIT = (
    "Polit, D. F., Beck, C. T. & Owen, S. V. (2007). Is the CVI an acceptable indicator of content validity? Research in "
    "Nursing & Health 30, 459–467."
)
_LEBRETON = (
    "LeBreton, J. M. & Senter, J. L. (2008). Answers to 20 questions about interrater reliability and interrater agreement. "
    "Organizational Research Methods 11, 815–852."
)

CURRENT: Final = (
    Threshold("respondents", "respondents", "at least", 100, "Mokkink et al. (2018)", _MOKKINK, decimals=0),
    Threshold("respondents_per_item", "respondents per item", "at least", 7, "Mokkink et al. (2018)", _MOKKINK, decimals=0),
    Threshold(
        "left_blank", "share of an item's answers left blank", "at most", 0.05, "Schafer (1999)",
        "Schafer, J. L. (1999). Multiple imputation: a primer. Statistical Methods in Medical Research 8, 3–15.",
        in_per_cent=True,
    ),
    Threshold(
        "straight_lining", "share of straight-liners beyond what careful answers give", "less than", 0.05, "Credé (2010)",
        "Credé, M. (2010). Random responding as a threat to the validity of effect size estimates in correlational research. "
        "Educational and Psychological Measurement 70, 596–612.",
        in_per_cent=True,
    ),
    Threshold("floor", "share at the lowest possible score", "at most", 0.15, "Terwee et al. (2007)", _TERWEE, in_per_cent=True),
    Threshold("ceiling", "share at the highest possible score", "at most", 0.15, "Terwee et al. (2007)", _TERWEE, in_per_cent=True),
    Threshold(
        "item_rest", "corrected item-total correlation", "at least", 0.30, "Nunnally and Bernstein (1994)",
        "Nunnally, J. C. & Bernstein, I. H. (1994). Psychometric Theory (3rd ed.). McGraw-Hill.",
    ),
    Threshold(
        "sampling_adequacy", "Kaiser–Meyer–Olkin measure", "at least", 0.60, "Kaiser (1974)",
        "Kaiser, H. F. (1974). An index of factorial simplicity. Psychometrika 39, 31–36.",
    ),
    Threshold("cfi", "comparative fit index (robust)", "more than", 0.95, "Hu and Bentler (1999)", _HU),
    Threshold("rmsea", "root mean square error of approximation (robust)", "less than", 0.06, "Hu and Bentler (1999)", _HU),
    Threshold("srmr", "standardized root mean square residual", "less than", 0.08, "Hu and Bentler (1999)", _HU),
    Threshold(
        "loading", "standardized loading", "at least", 0.40, "Stevens (2002)",
        "Stevens, J. P. (2002). Applied Multivariate Statistics for the Social Sciences (4th ed.). Erlbaum.",
    ),
    Threshold(
        "htmt", "heterotrait–monotrait ratio", "less than", 0.85, "Henseler et al. (2015)",
        "Henseler, J., Ringle, C. M. & Sarstedt, M. (2015). A new criterion for assessing discriminant validity in "
        "variance-based structural equation modeling. Journal of the Academy of Marketing Science 43, 115–135.",
    ),
    Threshold("omega_hierarchical", "hierarchical omega", "more than", 0.80, "Rodriguez et al. (2016)", _RODRIGUEZ),
    Threshold("ecv", "explained common variance", "more than", 0.70, "Rodriguez et al. (2016)", _RODRIGUEZ),
    Threshold("reliability", "alpha and categorical omega", "between", 0.70, "Terwee et al. (2007)", _TERWEE, upper=0.95),
    Threshold("retest_icc", "intraclass correlation", "at least", 0.70, "Prinsen et al. (2018)", _PRINSEN),
    Threshold("retest_n", "stable respondents in a retest", "at least", 100, "Mokkink et al. (2018)", _MOKKINK, decimals=0),
    Threshold(
        "delta_cfi", "loss of CFI from one step of invariance to the next", "less than", 0.010, "Chen (2007)", _CHEN, decimals=3
    ),
    Threshold("dif", "change of McFadden's R²", "less than", 0.02, "Prinsen et al. (2018)", _PRINSEN),
    Threshold("convergent", "correlation with a measure of the same thing", "at least", 0.50, "Prinsen et al. (2018)", _PRINSEN),
    Threshold("auc", "area under the curve", "at least", 0.70, "Prinsen et al. (2018)", _PRINSEN),
    Threshold("hypotheses", "share of hypotheses confirmed", "at least", 0.75, "Prinsen et al. (2018)", _PRINSEN, in_per_cent=True),
    Threshold("i_cvi", "item content validity index", "at least", 0.78, "Polit et al. (2007)", _POLIT),
    Threshold("s_cvi", "average content validity index", "at least", 0.90, "Polit et al. (2007)", _POLIT),
    Threshold("icc1", "ICC(1)", "at least", 0.05, "LeBreton and Senter (2008)", _LEBRETON),
    Threshold("unit_reliability", "reliability of a unit's score", "at least", 0.70, "LeBreton and Senter (2008)", _LEBRETON),
)  # fmt: skip

BY_CODE: Final = {threshold.code: threshold for threshold in CURRENT}
