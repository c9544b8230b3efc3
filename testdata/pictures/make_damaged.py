"""Makes damaged/: pictures with one thing wrong each, and what Pillow makes of them.

    python make_damaged.py        # needs pillow and numpy

damaged/expected.tsv says for each file the width, the height and the CRC-32 of the RGB bytes that Pillow reads, or that
Pillow refuses it.
"""
import io
import os
import struct
import zlib

import numpy as np
from PIL import Image

from make_pictures import chunk, png, scene, without

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "damaged")


def segment(kind, data, length=None):
    return bytes([0xff, kind]) + struct.pack(">H", len(data) + 2 if length is None else length) + data


def first(data, kind):
    """Where the first segment of a kind begins, and where it ends."""
    at = 2
    while data[at + 1] != kind:
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    return at, at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]


def jpegs(rng):
    def jpeg(mode="RGB", **options):
        stream = io.BytesIO()
        Image.fromarray(scene(17, 22, len(mode), 255, rng).astype(np.uint8), mode).save(stream, "JPEG", quality=80, **options)
        return stream.getvalue()

    plain, restarts, progressive = jpeg(), jpeg(restart_marker_blocks=1), jpeg(progressive=True)
    rgb, cmyk = jpeg(keep_rgb=True), jpeg("CMYK")
    frame, tables, scan = first(plain, 0xc0)[0], first(plain, 0xc4)[0], first(plain, 0xda)
    body, end = plain[:-2], plain[-2:]
    half = (scan[1] + len(plain)) // 2

    def inserted(data, at=frame):
        return plain[:at] + data + plain[at:]

    def adobe(data, length, shown=None):
        """With an Adobe segment cut to so many bytes, which may claim another length."""
        start, stop = first(data, 0xee)
        cut = data[start + 4:start + 4 + length]
        return data[:start] + segment(0xee, cut, None if shown is None else 2 + shown) + data[stop:]

    yield "junk-between-segments", inserted(b"\1\2junk")
    yield "junk-before-the-scan", inserted(b"\0" * 9, scan[0])
    yield "junk-after-the-first-marker", inserted(b"\n\n", 2)
    yield "stuffed-zero", inserted(b"\xff\0")
    yield "stuffed-zeros-and-junk", inserted(b"\0\xff\0\xff\xff\0\3\xff\xff\xff", tables)
    yield "fill-bytes", inserted(b"\xff" * 7)
    yield "restart-in-the-header", inserted(b"\xff\xd3")
    yield "second-start-marker", inserted(b"\xff\xd8")
    yield "end-marker-in-the-header", inserted(b"\xff\xd9")
    yield "reserved-marker-in-the-header", inserted(segment(0xf0, b"abc"))
    yield "line-count-in-the-header", inserted(segment(0xdc, b"\0\5"))
    yield "line-count-after-the-scan", body + segment(0xdc, b"\0\x11") + end
    yield "comment-too-short-by-its-length", inserted(segment(0xfe, b"a comment", 5))
    yield "comment-of-length-0", inserted(segment(0xfe, b"", 0))
    yield "application-of-length-1", inserted(segment(0xe5, b"", 1))
    yield "jfif-of-length-0", inserted(segment(0xe0, b"", 0))
    yield "exif-without-content", inserted(segment(0xe1, b"Exif\0\0"))
    yield "tables-too-short-by-their-length", plain[:tables + 2] + b"\0\x10" + plain[tables + 4:]
    yield "adobe-of-11-bytes", adobe(rgb, 11)
    yield "adobe-of-12-bytes-claimed-as-8", adobe(rgb, 12, 8)
    yield "adobe-of-3-bytes", adobe(rgb, 3)
    yield "adobe-of-12-bytes-claimed-as-20", adobe(rgb, 12, 20)
    yield "cmyk-adobe-of-11-bytes", adobe(cmyk, 11)
    yield "cmyk-without-adobe", without(cmyk, 0xee)
    yield "short-jfif-before-adobe", rgb[:2] + segment(0xe0, b"JFIF\0\1\1") + rgb[2:]
    yield "no-huffman-tables", without(plain, 0xc4)
    yield "one-huffman-table-missing", plain[:tables] + plain[first(plain, 0xc4)[1]:]
    yield "no-end-marker-but-zeros", body + bytes(40)
    yield "no-end-marker-but-text", body + b"some text after it, forty or so bytes long"
    yield "no-end-marker-progressive", progressive[:-2]
    yield "cut-in-the-scan", plain[:half]
    yield "cut-in-the-scan-and-ended", plain[:half] + end
    yield "cut-in-the-scan-and-filled-with-zeros", plain[:half] + bytes(len(plain) - half)
    yield "cut-in-the-scan-progressive", progressive[:first(progressive, 0xda)[1] + 40]
    yield "bytes-after-the-end", plain + b"extra\xff\xd8\xff"
    yield "padding-before-the-end", body + b"\0\0\0\0\0\xff\xff" + end
    yield "application-after-the-scan-longer-than-the-file", body + segment(0xe1, b"abc", 500) + end
    yield "second-scan-after-the-only-one", body + plain[scan[0]:]
    yield "reserved-marker-in-the-scan", plain[:half] + b"\xff\x50" + plain[half:]
    yield "reserved-marker-in-a-scan-with-restarts", restarts[:-40] + b"\xff\x50" + restarts[-40:]
    yield "end-marker-in-the-scan", plain[:half] + end + plain[half:]
    yield "wrong-restart", restarts.replace(b"\xff\xd1", b"\xff\xd4")
    yield "missing-restart", restarts.replace(b"\xff\xd1", b"")
    yield "rows-more-than-the-scan-has", plain[:frame + 6] + b"\x31" + plain[frame + 7:]
    yield "rows-fewer-than-the-scan-has", plain[:frame + 6] + b"\5" + plain[frame + 7:]
    yield "no-rows", plain[:frame + 5] + b"\0\0" + plain[frame + 7:]


