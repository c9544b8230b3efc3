"""Makes orientation/: a picture in the eight ways that a camera may have been held, as JPEG and as PNG.

    python make_orientations.py        # needs pillow and numpy

Beside NAME.jpg and NAME.png lies NAME.jpg.ppm or NAME.png.ppm, what Pillow's ImageOps.exif_transpose makes of it.
"""
import io
import os
import struct

import numpy as np
from PIL import Image, ImageOps

from make_pictures import chunk, png, scene

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "orientation")
LYING = {1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
         5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270}


def exif(order, value):
    """Exif data with a tag before the orientation and one after it."""
    entries = [(0x010f, 2, 4, b"abc\0"), (0x0112, 3, 1, struct.pack(order + "HH", value, 0)), (0x0128, 3, 1, struct.pack(order + "HH", 2, 0))]
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "LH", 8, len(entries)) + b"".join(
        struct.pack(order + "HHL", *e[:3]) + e[3] for e in entries) + struct.pack(order + "L", 0)


def tagged(data, value):
    """A PNG with an eXIf chunk, which may stand before the image data or after them."""
    new = chunk(b"eXIf", exif("><"[value % 2], value))
    at = data.index(b"IDAT") - 4 if value < 5 else data.index(b"IEND") - 4
    return data[:at] + new + data[at:]


def main():
    os.makedirs(OUT, exist_ok=True)
    rng = np.random.default_rng(30)
    upright = Image.fromarray(scene(7, 11, 3, 255, rng).astype(np.uint8), "RGB")
    files = {}
    for value, way in LYING.items():
        lying = upright.transpose(way) if way is not None else upright
        stream = io.BytesIO()
        lying.save(stream, "JPEG", quality=90, exif=b"Exif\0\0" + exif("<>"[value % 2], value))
        files["%d.jpg" % value] = stream.getvalue()
        files["%d.png" % value] = tagged(png(np.asarray(lying).astype(np.int64), 8, 2), value)
    demo = Image.open(os.path.join(HERE, "..", "demo", "images", "scene-1.png")).convert("RGB").transpose(LYING[6])
    stream = io.BytesIO()
    demo.save(stream, "PNG", optimize=True, exif=b"Exif\0\0" + exif("<", 6))
    files["scene-1.png"] = stream.getvalue()
    for name, data in files.items():
        with open(os.path.join(OUT, name), "wb") as out:
            out.write(data)
        turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
        if name == "scene-1.png":
            continue  # the demo picture itself
        assert turned.size == upright.size
        with open(os.path.join(OUT, name + ".ppm"), "wb") as out:
            out.write(b"P6\n%d %d\n255\n" % turned.size + turned.tobytes())
    print(len(files), "pictures")


if __name__ == "__main__":
    main()
