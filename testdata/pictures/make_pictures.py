"""Makes the small pictures of this folder, one per way a PNG or JPEG can store its pixels, and what Pillow reads from them.

    python make_pictures.py        # needs pillow and numpy; writes NAME.png / NAME.jpg and NAME.ppm beside this script

NAME.ppm is Image.open(NAME).convert("RGB"): the reference for the decoders. The PNGs are written here by hand, because Pillow
cannot write interlaced files, every filter, or 16 bits of every colour type. Everything is seeded; nothing comes from outside.
"""
import io
import os
import struct
import zlib

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(row, depth):
    """One row of samples as bytes."""
    if depth == 16:
        return row.astype(">u2").tobytes()
    if depth == 8:
        return row.astype(np.uint8).tobytes()
    bits = "".join(format(int(v), "0%db" % depth) for v in row)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def filtered(rows, bpp, first):
    """Rows with filters 0..4 in turn, starting anywhere."""
    out, above = b"", bytes(len(rows[0])) if rows else b""
    for y, row in enumerate(rows):
        kind = (first + y) % 5
        line = bytearray()
        for x, v in enumerate(row):
            a = row[x - bpp] if x >= bpp else 0
            b = above[x]
            c = above[x - bpp] if x >= bpp else 0
            line.append((v - [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]) & 255)
        out += bytes([kind]) + bytes(line)
        above = row
    return out


def png(samples, depth, colour, interlace=False, palette=None, extra=(), idat=100000):
    """samples: (height, width, channels)."""
    high, wide, channels = samples.shape
    assert channels == CHANNELS[colour]
    bpp = max(1, channels * depth // 8)
    data = b""
    for k, (x0, y0, dx, dy) in enumerate(PASSES if interlace else [(0, 0, 1, 1)]):
        part = samples[y0::dy, x0::dx]
        if part.size:
            data += filtered([packed(row.reshape(-1), depth) for row in part], bpp, k)
    data = zlib.compress(data, 9)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, depth, colour, 0, 0, int(interlace)))
    out += b"".join(chunk(*e) for e in extra[:1])
    if palette is not None:
        out += chunk(b"PLTE", palette.astype(np.uint8).tobytes())
    out += b"".join(chunk(*e) for e in extra[1:])
    out += b"".join(chunk(b"IDAT", data[i:i + idat]) for i in range(0, len(data), idat))
    return out + chunk(b"IEND", b"")


def scene(high, wide, channels, limit, rng):
    """A slope with some noise, so that filters and cosine transforms have something to do."""
    y, x = np.mgrid[0:high, 0:wide]
    slope = np.stack([(x * (c + 1) + y * (3 - c)) / (wide * (c + 1) + high * 3) for c in range(channels)], -1)
    return np.clip(slope * limit + rng.normal(0, limit / 12, slope.shape), 0, limit).round().astype(np.int64)


def without(data, kind):
    """A JPEG less all segments of a kind before its scan."""
    at, out = 2, data[:2]
    while data[at + 1] != 0xda:
        end = at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        out += data[at:end] if data[at + 1] != kind else b""
        at = end
    return out + data[at:]


def main():
    rng = np.random.default_rng(20)
    files = {}
    names = {0: "gray", 2: "rgb", 3: "palette", 4: "gray-alpha", 6: "rgb-alpha"}
    for colour, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)), (6, (8, 16))):
        for depth in depths:
            for interlace in (False, True):
                limit = min(2 ** depth - 1, 210) if colour == 3 else 2 ** depth - 1
                palette = rng.integers(0, 256, (limit + 1, 3)) if colour == 3 else None
                samples = scene(11, 13, CHANNELS[colour], limit, rng)
                if colour == 0 and depth == 16:
                    samples[:4] = samples[:4] % 400
                name = "%s-%d%s.png" % (names[colour], depth, "-interlaced" if interlace else "")
                files[name] = png(samples, depth, colour, interlace, palette)
    rgb = scene(9, 14, 3, 255, rng)
    files["rgb-8-many-chunks.png"] = png(rgb, 8, 2, extra=[(b"gAMA", struct.pack(">I", 100000)), (b"tRNS", b"\0\1\0\2\0\3"),
                                                            (b"tEXt", b"Comment\0a picture")], idat=7)
    files["palette-4-transparent.png"] = png(scene(6, 5, 1, 15, rng), 4, 3, palette=rng.integers(0, 256, (16, 3)),
                                             extra=[(b"gAMA", struct.pack(">I", 45455)), (b"tRNS", bytes(range(0, 160, 10)))])
    files["gray-1-one-pixel.png"] = png(np.ones((1, 1, 1), np.int64), 1, 0)
    files["rgb-8-one-column-interlaced.png"] = png(scene(9, 1, 3, 255, rng), 8, 2, True)

    def jpeg(name, array, mode, **options):
        stream = io.BytesIO()
        Image.fromarray(array.astype(np.uint8), mode).save(stream, "JPEG", **options)
        files[name] = stream.getvalue()

    big = scene(37, 45, 3, 255, rng)
    for sub, label in ((0, "444"), (1, "422"), (2, "420")):
        jpeg("ycc-%s.jpg" % label, big, "RGB", quality=90, subsampling=sub)
        jpeg("ycc-%s-progressive.jpg" % label, big, "RGB", quality=90, subsampling=sub, progressive=True)
    jpeg("ycc-420-restarts-exif.jpg", big, "RGB", quality=75, restart_marker_blocks=2, comment="a comment",
         exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
    jpeg("gray.jpg", big[:, :, 0], "L", quality=80)
    jpeg("rgb.jpg", big, "RGB", quality=90, keep_rgb=True)
    jpeg("cmyk.jpg", scene(21, 18, 4, 255, rng), "CMYK", quality=90)
    adobe = files["cmyk.jpg"].index(b"Adobe")
    assert files["cmyk.jpg"][adobe + 11] == 0
    files["ycck.jpg"] = files["cmyk.jpg"][:adobe + 11] + b"\2" + files["cmyk.jpg"][adobe + 12:]
    plain = files["ycc-444.jpg"]
    files["ycc-444-no-jfif.jpg"] = plain[:2] + plain[4 + struct.unpack(">H", plain[4:6])[0]:]
    files["ycc-420-no-huffman.jpg"] = without(files["ycc-420.jpg"], 0xc4)
    # A block of 4:2:2 and one of 4:4:0 hold as many samples, so the header alone makes the one of the other.
    jpeg("ycc-440.jpg", scene(32, 48, 3, 255, rng), "RGB", quality=90, subsampling=1)
    frame = files["ycc-440.jpg"].index(b"\xff\xc0\0\x11\x08\0\x20\0\x30\x03\1\x21")
    files["ycc-440.jpg"] = (files["ycc-440.jpg"][:frame] + b"\xff\xc0\0\x11\x08\0\x1d\0\x2d\x03\1\x12"
                            + files["ycc-440.jpg"][frame + 12:])

    for name, data in files.items():
        with open(os.path.join(HERE, name), "wb") as out:
            out.write(data)
        picture = Image.open(io.BytesIO(data)).convert("RGB")
        with open(os.path.join(HERE, os.path.splitext(name)[0] + ".ppm"), "wb") as out:
            out.write(b"P6\n%d %d\n255\n" % picture.size + picture.tobytes())
    print(len(files), "pictures")


if __name__ == "__main__":
    main()
