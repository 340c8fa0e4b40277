"""The look of the report: on a screen, and on A4."""

from typing import Final

STYLESHEET: Final = """
:root{--ink:#231f20;--pale:#425563;--line:#c9d1d6;--wash:#f4f6f7}
*{box-sizing:border-box}
body{margin:0;color:var(--ink);background:#fff;
font:16px/1.55 Charter,"Bitstream Charter","Iowan Old Style",Georgia,"Times New Roman",serif}
main{max-width:52rem;margin:0 auto;padding:2.5rem 1.5rem 4rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 .4rem}
h2{font-size:1.35rem;line-height:1.3;margin:3rem 0 .2rem;padding-top:.7rem;border-top:2px solid var(--ink)}
h3{font-size:1rem;margin:1.6rem 0 .3rem}
p{margin:.7rem 0}
.question{color:var(--pale);font-style:italic;margin-top:0}
.about{color:var(--pale);margin:0 0 1.5rem}
table,figcaption,.tag,nav,.methods h3,svg text{
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.scroll{overflow-x:auto;margin:1.3rem 0}
table{border-collapse:collapse;width:100%;font-size:.8rem;line-height:1.35;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;font-size:.86rem;padding:0 0 .45rem;caption-side:top}
thead{display:table-header-group}
thead th{
border-top:1.5px solid var(--ink);
border-bottom:1px solid var(--ink);text-align:right;vertical-align:bottom;padding:.35rem .45rem;font-weight:600}
tbody th{font-weight:400;text-align:left;padding:.22rem .45rem}
tbody td{text-align:right;padding:.22rem .45rem;white-space:nowrap}
td.text,th.text{text-align:left;white-space:normal}
tbody tr.part th{font-weight:600;padding-top:.6rem}
tbody tr:last-child>*{border-bottom:1.5px solid var(--ink)}
.note{font-size:.78rem;color:var(--pale);margin:.35rem 0 0;line-height:1.4}
figure{margin:1.5rem 0;break-inside:avoid}
figure svg{width:100%;height:auto;display:block}
figcaption{font-size:.86rem;margin-top:.5rem;line-height:1.4}
figcaption b,caption b{font-weight:700}
.methods{
background:var(--wash);border-left:3px solid var(--pale);padding:.6rem 1rem;margin:1.6rem 0;break-inside:avoid;font-size:.94rem}
.methods h3{margin:0 0 .2rem;font-size:.78rem;letter-spacing:.03em;color:var(--pale)}
.methods p{margin:0}
.tag{white-space:nowrap;font-size:.78rem;font-weight:600}
.tag::before{
content:"";display:inline-block;width:.65em;height:.65em;margin-right:.4em;border:1.5px solid currentColor;border-radius:50%}
.met{color:#00401e}.met::before{background:currentColor}
.partly{color:#7a4300}.partly::before{background:linear-gradient(90deg,currentColor 50%,transparent 50%)}
.failed{color:#8a1b00}
.plain::before{display:none}
.none{color:var(--pale);font-weight:400}.none::before{border-style:dotted}
.absent{border-left:3px solid var(--line);padding:.1rem 1rem;color:var(--pale)}
nav ol{margin:.4rem 0;padding-left:1.4rem;columns:2;font-size:.9rem}
a{color:inherit}
.references p{padding-left:1.5rem;text-indent:-1.5rem;margin:.35rem 0;font-size:.9rem}
@page{size:A4;margin:18mm 16mm 20mm}
@media print{
body{font-size:10.2pt;line-height:1.42}
main{max-width:none;padding:0}
h1{font-size:19pt}h2{font-size:13.5pt;margin-top:1.8rem;break-after:avoid}
.scroll{overflow:visible}
table{font-size:7.6pt}caption,figcaption{font-size:8.6pt}.note{font-size:7.6pt}.tag{font-size:7.6pt}
.question{break-after:avoid}
.note{break-before:avoid}
tr,caption,.note{break-inside:avoid}p{orphans:3;widows:3}
nav{break-after:auto}
a{text-decoration:none}
}
"""
