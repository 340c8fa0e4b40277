"""Which items make up which scale, read once for everything that takes several scales of one questionnaire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .options import is_list, shown, wrong_mapping


def read_scales(
    scales: Any,
    item_names: Sequence[str],
    *,
    fewest_scales: int = 1,
    fewest_items: int = 1,
    needed_by: str = "it",
    overlap: bool = True,
) -> tuple[dict[str, list[int]], list[str]]:
    """Give the places of each scale's items, and a sentence for everything that is wrong with the scales.

    Parameters
    ----------
    scales : mapping of scale to item names
    item_names : sequence of str
        The items that have answers, in their order.
    fewest_scales, fewest_items : int
        The fewest scales, and the fewest items of each.
    needed_by : str
        What it is that needs so many items.
    overlap : bool
        Whether an item may be in two scales.

    Examples
    --------
    >>> read_scales({"Teamwork": ["q3", "q1"], "Facilities": ["q2", "q2"]}, ("q1", "q2", "q3"))
    ({'Teamwork': [2, 0], 'Facilities': []}, ['scale Facilities has item q2 twice'])
    """
    problems = wrong_mapping("scales", scales, "each scale's name to the names of its items")
    if problems:
        return {}, problems
    if len(scales) < fewest_scales:
        problems.append(
            "at least one scale needed"
            if fewest_scales == 1
            else f"at least {fewest_scales} scales needed, got {len(scales)}"
        )
    places: dict[str, list[int]] = {}
    scale_of: dict[str, str] = {}
    known = {name: place for place, name in enumerate(item_names)}
    for scale, given in scales.items():
        places[scale] = []
        if not is_list(given):
            problems.append(f"the items of scale {scale} are a list of names, not {shown(given)}")
            continue
        items = [str(item) for item in given]
        wrong = []
        unknown = [item for item in items if item not in known]
        if unknown:
            wrong.append(f"scale {scale} has items without answers: {', '.join(unknown)}")
        if not items:
            wrong.append(f"scale {scale} has no items")
        elif len(items) < fewest_items:
            wrong.append(f"scale {scale} has {len(items)} of the {fewest_items} items that {needed_by} needs")
        wrong += [f"scale {scale} has item {item} twice" for item in dict.fromkeys(items) if items.count(item) > 1]
        if not wrong:
            places[scale] = [known[item] for item in items]
        if not overlap:
            wrong += [
                f"item {item} is in scale {scale_of[item]} and again in {scale}"
                for item in dict.fromkeys(items)
                if item in scale_of
            ]
        scale_of.update(dict.fromkeys(items, scale))
        problems += wrong
    return places, problems
