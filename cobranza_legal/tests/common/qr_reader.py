"""Reads QR codes back from pictures: what a phone would see. No error is corrected, so
a picture that is not perfect does not pass."""

from qrcode.base import rs_blocks
from qrcode.main import QRCode
from qrcode.util import mask_func

FORMAT_MASK = 0x5412
"""ISO/IEC 18004, 7.9."""
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
LENGTHS = {1: (10, 12, 14), 2: (9, 11, 13), 4: (8, 16, 16)}
"""Bits of a segment's length by its mode (digits, capitals, bytes) and version."""


def read_qr(image):
    """The text of the one upright code that a PIL picture holds."""
    matrix = _matrix(image.convert("L"))
    size = len(matrix)
    version = (size - 17) // 4
    level, mask = _format(matrix)
    words = _codewords(matrix, _free(version, level, mask), mask_func(mask))
    return _decode(_unblocked(words, version, level), version)


def _matrix(image):
    dark = image.point(lambda value: 255 * (value < 128))
    box = dark.getbbox()
    dark = dark.crop(box)
    width, _height = dark.size
    run = next(x for x in range(width) if not dark.getpixel((x, 0)))
    size = round(width * 7 / run)
    assert size % 4 == 1, f"{size} modules are no code"
    step = width / size
    centres = [int((n + 0.5) * step) for n in range(size)]
    return [[bool(dark.getpixel((x, y))) for x in centres] for y in centres]


def _format(matrix):
    places = [(8, n) for n in (0, 1, 2, 3, 4, 5, 7, 8)]
    places += [(n, 8) for n in (7, 5, 4, 3, 2, 1, 0)]
    bits = int("".join(str(int(matrix[row][col])) for row, col in places), 2)
    data = (bits ^ FORMAT_MASK) >> 10
    return data >> 3, data & 7


def _free(version, level, mask):
    """The places of a code that hold data: None."""
    code = QRCode(version=version, error_correction=level)
    size = code.modules_count = version * 4 + 17
    code.modules = [[None] * size for _row in range(size)]
    for row, col in ((0, 0), (size - 7, 0), (0, size - 7)):
        code.setup_position_probe_pattern(row, col)
    code.setup_position_adjust_pattern()
    code.setup_timing_pattern()
    code.setup_type_info(True, mask)
    if version >= 7:
        code.setup_type_number(True)
    return code.modules


def _codewords(matrix, free, masked):
    size, bits, upwards = len(matrix), [], True
    for right in range(size - 1, 0, -2):
        right -= right <= 6
        rows = range(size - 1, -1, -1) if upwards else range(size)
        bits += [
            matrix[row][col] ^ masked(row, col)
            for row in rows
            for col in (right, right - 1)
            if free[row][col] is None
        ]
        upwards = not upwards
    text = "".join(str(int(bit)) for bit in bits)
    return [int(text[n : n + 8], 2) for n in range(0, len(text) - 7, 8)]


def _unblocked(words, version, level):
    counts = [block.data_count for block in rs_blocks(version, level)]
    blocks, queue = [[] for _one in counts], iter(words)
    for turn in range(max(counts)):
        for block, count in zip(blocks, counts, strict=True):
            if turn < count:
                block.append(next(queue))
    return "".join(f"{word:08b}" for block in blocks for word in block)


def _decode(bits, version):
    found, place = b"", 0

    def take(count):
        nonlocal place
        place += count
        return int(bits[place - count : place] or "0", 2)

    while mode := take(4):
        count = take(LENGTHS[mode][(version > 9) + (version > 26)])
        if mode == 4:
            found += bytes(take(8) for _one in range(count))
        elif mode == 2:
            for _pair in range(count // 2):
                first, second = divmod(take(11), 45)
                found += (ALPHANUMERIC[first] + ALPHANUMERIC[second]).encode()
            found += ALPHANUMERIC[take(6)].encode() if count % 2 else b""
        else:
            for _three in range(count // 3):
                found += b"%03d" % take(10)
            if count % 3:
                found += b"%0*d" % (count % 3, take((4, 7)[count % 3 - 1]))
    return found.decode()
