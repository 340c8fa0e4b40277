"""Where a visitor is sent back to: an address of this site and no other, whatever a link says."""

import re
from typing import Final

# One way to match every address, or a long one that fails would be tried in exponentially many.
_WAY_BACK: Final = re.compile(r"/(?:[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*/?)?(?:\?[A-Za-z0-9._=&%+-]*)?\Z")
_LONGEST: Final = 500


def leads_back(address: str) -> bool:
    """Whether an address is a path of this site; ``//outside.example`` is none."""
    return len(address) <= _LONGEST and _WAY_BACK.match(address) is not None
