"""Makes the small feature files of this folder as the tools of the field write them.

    python make_features.py        # needs numpy, torch and safetensors

Every array is `numbers(picture, regions, columns)`; the tests know the same formula. Everything is made here, nothing comes from outside.
"""
import base64
import csv
import os

import numpy as np
import torch
from safetensors.numpy import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
PICTURES = ["first", "second", "third"]
REGIONS = [3, 5, 4]
COLUMNS = 8
BOTTOM_UP = ["image_id", "image_w", "image_h", "num_boxes", "boxes", "features"]
LXMERT = ["img_id", "img_h", "img_w", "objects_id", "objects_conf", "attrs_id", "attrs_conf", "num_boxes", "boxes", "features"]


def numbers(picture, regions, columns=COLUMNS):
    """Exact in half precision."""
    r, c = np.mgrid[0:regions, 0:columns]
    return (((r * 31 + c * 7 + picture * 17) % 101) / 8).astype(np.float32)


def boxes(regions):
    """In pixels of a picture 640 wide and 480 high."""
    k = np.arange(regions, dtype=np.float32)[:, None]
    return np.concatenate([k * 64, k * 48, k * 64 + 128, k * 48 + 96], 1)


def text(array):
    return base64.b64encode(np.ascontiguousarray(array)).decode()


def path(name):
    return os.path.join(HERE, name)


def main():
    one = numbers(0, 3)
    np.save(path("float32.npy"), one)
    np.save(path("float16.npy"), one.astype(np.float16))
    np.save(path("float64.npy"), one.astype(np.float64))
    np.save(path("big-endian.npy"), one.astype(">f4"))
    np.save(path("column-major.npy"), np.asfortranarray(one))
    np.save(path("batch-of-one.npy"), one[None])
    np.save(path("batch-of-one-column-major.npy"), np.asfortranarray(one[None]))
    np.save(path("float32_info.npy"), {"bbox": boxes(3), "num_boxes": 3, "image_width": 640, "image_height": 480})

    parts = dict(box_features=one, max_conf=np.linspace(1, 0.5, 3), cls_boxes=boxes(3))
    np.savez(path("authors.npz"), **parts)
    np.savez_compressed(path("authors-deflated.npz"), **parts)
    np.savez(path("pictures.npz"), **{name: numbers(k, REGIONS[k]) for k, name in enumerate(PICTURES)})

    save_file({"visual_embeds": one[None], "boxes": boxes(3)}, path("batch-of-one.safetensors"))
    save_file({"region_features": one.astype(np.float16)}, path("float16.safetensors"))
    save_file({name: numbers(k, REGIONS[k]) for k, name in enumerate(PICTURES)}, path("pictures.safetensors"))

    giant = {"%s.png" % name: tuple(map(torch.Tensor, (numbers(k, REGIONS[k]), boxes(REGIONS[k]), np.ones(REGIONS[k]))))
             for k, name in enumerate(PICTURES)}
    torch.save(giant, path("authors.th"))
    torch.save(giant, path("authors-legacy.th"), _use_new_zipfile_serialization=False)
    torch.save({name: {"boxes": torch.from_numpy(boxes(REGIONS[k])), "features": torch.from_numpy(numbers(k, REGIONS[k])).half(), "width": 640}
                for k, name in enumerate(PICTURES)}, path("dictionaries.th"))
    torch.save({"image": (numbers(0, 3), boxes(3))}, path("numpy-arrays.th"))
    torch.save({name: torch.from_numpy(numbers(k, REGIONS[k])) for k, name in enumerate(PICTURES)}, path("pictures.th"))
    torch.save(torch.from_numpy(one), path("tensor.pt"))
    torch.save(torch.from_numpy(one).half(), path("tensor-legacy.pt"), _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Parameter(torch.from_numpy(one.T.copy()).T), path("tensor-turned.pt"))
    torch.save(torch.from_numpy(one)[None], path("batch-of-one.pt"))

    def table(name, fields, header, end):
        with open(path(name), "w", newline="") as out:
            writer = csv.DictWriter(out, fields, delimiter="\t", lineterminator=end)
            if header:
                writer.writeheader()
            for k, picture in enumerate(PICTURES):
                n = REGIONS[k]
                row = {"image_id": picture, "image_w": 640, "image_h": 480, "img_id": picture, "img_w": 640, "img_h": 480, "num_boxes": n,
                       "objects_id": text(np.arange(n)), "objects_conf": text(np.ones(n, np.float32)),
                       "attrs_id": text(np.arange(n)), "attrs_conf": text(np.ones(n, np.float32)),
                       "boxes": text(boxes(n)), "features": text(numbers(k, n))}
                writer.writerow({f: row[f] for f in fields})

    table("bottom-up.tsv", BOTTOM_UP, False, "\n")
    table("lxmert.tsv", LXMERT, False, "\r\n")
    table("named-columns.tsv", ["img_id", "features", "num_boxes", "image_h", "image_w", "boxes"], True, "\n")


if __name__ == "__main__":
    main()
