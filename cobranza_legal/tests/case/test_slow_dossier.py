import io
import tracemalloc
import zipfile

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from .test_dossier import DossierCommon, locked, pdf

MEGABYTE = 1 << 20


def scanned(pages, kilobytes):
    """A PDF of pictures that cannot be packed any smaller."""
    out = io.BytesIO()
    canvas = Canvas(out)
    side = int((kilobytes * 1024 / 3) ** 0.5)
    noise = Image.effect_noise((side, side), 90).convert("RGB")
    for number in range(pages):
        noise.putpixel((number % side, number // side), (number % 256, 1, 2))
        canvas.drawImage(ImageReader(noise.copy()), 50, 100, 400, 400)
        canvas.drawString(100, 700, f"Scan {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@tagged("post_install", "-at_install")
class TestDossierLarge(DossierCommon):
    """Five hundred pages, with files that nobody can open among them."""

    def test_five_hundred_pages_are_joined_in_little_memory(self):
        part = scanned(10, 100)
        files = {
            f"scan{n:02d}_pdf": part.replace(b"(unspecified)", b"(unspecifi%02d)" % n)
            for n in range(48)
        }
        self._act(
            **files, locked_pdf=locked(pdf(2)), cut_pdf=pdf(30)[:3000], long_pdf=pdf(40)
        )
        whole = sum(map(len, files.values()))
        self.assertGreater(whole, 10 * MEGABYTE)
        self.env.flush_all()
        self.env.invalidate_all()
        dialog = self._dialog()
        stream, peak = io.BytesIO(), []

        def measured(dossier, _file):
            peak.append(tracemalloc.get_traced_memory()[1])

        with self.subTest("memory"):
            tracemalloc.start()
            try:
                act = dialog._make(measured)
            finally:
                tracemalloc.stop()
            kept = act.sudo().file_ids.raw
            # the file is once in memory, when it is kept; the join adds little
            self.assertLess(peak[0], 2 * len(kept) + 40 * MEGABYTE)
        reader = PdfReader(io.BytesIO(kept), strict=True)
        self.assertGreater(len(reader.pages), 520)
        total = len(reader.pages)
        for number in (1, 250, 400, total):
            text = reader.pages[number - 1].extract_text()
            self.assertIn(f"{number} / {total}", text)
        dialog._write_zip(stream)
        names = zipfile.ZipFile(stream).namelist()
        self.assertEqual(
            len([one for one in names if "locked" in one or "cut" in one]), 2
        )
