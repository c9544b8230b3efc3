"""Pickles of numpy arrays in every protocol, as Python 2 and 3 write them, and what they hold.

python make_numpy_pickles.py FOLDER        (numpy 2.4.6; nothing comes from outside)
"""

import collections
import json
import pickle
import struct
import sys

import numpy as np

NUMBERS = {
    "conv1_w": (np.arange(600) * 0.37 - 100).astype("f4").reshape(2, 3, 10, 10),
    "half.weight": (np.arange(7) / 8 - 0.25).astype("f2"),
    "double": np.array([1 / 3, -2.5, 1e300, 0.0]),
    "big_endian": (np.arange(12) - 5.5).astype(">f4").reshape(3, 4),
    "column_major": np.asfortranarray(np.arange(300).astype("f4").reshape(12, 25) - 150),
    "big_endian_column_major": np.asfortranarray((np.arange(6) - 3).astype(">f8").reshape(2, 3)),
    "bytes": np.arange(256).astype("u1"),
    "integers": np.array([-1, 2**40, 0]),
    "small": np.array([300, -2], dtype="i2"),
    "truths": np.array([True, False]),
    "scalar_array": np.array(2.5, dtype="f4"),
    "empty": np.zeros((0, 4), dtype="f4"),
}
BESIDE = {
    "lr": np.float32(0.1),
    "none": None,
    "iteration": 1000,
    "large": 1 << 80,
    "rate": 0.25,
    "texts": np.array(["a", "bc"]),
    "records": np.zeros(2, dtype=[("x", "f4"), ("y", "i4")]),
    "objects": np.array([None, "x"], dtype=object),
    "list": [1, (2, True), {"k": "v"}],
}


class Python2(pickle._Pickler):
    """Writes names and bytes alike as 8-bit strings."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_8_bit(self, value):
        data = value.encode("latin-1") if isinstance(value, str) else value
        if self.proto == 0:
            text = repr(data)[1:].encode("ascii")
            self.write(b"S" + text + b"\n")
        elif len(data) < 256:
            self.write(b"U" + bytes([len(data)]) + data)
        else:
            self.write(b"T" + struct.pack("<i", len(data)) + data)
        self.memoize(value)

    dispatch[str] = save_8_bit
    dispatch[bytes] = save_8_bit


def safetensors(path):
    names = {"f4": "F32", "f2": "F16", "f8": "F64", "u1": "U8", "i8": "I64", "i2": "I16", "b1": "BOOL"}
    header, data = {}, b""
    for name, array in NUMBERS.items():
        plain = np.ascontiguousarray(array).reshape(array.shape)
        plain = plain.astype(plain.dtype.newbyteorder("<"))
        begin = len(data)
        data += plain.tobytes()
        code = plain.dtype.str[1:]
        header[name] = {
            "dtype": names[code],
            "shape": list(array.shape),
            "data_offsets": [begin, len(data)],
        }
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def main(folder):
    safetensors(folder + "/expected.safetensors")
    for protocol in range(6):
        with open(f"{folder}/protocol-{protocol}.pkl", "wb") as file:
            pickle.dump({"model": {**NUMBERS, **BESIDE}, "author": "nobody"}, file, protocol)
    with open(folder + "/bare-ordered.pkl", "wb") as file:
        pickle.dump(collections.OrderedDict(NUMBERS), file, 2)
    with open(folder + "/bare-ordered-0.pkl", "wb") as file:
        pickle.dump(collections.OrderedDict(NUMBERS), file, 0)
    for protocol in range(3):
        with open(f"{folder}/python2-{protocol}.pkl", "wb") as file:
            # Before numpy 2 the module had another name.
            plain = {k: v for k, v in BESIDE.items() if k not in ("texts", "objects")}
            root = {"blobs": {**NUMBERS, **plain}, "cfg": "!!python/object:os.system {}\n" * 100}
            Python2(file, protocol, fix_imports=False).dump(root)


main(sys.argv[1])
