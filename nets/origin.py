"""The address at which learners reach the service: what stands before the path of every link."""

from urllib.parse import urlsplit


def as_origin(address: str) -> str:
    """The address as scheme and host alone, in lower case.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    parts = urlsplit(address)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.netloc
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
    ):
        raise ValueError("should be an origin such as https://survey.example.org, with no path")
    return f"{parts.scheme}://{parts.netloc}".lower()
