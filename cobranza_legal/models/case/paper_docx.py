"""A written piece as a document that people go on writing."""

import importlib.util
import io
import zipfile

from odoo.exceptions import UserError

from ...kernel.draft import Break, Run, Table, Words, blank

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every part: the same words make the same bytes."""

SHAPE = """
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
     xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
 <w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
   path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>
   <v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
   <v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>
   <v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>
   <v:path textpathok="t" o:connecttype="custom"/><v:textpath on="t" fitshape="t"/>
  </v:shapetype>
  <v:shape id="CobranzaMark" type="#_x0000_t136" fillcolor="#dddddd" stroked="f"
   style="position:absolute;width:420pt;height:110pt;rotation:308;z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin">
   <v:textpath style="font-family:&quot;Arial&quot;;font-size:1pt" string=""/>
  </v:shape></w:pict></w:r>
"""  # noqa: E501 one attribute of the format
VML = "{urn:schemas-microsoft-com:vml}textpath"


def is_installed():
    """Whether the library is there."""
    return importlib.util.find_spec("docx") is not None


def write_docx(env, draft, mark="", foot=""):
    """The bytes of a DOCX of a ``kernel.draft.Draft``, with the words of the PDF.
    UserError where the library is not installed."""
    try:
        import docx  # optional: the PDF needs none of it
    except ImportError as error:
        raise UserError(
            env._(
                "Documents to go on writing need the library python-docx, which is not "
                "installed on the server: pip install python-docx. The PDF is there "
                "without it."
            )
        ) from error
    return _Writer(docx, draft, mark, foot).content()


class _Writer:
    def __init__(self, docx, draft, mark, foot):
        from docx.enum import text
        from docx.oxml import parse_xml
        from docx.shared import Mm, Pt, RGBColor

        self.parse, self.mm, self.pt, self.rgb = parse_xml, Mm, Pt, RGBColor
        self.align = text.WD_ALIGN_PARAGRAPH
        self.colour = text.WD_COLOR_INDEX.YELLOW
        self.draft, self.mark, self.foot = draft, mark, foot
        self.doc = docx.Document()

    def content(self):
        self._page()
        for block in self.draft.blocks:
            if isinstance(block, Words):
                self._words(block)
            elif isinstance(block, Table):
                self._table(block)
            elif isinstance(block, Break):
                self.doc.add_page_break()
        properties = self.doc.core_properties
        properties.title, properties.author = self.draft.title, ""
        properties.comments = ""
        out = io.BytesIO()
        self.doc.save(out)
        return _timeless(out.getvalue())

    def _page(self):
        section, mm = self.doc.sections[0], self.mm
        section.page_width, section.page_height = mm(210), mm(297)
        section.left_margin = section.right_margin = mm(22)
        section.top_margin = section.bottom_margin = mm(20)
        normal = self.doc.styles["Normal"]
        normal.font.name, normal.font.size = "Arial", self.pt(10)
        normal.paragraph_format.space_after = self.pt(5)
        if self.mark:
            head = section.header.paragraphs[0]
            head.alignment = self.align.CENTER
            run = head.add_run(self.mark)
            run.bold = True
            run.font.color.rgb = self.rgb(0x59, 0x59, 0x59)
            shape = self.parse(SHAPE.strip())
            for path in shape.iter(VML):
                if path.get("string") is not None:
                    path.set("string", self.mark)
            head._p.append(shape)
        foot = section.footer.paragraphs[0]
        foot.alignment = self.align.RIGHT
        if self.foot:
            foot.add_run(f"{self.foot} · ")
        self._number(foot, "PAGE")
        foot.add_run(" / ")
        self._number(foot, "NUMPAGES")
        for run in foot.runs:
            run.font.size = self.pt(8)

    def _number(self, paragraph, name):
        """A field that the program counts."""
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        xml = (
            f'<w:fldSimple xmlns:w="{space}" w:instr="{name}">'
            "<w:r><w:t>1</w:t></w:r></w:fldSimple>"
        )
        paragraph._p.append(self.parse(xml))

    def _words(self, block):
        style = "List Bullet" if block.kind == "item" else None
        paragraph = self.doc.add_paragraph(style=style)
        paragraph.alignment = getattr(self.align, block.align.upper())
        large = block.kind in ("title", "heading")
        for run in block.runs:
            self._run(paragraph, run, large)
        if large:
            paragraph.paragraph_format.keep_with_next = True
            for run in paragraph.runs:
                run.font.size = self.pt(14 if block.kind == "title" else 11)

    def _run(self, paragraph, run, bold=False):
        written = paragraph.add_run(run.text)
        written.bold = run.bold or bold
        if run.blank:
            written.font.highlight_color = self.colour

    def _table(self, block):
        rows = [block.head] if any(block.head) else []
        rows += block.rows
        table = self.doc.add_table(len(rows), len(block.head), style="Table Grid")
        shares = block.widths or (1,) * len(block.head)
        for place, row in enumerate(rows):
            bold = row is block.head or (block.total and place == len(rows) - 1)
            for number, text in enumerate(row):
                cell = table.cell(place, number)
                cell.width = int(self.mm(166) * shares[number] / sum(shares))
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = self.pt(1)
                if number in block.right:
                    paragraph.alignment = self.align.RIGHT
                words = Run(blank(), blank=True) if text is None else Run(text)
                self._run(paragraph, words, bold)
                for run in paragraph.runs:
                    run.font.size = self.pt(8.5)
        self.doc.add_paragraph()


def _timeless(content):
    """The same document without the time at which it was packed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            same = zipfile.ZipInfo(info.filename, LONG_AGO)
            same.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(same, source.read(info))
    return out.getvalue()
