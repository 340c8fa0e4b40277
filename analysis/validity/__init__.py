"""Whether a score means what it is taken to mean."""

from .content import ContentValidity, content_validity
from .criterion import CriterionValidity, criterion_validity
from .effect_size import GroupDifference
from .known_groups import GroupPair, KnownGroups, known_groups
from .pearson import Correlation
from .polyserial import PolyserialCorrelation
from .responsiveness import ChangeOfGroup, Responsiveness, responsiveness
from .roc_curve import RocCurve

__all__ = [
    "ChangeOfGroup",
    "ContentValidity",
    "Correlation",
    "CriterionValidity",
    "GroupDifference",
    "GroupPair",
    "KnownGroups",
    "PolyserialCorrelation",
    "Responsiveness",
    "RocCurve",
    "content_validity",
    "criterion_validity",
    "known_groups",
    "responsiveness",
]
