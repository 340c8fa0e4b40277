"""An invented tree of places. Every name is made up; any likeness to a real organisation is chance."""

from collections.abc import Iterator
from typing import Final

from nets.organisation import Level, Organisation

_REGIONS: Final = {
    "North Vale": ("Alderwick", "Brackenmoor"),
    "Midmarch": ("Caldermere", "Dunhollow"),
    "South Haven": ("Elmsea", "Farrowdown"),
}
_PROVIDERS: Final = ("{} University Hospitals", "{} Community and Mental Health Care", "{} Primary and Urgent Care")
_SITES: Final = (("{} Royal Infirmary", "{} General Hospital"), ("{} Bridge Centre",), ("{} Market Surgery",))
_PLACEMENTS: Final = (
    ("Emergency department", "Medical ward 4", "Surgical ward 7", "Maternity unit", "Imaging", "Pharmacy", "Operating theatres",
     "Children's ward"),
    ("Community nursing team", "Therapy outpatients", "Crisis team", "Older people's ward"),
    ("General practice", "Ambulance station", "Community pharmacy"),
)  # fmt: skip

# who learns where, the commonest group first
_GROUPS: Final = {
    "Emergency department": ("medicine_dentistry", "nursing", "paramedicine"),
    "Maternity unit": ("midwifery", "medicine_dentistry", "nursing"),
    "Imaging": ("allied_health", "healthcare_science"),
    "Pharmacy": ("pharmacy",),
    "Community pharmacy": ("pharmacy",),
    "Operating theatres": ("nursing", "allied_health", "medicine_dentistry"),
    "Therapy outpatients": ("allied_health",),
    "Ambulance station": ("paramedicine",),
    "General practice": ("medicine_dentistry", "nursing", "pharmacy"),
    "Community nursing team": ("nursing", "support_workforce"),
}
_USUAL_GROUPS: Final = ("nursing", "medicine_dentistry", "allied_health", "support_workforce", "independent_learner")


def groups_at(placement: str) -> tuple[str, ...]:
    """Learner groups found at a placement of this name, the commonest first."""
    return _GROUPS.get(placement, _USUAL_GROUPS)


def invented_places() -> tuple[Organisation, ...]:
    """Three regions, six local offices, eighteen providers, twenty-four sites and over a hundred placements, parents first."""
    return tuple(_places())


def _places() -> Iterator[Organisation]:
    n_offices = n_providers = n_sites = n_placements = 0
    for region_number, (region, towns) in enumerate(_REGIONS.items(), 1):
        region_id = f"R{region_number}"
        yield Organisation(region_id, Level.REGION, region, None)
        for town in towns:
            n_offices += 1
            office_id = f"L{n_offices:02}"
            yield Organisation(office_id, Level.LOCAL_OFFICE, f"{town} local office", region_id)
            for kind, provider in enumerate(_PROVIDERS):
                n_providers += 1
                provider_id = f"T{n_providers:03}"
                yield Organisation(provider_id, Level.PROVIDER, provider.format(town), office_id)
                for site in _SITES[kind]:
                    n_sites += 1
                    site_id = f"S{n_sites:03}"
                    yield Organisation(site_id, Level.SITE, site.format(town), provider_id)
                    for placement in _PLACEMENTS[kind]:
                        n_placements += 1
                        yield Organisation(f"P{n_placements:04}", Level.PLACEMENT, placement, site_id)
