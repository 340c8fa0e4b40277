"""The report as one HTML page: no script, nothing from elsewhere, and fit for A4."""

import html
import re
from collections.abc import Sequence
from typing import Final

from .prose import MISSING, listed, number
from .section import Cell, Form, ReportPicture, ReportProse, ReportSection, ReportTable, Verdict
from .stylesheet import STYLESHEET
from .thresholds import CURRENT, VERSION

_UNBROKEN: Final = re.compile(r"(?<=\d) (?=%)|(?<=\b[pnr]) (?=[=<] )|(?<=[=<]) (?=[\d−])")
"""Spaces within a figure, at which no line may break."""

_VERDICT_HEADS: Final = ("Property", "Found", "Convention and source", "Verdict")
_TAGS: Final = {
    "met": "met", "partly met": "partly", "not met": "failed", "yes": "plain", "no": "plain", "not judged": "none",
}  # fmt: skip


def render_page(title: str, about: Sequence[tuple[str, str]], sections: Sequence[ReportSection]) -> str:
    """Write the whole page."""
    told = "; ".join(f"{_text(name)}: {_text(value)}" for name, value in about)
    body = [
        f"<h1>{_text(title)}</h1>",
        f'<p class="about">{told}.</p>' if told else "",
        _summary(sections),
        *(_section(place, section) for place, section in enumerate(sections, 1)),
        _conventions(sections),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(title)}</title><style>{STYLESHEET}</style></head>\n<body><main>\n"
        + "\n".join(part for part in body if part)
        + "\n</main></body></html>\n"
    )


def _summary(sections: Sequence[ReportSection]) -> str:
    rows = []
    for place, section in enumerate(sections, 1):
        for position, verdict in enumerate(section.verdicts):
            link = f'<a href="#{section.code}">{place}</a>' if position == 0 else ""
            rows.append((link, *_verdict_cells(verdict)))
    outcomes = [verdict.outcome for section in sections for verdict in section.verdicts]
    n_judged = sum(outcome in {"met", "partly met", "not met"} for outcome in outcomes)
    absent = [section.title.lower() for section in sections if not section.computed]
    lead = (
        f"Of {n_judged} figures that are held against a published convention, {outcomes.count('met')} keep to it. A "
        "convention "
        "is a guide, not a fact: figure, threshold and source stand side by side, so that a reader may disagree."
    )
    if absent:
        lead += f" What these data do not answer ({listed(absent)}) has its section all the same, which says why."
    contents = "".join(f'<li><a href="#{section.code}">{_text(section.title)}</a></li>' for section in sections)
    return (
        f'<p>{_text(lead)}</p><nav aria-label="Sections"><ol>{contents}</ol></nav>'
        f"{_grid('Summary of findings', ('', *_VERDICT_HEADS), rows)}"
    )


def _section(place: int, section: ReportSection) -> str:
    tables = pictures = 0
    body = []
    for part in section.parts:
        if isinstance(part, ReportTable):
            tables += 1
            body.append(_table(part, f"Table {place}.{tables}"))
        elif isinstance(part, ReportPicture):
            pictures += 1
            body.append(_picture(part, f"Figure {place}.{pictures}"))
        else:
            body.append(_paragraph(part, absent=not section.computed))
    judged = [_verdict_cells(verdict) for verdict in section.verdicts if verdict.outcome != "not judged"]
    if judged:
        body.append(_grid("Verdict", _VERDICT_HEADS, judged))
    if section.methods:
        body.append(f'<div class="methods"><h3>For a methods section</h3><p>{_text(section.methods)}</p></div>')
    return (
        f'<section id="{section.code}"><h2>{place}&ensp;{_text(section.title)}</h2>'
        f'<p class="question">{_text(section.question)}</p>{"".join(body)}</section>'
    )


def _paragraph(prose: ReportProse, *, absent: bool) -> str:
    return f'<p class="absent">{_text(prose.text)}</p>' if absent else f"<p>{_text(prose.text)}</p>"


