"""What may be shown where two groups of learners are compared."""

from nets.campaign import Campaign


def may_compare(campaign: Campaign, one: int, other: int, rest: int) -> bool:
    """Whether the scores of two groups may stand beside each other.

    Each is a breakdown of the campaign, and so is the rest: where few are in neither group, their scores would follow from those of
    the two and of all.
    """
    floor = campaign.breakdown_floor
    return min(one, other) >= floor and (rest == 0 or rest >= floor)
