"""Addresses of the built styles and scripts, whose names carry their digest."""

import json
from dataclasses import dataclass
from pathlib import Path

from nets.errors import InvalidSetting

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Assets:
    """The manifest that the front end's build wrote."""

    folder: Path
    names: dict[str, str]

    def url(self, name: str) -> str:
        """The address of a file by the name it has in the sources."""
        return f"/static/{self.names[name]}"


def read_assets(folder: Path = STATIC) -> Assets:
    """The assets that were built.

    Raises
    ------
    InvalidSetting
        Where nothing was built yet, saying how to.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise InvalidSetting(
            f"there are no built styles in {folder}; run `make frontend` (python -m survey_api.frontend)"
        ) from None
    return Assets(folder, manifest["files"])
