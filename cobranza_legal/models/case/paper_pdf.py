"""A written piece as PDF: the same bytes whenever it is written of the same words."""

import io
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, black
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    LongTable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from odoo.tools.misc import file_path

from ...kernel.draft import Break, Table, Words, blank

FONT, BOLD, MONO = "CobranzaPaper", "CobranzaPaper-Bold", "CobranzaPaper-Mono"
FILES = {
    FONT: "web/static/fonts/google/Open_Sans/Open_Sans-Regular.ttf",
    BOLD: "web/static/fonts/google/Open_Sans/Open_Sans-Bold.ttf",
    MONO: "web/static/fonts/google/Fira_Mono/Fira_Mono-Regular.ttf",
}
"""Those that Odoo brings: letters of every European name."""

MARGIN = 22 * mm
WIDTH = A4[0] - 2 * MARGIN - 12
PALE, GREY, LINE = (Color(*[one] * 3) for one in (0.91, 0.35, 0.75))
ALIGN = {"left": TA_LEFT, "center": TA_CENTER, "right": TA_RIGHT}


def _fonts():
    known = pdfmetrics.getRegisteredFontNames()
    for name, path in FILES.items():
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, file_path(path)))
    pdfmetrics.registerFontFamily(FONT, FONT, BOLD, FONT, BOLD)


def _style(kind, align):
    sizes = {"title": (13, 18, 4, 10), "heading": (10.5, 14, 8, 4)}
    size, leading, before, after = sizes.get(kind, (9.5, 13.5, 0, 5))
    return ParagraphStyle(
        f"{kind}-{align}",
        fontName=BOLD if kind in ("title", "heading") else FONT,
        fontSize=size,
        leading=leading,
        spaceBefore=before,
        spaceAfter=after,
        alignment=ALIGN[align],
        leftIndent=6 * mm if kind == "item" else 0,
        bulletIndent=1.5 * mm,
        keepWithNext=kind == "heading",
    )


def _markup(runs):
    parts = []
    for run in runs:
        text = escape(run.text)
        text = f"<b>{text}</b>" if run.bold else text
        parts.append(f'<font backColor="#fff3bf">{text}</font>' if run.blank else text)
    return "".join(parts)


def _words(block):
    bullet = "–" if block.kind == "item" else None
    style = _style(block.kind, block.align)
    return Paragraph(_markup(block.runs), style, bulletText=bullet)


def _cell(text, *, bold=False, right=False, mono=False):
    style = ParagraphStyle(
        "cell",
        fontName=BOLD if bold else MONO if mono else FONT,
        fontSize=5.5 if mono else 8,
        leading=7.5 if mono else 10.5,
        alignment=TA_RIGHT if right else TA_LEFT,
        splitLongWords=1,
    )
    if text is None:
        return Paragraph(f'<font backColor="#fff3bf">{blank()}</font>', style)
    return Paragraph(escape(text), style)


def _table(block):
    head = [
        _cell(text, bold=True, right=number in block.right)
        for number, text in enumerate(block.head)
    ]
    rows, last = [head] if any(block.head) else [], len(block.rows) - 1
    for place, row in enumerate(block.rows):
        bold = block.total and place == last
        rows.append(
            [
                _cell(
                    text,
                    bold=bold,
                    right=number in block.right,
                    mono=number in block.mono,
                )
                for number, text in enumerate(row)
            ]
        )
    shares = block.widths or (1,) * len(block.head)
    widths = [WIDTH * one / sum(shares) for one in shares]
    lines = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    if any(block.head):
        lines.append(("LINEBELOW", (0, 0), (-1, 0), 0.8, black))
    repeat = 1 if any(block.head) else 0
    return LongTable(rows, widths, repeatRows=repeat, style=TableStyle(lines))


def _flow(blocks):
    for block in blocks:
        if isinstance(block, Words):
            yield _words(block)
        elif isinstance(block, Table):
            yield _table(block)
            yield Spacer(1, 4 * mm)
        elif isinstance(block, Break):
            yield PageBreak()


class _Numbered(Canvas):
    """Writes on each page, when all of them are known, what stands on every page."""

    mark, foot, numbered = "", "", True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._pages = []

    def showPage(self):
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self._stamp(number, len(self._pages))
            super().showPage()
        return super().save()

    def _stamp(self, number, count):
        width, height = A4
        if self.mark:
            self.setFillColor(GREY)
            self.setFont(BOLD, 10)
            self.drawCentredString(width / 2, height - 12 * mm, self.mark)
        self.setFillColor(GREY)
        self.setFont(FONT, 7.5)
        if self.foot:
            self.drawString(MARGIN, 10 * mm, self.foot)
        if self.numbered:
            self.drawRightString(width - MARGIN, 10 * mm, f"{number} / {count}")


def write_pdf(draft, mark="", foot="", numbered=True):
    """The bytes of a PDF of a ``kernel.draft.Draft``. ``mark``: words at the head and
    across each page; ``foot``: words below; ``numbered``: with numbers of pages."""
    _fonts()
    numbers = {"mark": mark, "foot": foot, "numbered": numbered}
    canvas = type("Canvas", (_Numbered,), numbers)

    def across(page, _doc):
        if not mark:
            return
        page.saveState()
        page.setFillColor(PALE)
        page.setFont(BOLD, 90)
        page.translate(A4[0] / 2, A4[1] / 2)
        page.rotate(52)
        page.drawCentredString(0, -30, mark)
        page.restoreState()

    out = io.BytesIO()
    doc = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=20 * mm,
        bottomMargin=18 * mm,
        title=draft.title,
        invariant=1,
    )
    flow = list(_flow(draft.blocks)) or [Spacer(1, 1)]
    doc.build(flow, onFirstPage=across, onLaterPages=across, canvasmaker=canvas)
    return out.getvalue()
