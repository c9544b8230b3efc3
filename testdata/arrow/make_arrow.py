"""Writes the Arrow files that the tests read, with pyarrow (25.0.1), numpy and, the last one, polars (1.44.2).

    python3 testdata/arrow/make_arrow.py

All ask the same four questions about the features of the demo pictures scene-1 and scene-2.
"""
import pathlib

import numpy as np
import pyarrow as pa

here = pathlib.Path(__file__).parent
features = here.parent / "demo" / "images" / "features"
scenes = [1, 2, 1, 2]
questions = [
    "what is the colour of the ring?",
    "what is the large red thing",
    "what size is the blue circle?",
    "is there a h\u00e9art?",
]
embeds = [np.load(features / f"scene-{scene}.npy").astype(np.float32) for scene in scenes]
regions, dim = embeds[0].shape
ids = [f"q{i + 1}" for i in range(len(questions))]


def lists(type_):
    return pa.array([e.tolist() for e in embeds], type_)


def write(name, columns, stream=False, rows=None):
    table = pa.table(columns)
    path = str(here / name)
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=rows)


# the layout of the documentation, in two record batches
write(
    "list.arrow",
    {
        "id": ids,
        "question": questions,
        "visual_embeds": lists(pa.list_(pa.list_(pa.float32(), dim))),
    },
    rows=3,
)
# a fixed number of regions; large texts, integer ids, and columns that nobody asked for
write(
    "fixed.arrows",
    {
        "score": pa.array([1.5, None, 2.5, 3.5]),
        "tag": pa.array(["a", "b", "a", None]).dictionary_encode(),
        "id": pa.array([1, 2, 3, 4], pa.int32()),
        "question": pa.array(questions, pa.large_string()),
        "visual_embeds": lists(pa.list_(pa.list_(pa.float32(), dim), regions)),
        "when": pa.array([0, 1, 2, 3], pa.timestamp("s")),
    },
    stream=True,
)
# what the extraction script of the Hugging Face demo writes (Array2D is lists of lists), with questions beside it
write(
    "extraction.arrow",
    {
        "attr_probs": pa.array([[0.5] * 3] * 4, pa.list_(pa.float32())),
        "boxes": pa.array([[[0.0, 0.0, 1.0, 1.0]] * regions] * 4, pa.list_(pa.list_(pa.float32()))),
        "img_id": pa.array([11, 12, 13, 14], pa.int32()),
        "roi_features": lists(pa.list_(pa.list_(pa.float32()))),
        "question": pa.array(questions, pa.string_view()),
    },
)
# paths to files; a row without one
write(
    "paths.arrow",
    {
        "id": ids,
        "question": questions,
        "features": [f"../demo/images/features/scene-{s}.npy" for s in scenes[:3]] + [None],
    },
)
write(
    "grounding.arrow",
    {
        "id": ["g1", "g2"],
        "caption": ["a blue ring", "a blue ring"],
        "phrases": pa.array([["blue", "ring"], ["a blue ring"]]),
        "image": ["../demo/images/scene-1.png"] * 2,
    },
)
# texts of a dictionary, lists of 64-bit offsets, numbers of 64 bits; a row without a text, and one with a null among its numbers
holes = [e.tolist() for e in embeds]
holes[3] = [[None] + holes[3][0][1:]] + holes[3][1:]
write(
    "dictionary.arrow",
    {
        "id": pa.array(ids, pa.large_string()),
        "question": pa.array([questions[0], questions[1], None, questions[3]]).dictionary_encode(),
        "visual_embeds": pa.array(holes, pa.large_list(pa.large_list(pa.float64()))),
    },
)
# as pandas' to_feather compresses, and as it cannot be read
for codec in ["lz4", "zstd"]:
    table = pa.table({"id": ids, "question": questions, "visual_embeds": lists(pa.list_(pa.list_(pa.float32(), dim)))})
    options = pa.ipc.IpcWriteOptions(compression=codec)
    with pa.ipc.new_file(str(here / f"{codec}.feather"), table.schema, options=options) as writer:
        writer.write_table(table)
# identifiers as other tables have them: unsigned, whole floats, UUIDs; and columns that the task does not read, of any type
paths = [f"../demo/images/features/scene-{s}.npy" for s in scenes]
for name, values in {
    "uint64": pa.array([2**64 - 1, 2**63, 7, 8], pa.uint64()),
    "floats": pa.array([1.0, 2.0, 2.5, 2.0**53], pa.float64()),
    "uuids": pa.array([bytes(range(i, i + 16)) for i in range(4)], pa.binary(16)),
}.items():
    write(
        f"{name}.arrow",
        {
            "id": values,
            "question": questions,
            "features": paths,
            "text": pa.array([{"a": 1}] * 4),
            "choices": pa.array([1.5, 2.5, 3.5, None]),
            "caption": pa.array([b"\x00"] * 4),
        },
    )
# features as tensors
write(
    "tensors.arrow",
    {
        "id": ids,
        "question": questions,
        "visual_embeds": pa.FixedShapeTensorArray.from_numpy_ndarray(np.stack(embeds)),
    },
)
# lists as views, whose regions lie in reverse order
reverse = np.concatenate([e[::-1].ravel() for e in embeds])
offsets = [(p * regions + regions - 1 - r) * dim for p in range(4) for r in range(regions)]
views = pa.ListViewArray.from_arrays(
    pa.array(offsets, pa.int32()), pa.array([dim] * len(offsets), pa.int32()), pa.array(reverse)
)
starts = pa.array([p * regions for p in range(5)], pa.int32())
write(
    "views.arrow",
    {"id": ids, "question": questions, "visual_embeds": pa.ListArray.from_arrays(starts, views)},
)
# pictures in the table, as Hugging Face's datasets store them: bytes, a path, or both
pictures = [(here.parent / "demo" / "images" / f"scene-{s}.png").read_bytes() for s in scenes]
write(
    "pictures.arrow",
    {
        "id": ids,
        "question": questions,
        "image": pa.array(
            [
                {"bytes": pictures[0], "path": None},
                {"bytes": None, "path": "../demo/images/scene-2.png"},
                {"bytes": pictures[2], "path": "no/such.png"},
                {"bytes": b"no picture", "path": "scene-2.png"},
            ],
            pa.struct({"bytes": pa.binary(), "path": pa.string()}),
        ),
    },
)
# a type that Arrow lacks in Java
write("decimal64.arrow", {"question": questions[:1], "image": ["a.png"], "cost": pa.array([1], pa.decimal64(9, 2))})
# polars' layout, which only the footer tells
import polars as pl

frame = pl.DataFrame(
    {"id": ids, "question": questions, "visual_embeds": [e.tolist() for e in embeds]},
    schema={"id": pl.String, "question": pl.Categorical, "visual_embeds": pl.List(pl.Array(pl.Float32, dim))},
)
frame.write_ipc(str(here / "polars.arrow"))