def wrong(kind, data):
    """A chunk with a wrong checksum."""
    return chunk(kind, data)[:-4] + b"\1\2\3\4"


def pngs(rng):
    palette = rng.integers(0, 256, (16, 3)).astype(np.uint8)
    samples = scene(6, 9, 1, 15, rng)
    data = png(samples, 4, 3, palette=palette)
    start = data[:33]
    image = data[data.index(b"IDAT") + 4:data.index(b"IEND") - 8]
    rows = zlib.decompress(image)
    colours, pixels, end = chunk(b"PLTE", palette.tobytes()), chunk(b"IDAT", image), chunk(b"IEND", b"")
    text = chunk(b"tEXt", b"Comment\0a picture")
    deep = png(scene(6, 9, 1, 255, rng), 8, 3, palette=rng.integers(0, 256, (256, 3)))
    interlaced = png(scene(9, 8, 3, 255, rng), 8, 2, interlace=True)
    passes = zlib.decompress(interlaced[interlaced.index(b"IDAT") + 4:interlaced.index(b"IEND") - 8])

    for count in (0, 1, 7, 15):
        yield "palette-of-%d" % count, start + chunk(b"PLTE", palette.tobytes()[:3 * count]) + pixels + end
    yield "palette-of-7-and-a-byte", start + chunk(b"PLTE", palette.tobytes()[:22]) + pixels + end
    yield "palette-of-20", start + chunk(b"PLTE", palette.tobytes() + bytes(range(12))) + pixels + end
    yield "palette-of-100-of-256", deep[:33] + chunk(b"PLTE", deep[41:341]) + deep[deep.index(b"IDAT") - 4:]
    yield "palette-of-256-and-two-bytes", deep[:33] + chunk(b"PLTE", deep[41:809] + b"ab") + deep[deep.index(b"IDAT") - 4:]
    yield "palette-of-257", deep[:33] + chunk(b"PLTE", deep[41:809] + b"abc") + deep[deep.index(b"IDAT") - 4:]
    yield "no-palette", start + pixels + end
    yield "palette-after-the-pixels", start + pixels + colours + end
    yield "two-palettes", start + colours + chunk(b"PLTE", palette[::-1].tobytes()) + pixels + end
    yield "transparency-longer-than-the-palette", start + colours + chunk(b"tRNS", bytes(200)) + pixels + end
    yield "no-end", data[:-12]
    yield "end-cut", data[:-5]
    yield "end-with-a-wrong-checksum", data[:-12] + wrong(b"IEND", b"")
    yield "pixels-without-their-checksum", data[:-16]
    yield "pixels-with-a-wrong-checksum", start + colours + wrong(b"IDAT", image) + end
    yield "pixels-with-a-wrong-sum-of-their-own", start + colours + chunk(b"IDAT", image[:-1] + b"\0") + end
    yield "pixels-without-a-sum-of-their-own", start + colours + chunk(b"IDAT", image[:-4]) + end
    yield "pixels-cut", data[:data.index(b"IDAT") + 4 + len(image) // 2]
    yield "bytes-after-the-pixels", start + colours + chunk(b"IDAT", image + b"more") + end
    yield "bytes-after-the-end", data + b"more bytes"
    yield "text-with-a-wrong-checksum", start + colours + wrong(b"tEXt", b"Comment\0a") + pixels + end
    yield "text-with-a-wrong-checksum-after-the-pixels", start + colours + pixels + wrong(b"tEXt", b"Comment\0a") + end
    yield "header-with-a-wrong-checksum", data[:8] + wrong(b"IHDR", data[16:29]) + data[33:]
    yield "text-before-the-header", data[:8] + text + data[8:]
    yield "text-between-the-pixels", start + colours + chunk(b"IDAT", image[:9]) + text + chunk(b"IDAT", image[9:]) + end
    yield "pixels-again", start + colours + pixels + text + chunk(b"IDAT", b"other") + end
    yield "empty-pixels-first", start + colours + chunk(b"IDAT", b"") + pixels + end
    yield "unknown-critical-chunk", start + colours + chunk(b"ABCD", b"x") + pixels + end
    yield "chunk-without-a-name", start + colours + chunk(b"A\nCD", b"x") + pixels + end
    yield "chunk-without-a-name-after-the-pixels", start + colours + pixels + chunk(b"A\nCD", b"x") + end
    yield "interlacing-2", data[:8] + chunk(b"IHDR", interlaced[16:28] + b"\2") + interlaced[33:]
    yield "compression-1", data[:8] + chunk(b"IHDR", data[16:26] + b"\1" + data[27:29]) + data[33:]
    yield "header-too-long", data[:8] + chunk(b"IHDR", data[16:29] + b"ab") + data[33:]
    yield "header-too-short", data[:8] + chunk(b"IHDR", data[16:28]) + data[33:]
    yield "whole-rows-missing", start + colours + chunk(b"IDAT", zlib.compress(rows[:4 * 6])) + end
    yield "part-of-a-row-missing", start + colours + chunk(b"IDAT", zlib.compress(rows[:-2])) + end
    yield "whole-passes-missing", interlaced[:33] + chunk(b"IDAT", zlib.compress(passes[:-4 * 25])) + end
    yield "rows-too-many", start + colours + chunk(b"IDAT", zlib.compress(rows + bytes(30))) + end


def expected(data):
    try:
        picture = Image.open(io.BytesIO(data)).convert("RGB")
    except Exception:
        return "refused"
    return "%d\t%d\t%08x" % (picture.size + (zlib.crc32(picture.tobytes()),))


def main():
    os.makedirs(OUT, exist_ok=True)
    rng = np.random.default_rng(40)
    files = {name + ".jpg": data for name, data in jpegs(rng)}
    files.update((name + ".png", data) for name, data in pngs(rng))
    with open(os.path.join(OUT, "expected.tsv"), "w") as table:
        for name, data in files.items():
            with open(os.path.join(OUT, name), "wb") as out:
                out.write(data)
            table.write("%s\t%s\n" % (name, expected(data)))
    print(len(files), "pictures")


if __name__ == "__main__":
    main()
