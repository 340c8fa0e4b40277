"""How large a change of R squared is, by rules that are published.

References
----------
Jodoin, M. G. & Gierl, M. J. (2001). Evaluating type I error and power rates using an effect size measure with the logistic
    regression procedure for DIF detection. Applied Measurement in Education 14, 329-349.
Zumbo, B. D. (1999). A handbook on the theory and methods of differential item functioning (DIF). Directorate of Human
    Resources Research and Evaluation, Department of National Defense, Ottawa.
"""

from dataclasses import dataclass

SIZES = ("negligible", "moderate", "large")


@dataclass(frozen=True, slots=True)
class SizeRule:
    """Where sizes begin.

    Attributes
    ----------
    name : str
    moderate_from, large_from : float
        Change of Nagelkerke's R squared from the matching score alone to score, group and their product.
    """

    name: str
    moderate_from: float
    large_from: float

    def size_of(self, change: float) -> str:
        """Name the size of a change.

        Examples
        --------
        >>> JODOIN_GIERL.size_of(0.05), ZUMBO.size_of(0.05)
        ('moderate', 'negligible')
        """
        return SIZES[int(change >= self.moderate_from) + int(change >= self.large_from)]


JODOIN_GIERL = SizeRule("Jodoin & Gierl (2001)", 0.035, 0.070)
ZUMBO = SizeRule("Zumbo (1999)", 0.13, 0.26)