def _picture(picture: ReportPicture, name: str) -> str:
    return f"<figure>{picture.svg}<figcaption><b>{name}.</b> {_text(picture.caption)}</figcaption></figure>"


def _table(table: ReportTable, name: str) -> str:
    kinds = [' class="text"' if form == "text" else "" for _, form in table.columns]
    head = "".join(
        f'<th scope="col"{kind}>{_text(title)}</th>' for (title, _), kind in zip(table.columns, kinds, strict=True)
    )
    rows = []
    for place, row in enumerate(table.rows):
        if _heads(table, place):
            rows.append(f'<tr class="part"><th scope="rowgroup" colspan="{len(row)}">{_cell(row[0], "text")}</th></tr>')
            continue
        cells = "".join(
            f"<td{kind}>{_cell(cell, form)}</td>"
            for cell, (_, form), kind in zip(row[1:], table.columns[1:], kinds[1:], strict=True)
        )
        rows.append(f'<tr><th scope="row">{_cell(row[0], "text")}</th>{cells}</tr>')
    notes = f'<p class="note"><i>Note.</i> {_text(" ".join(table.notes))}</p>' if table.notes else ""
    return (
        f'<div class="scroll"><table><caption><b>{name}.</b> {_text(table.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{notes}</div>"
    )


def _heads(table: ReportTable, place: int) -> bool:
    """Whether a row heads those below it: it has no figures, and the one after it has some."""
    return (
        all(cell is None for cell in table.rows[place][1:])
        and place + 1 < len(table.rows)
        and any(cell is not None for cell in table.rows[place + 1][1:])
    )


def _grid(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of words; cells are HTML already."""
    head = "".join(f'<th class="text" scope="col">{_text(title)}</th>' for title in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"""<td class="text">{cell}</td>""" for cell in others)}</tr>'
        for first, *others in rows
    )
    return (
        f'<div class="scroll"><table><caption>{_text(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _verdict_cells(verdict: Verdict) -> tuple[str, str, str, str]:
    convention = f"{verdict.threshold}; {verdict.source}" if verdict.source else verdict.threshold
    tag = f'<span class="tag {_TAGS[verdict.outcome]}">{verdict.outcome}</span>'
    return _text(verdict.what), _text(verdict.found), _text(convention), tag


def _cell(cell: Cell, form: Form) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, tuple):
        low, high = (_figure(end, form) for end in cell)
        return MISSING if MISSING in (low, high) else f"{low} to {high}"
    return _figure(cell, form)


def _figure(value: float | None, form: Form) -> str:
    if value is None:  # what JSON keeps of a figure that is not a number
        return MISSING
    match form:
        case "percent":
            return number(100.0 * value, 1)
        case "count" | "text":
            return number(value, 0)
        case "p":
            return "< 0.001" if value < 0.001 else number(value, 3)
        case _:
            return number(value, int(form))


def _conventions(sections: Sequence[ReportSection]) -> str:
    used = {verdict.source for section in sections for verdict in section.verdicts}
    known = [threshold for threshold in CURRENT if threshold.source in used]
    rows = [
        (_text(threshold.quantity[0].upper() + threshold.quantity[1:]), _text(str(threshold)), _text(threshold.source))
        for threshold in known
    ]
    references = "".join(
        f"<p>{_text(reference)}</p>" for reference in sorted({threshold.reference for threshold in known})
    )
    return (
        '<section id="conventions"><h2>Conventions</h2>'
        f'<p class="question">What the figures were held against ({_text(VERSION)}).</p>'
        f"{_grid('Thresholds and their sources', ('Quantity', 'Threshold', 'Source'), rows)}</section>"
        f'<section id="references" class="references"><h2>References of the conventions</h2>{references}</section>'
    )


def _text(words: str) -> str:
    return _UNBROKEN.sub("\N{NO-BREAK SPACE}", html.escape(words))
