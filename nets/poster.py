"""A poster for a placement's wall, A5: a QR code that opens the survey there, and what a learner must know first.

The link names the campaign and the placement and nothing else: everybody who scans the poster gets the same one.
"""

import html
from collections.abc import Sequence
from datetime import date
from typing import Final
from urllib.parse import quote

import segno

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.errors import Refused
from nets.organisation import Level, Organisation

_PROMISE: Final = {
    AnonymityMode.ANONYMOUS: "Your response is anonymous. We do not ask for your name, and we do not keep anything that "
    "leads from your answers back to you.",
    AnonymityMode.CONFIDENTIAL: "Your response is confidential, not anonymous. The first page says what that means.",
}
_STYLESHEET: Final = """
@page{size:A5;margin:0}
*{box-sizing:border-box}
body{margin:0;color:#212b32;background:#fff;
font:11.5pt/1.4 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{width:148mm;height:209mm;margin:0 auto;padding:12mm 13mm;text-align:center;display:flex;flex-direction:column}
h1{font-size:25pt;line-height:1.15;margin:0 0 3mm}
p{margin:0 0 2.5mm;overflow-wrap:anywhere}
.place{font-size:15pt;font-weight:700;margin-bottom:1mm}
.where{color:#4c6272}
svg{display:block;width:100%;flex:0 1 78mm;min-height:38mm;margin:1mm 0 2mm}
.link{font-family:ui-monospace,"DejaVu Sans Mono",Consolas,monospace;font-size:9.5pt}
.small{font-size:9.5pt;margin:2.5mm 0 0}
"""


def placement_link(origin: str, campaign: Campaign, placement: Organisation) -> str:
    """The address that opens a campaign with the placement filled in."""
    return f"{origin}/c/{campaign.id}?placement={quote(placement.id, safe='')}"


def render_poster(
    campaign: Campaign, placement: Organisation, above: Sequence[Organisation], origin: str, today: date
) -> str:
    """Write the poster as one HTML page that needs nothing from elsewhere; ``above`` are the places above the placement.

    Raises
    ------
    Refused
        If the place is no placement, or no learner can come to the campaign by a poster any more or at all.
    """
    _refuse_useless(campaign, placement, today)
    link = placement_link(origin, campaign, placement)
    where = [place.name for place in above if place.level in {Level.PROVIDER, Level.SITE}]
    # at the medium level a code still reads with a seventh of it torn off or scribbled on
    code = segno.make(link, error="m", micro=False).svg_inline(border=4, omitsize=True, title=f"QR code of {link}")
    title = f"{campaign.title}: {placement.name}"
    return f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_text(title)}</title><style>{_STYLESHEET}</style></head>
<body><main>
<h1>Tell us about your placement</h1>
<p class="place">{_text(placement.name)}</p>
<p class="where">{_text(", ".join(dict.fromkeys(reversed(where))))}</p>
{code}
<p>Point your phone’s camera at the code, or go to</p>
<p class="link">{_text(link)}</p>
<p>It takes about 10 minutes. You can leave out any question.</p>
<p><strong>{_text(_PROMISE[campaign.anonymity_mode])}</strong></p>
<p>{_text(campaign.title)}<br>{_day(campaign.opens_on)} to {_day(campaign.last_day)}</p>
<p class="small">Nobody reads answers as they arrive.
If you or a patient are in danger, tell someone in charge now, or call 999.</p>
</main></body></html>
"""


def _refuse_useless(campaign: Campaign, placement: Organisation, today: date) -> None:
    if placement.level is not Level.PLACEMENT:
        raise Refused(f"{placement.id} is a {placement.level.replace('_', ' ')}; a poster is for one placement")
    if campaign.access_mode not in {AccessMode.OPEN_LINK, AccessMode.PLACEMENT_QR}:
        raise Refused(f"learners do not come to campaign {campaign.id} by a link that everybody may have")
    if campaign.last_day < today:
        raise Refused(f"campaign {campaign.id} takes no answers any more; {campaign.ending}")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _text(text: str) -> str:
    return html.escape(text)
