"""``python -m survey_api.frontend``: build what the pages need; seconds when nothing changed."""

import sys

from survey_api.frontend.build import BuildError, build


def main() -> None:
    """Build and say what is done; one message and exit code 1 where it fails."""
    try:
        build(_say)
    except BuildError as failure:
        sys.exit(f"front end: {failure}")


def _say(message: str) -> None:
    sys.stdout.write(message + "\n")


if __name__ == "__main__":
    main()
