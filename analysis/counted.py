"""How many of something, as a sentence says it."""


def counted(number: int, one: str, several: str = "") -> str:
    """Give a number with its noun, and with whatever else changes with the number.

    Examples
    --------
    >>> counted(1, "rating"), counted(2, "rating"), counted(1, "score was", "scores were")
    ('1 rating', '2 ratings', '1 score was')
    """
    return f"{number} {one if number == 1 else several or one + 's'}"
