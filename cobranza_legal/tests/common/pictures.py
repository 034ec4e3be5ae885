"""Pictures as people send them, made without a library that decodes them."""

import io
import random
import struct
import zlib

from PIL import Image


def photo(width=2600, height=1900, kind="JPEG"):
    """Bytes of a picture that is larger than what Odoo keeps."""
    noise = random.Random(1).randbytes(width * height * 3 // 100)
    picture = Image.frombytes("RGB", (width // 10, height // 10), noise)
    out = io.BytesIO()
    picture.resize((width, height)).save(out, kind, quality=95)
    return out.getvalue()


def bomb(side=30000):
    """Bytes of a small PNG that is an enormous white square."""
    row = b"\x00" + b"\xff" * (side // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _one in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks)


def _chunk(kind, data):
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check
