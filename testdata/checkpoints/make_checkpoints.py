"""Writes the model in `tiny` once more in the ways in which trainers and tools leave one.

    python make_checkpoints.py        # needs torch 2.13 and safetensors

Every file holds the weights of tiny/model.safetensors, to the bit, under whatever name and beside whatever else.
All of them are read by `torch.load(weights_only=True)`, which the script tries.
"""

import os
from collections import Counter, OrderedDict

import torch
from safetensors.torch import load_file, save_file
from torch._weights_only_unpickler import _get_allowed_globals

HERE = os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(HERE, name)


def admitted():
    """What weights_only admits beside tensors; the names that a pickle then speaks of are all of its list that anybody writes."""
    attribute = torch.ones(2)
    attribute.note = "of a tensor"
    parameter = torch.nn.Parameter(torch.ones(2))
    parameter.note = "of a parameter"
    indices = torch.tensor([[0, 1], [1, 0]])
    return {
        "seen": Counter(red=3, blue=1),
        "ordered": OrderedDict(a=1),
        "set": {1, "two"},
        "bytes": b"\x00\xff",
        "bytearray": bytearray(b"\x00\xff"),
        "complex": 1 + 2j,
        "path": "caf\udce9.png",
        "integer": 2**200,
        "size": torch.Size([3, 4]),
        "device": torch.device("cuda:0"),
        "layout": torch.strided,
        "scheme": torch.per_tensor_affine,
        "dtypes": [torch.float32, torch.float16, torch.bfloat16, torch.float64, torch.complex32, torch.float8_e4m3fn, torch.float8_e8m0fnu,
                   torch.float4_e2m1fn_x2, torch.qint8, torch.quint4x2, torch.uint16, torch.uint7, torch.int3, torch.bits8],
        "class": [torch.FloatTensor, torch.LongStorage],
        "float8": torch.ones(2).to(torch.float8_e5m2),
        "uint64": torch.ones(2, dtype=torch.uint64),
        "quantized": torch.quantize_per_tensor(torch.ones(2, 2), 0.1, 0, torch.qint8),
        "per_channel": torch.quantize_per_channel(torch.ones(2, 2), torch.ones(2), torch.zeros(2), 0, torch.quint8),
        "sparse": torch.sparse_coo_tensor(indices, torch.ones(2), (2, 2)).coalesce(),
        "sparse_rows": torch.eye(2).to_sparse_csr(),
        "meta": torch.empty(3, device="meta"),
        "nested": torch.nested.nested_tensor([torch.ones(1), torch.ones(2)]),
        "attribute": attribute,
        "parameter": parameter,
        "buffer": torch.nn.Buffer(torch.ones(2)),
        "best_acc": torch.tensor(0.5),
    }


def names():
    """The names that weights_only admits, one a line."""
    with open(path("weights-only-names.txt"), "w") as out:
        out.writelines(name + "\n" for name in sorted(_get_allowed_globals()))


def write(name, value, **how):
    torch.save(value, path(name), **how)
    torch.load(path(name), weights_only=True)


def main():
    state = load_file(path("tiny/model.safetensors"))
    encoder = {name.removeprefix("visual_bert."): t for name, t in state.items() if name.startswith("visual_bert.")}
    head = {name.removeprefix("cls."): t for name, t in state.items() if name.startswith("cls.")}

    names()
    beside = admitted()
    write("admitted.bin", {"state_dict": state, **beside})
    old = {key: value for key, value in beside.items() if key not in ("float8", "uint64", "nested")}  # which came later
    write("admitted-legacy.bin", {**old, "model": {"hidden_size": 16}, "net": state}, _use_new_zipfile_serialization=False)
    write("best-accuracy.bin", {"epoch": 7, "model": {"name": "tiny"}, "state_dict": state, "best_acc1": torch.tensor(0.71)})
    write("own-key.bin", {"epoch": 7, "weights": state, "best_acc1": torch.tensor(0.71)})
    write("parts.bin", {"visual_bert": encoder, "cls": head, "best_acc1": torch.tensor(0.71)})
    write("attributes.bin", OrderedDict((name, torch.nn.Buffer(t)) for name, t in state.items()))
    write("parameters.bin", OrderedDict((name, torch.nn.Parameter(t)) for name, t in state.items()))
    write("lightning.ckpt", {
        "epoch": 3, "global_step": 100, "pytorch-lightning_version": "2.5.0",
        "state_dict": OrderedDict(("model." + name, t) for name, t in state.items()),
        "callbacks": {"ModelCheckpoint": {"best_model_score": torch.tensor(0.71), "best_k_models": {}}, "Answers": {"seen": Counter(red=3)}},
        "optimizer_states": [{"state": {0: {"exp_avg": torch.zeros(2)}}, "param_groups": [{"params": [0]}]}],
    })
    write("other-attribute.bin", {"visualbert." + n: t for n, t in encoder.items()} | {"cls." + n: t for n, t in head.items()})
    save_file(state | {"loss_fct.pos_weight": torch.ones(35)}, path("pos-weight.safetensors"), {"format": "pt"})
    save_file({"trainer.net._orig_mod." + name.replace("encoder.", "encoder.module."): t for name, t in state.items()},
              path("wrapped.safetensors"), {"format": "pt"})


if __name__ == "__main__":
    main()
