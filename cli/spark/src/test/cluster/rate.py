"""Compares the rate of two executors with that of `visualbert run` with two threads, in turns.

rate.py WORK ROWS VISUALBERT MODEL

The CPU time of a row is compared as well: unlike the rate it says something on a machine that has other work.
"""

import json
import random
import statistics
import struct
import subprocess
import sys
import time

from cputime import children, executors
from gateway import Gateway

REGIONS, ROUNDS = 36, 3


def features(file, seed):
    """Writes an .npy file of numbers from 0 to 1."""
    numbers = random.Random(seed)
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({REGIONS}, {COLUMNS}), }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    with open(file, "wb") as out:
        out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode())
        out.write(struct.pack(f"<{REGIONS * COLUMNS}f", *(numbers.random() for _ in range(REGIONS * COLUMNS))))


work, rows, visualbert, model = sys.argv[1:]
rows = int(rows)
with open(f"{model}/config.json", encoding="utf-8") as config:
    COLUMNS = json.load(config)["visual_embedding_dim"]
for picture in range(8):
    features(f"{work}/{picture}.npy", picture)
with open(f"{work}/features.jsonl", "w", encoding="utf-8") as out:
    for i in range(rows):
        row = {"id": i, "features": f"{work}/{i % 8}.npy", "question": f"what is the colour of the {i % 50} things on the table?"}
        out.write(json.dumps(row) + "\n")
spark = Gateway(f"{work}/connection")
spark.view(f"select /*+ repartition(16) */ * from json.`{work}/features.jsonl`", "questions")


def answer(name):
    cpu = executors()
    seconds = spark.write("select id, answers from visualbert_answers('questions', map('task', 'vqa'))", f"{work}/{name}.json")
    return rows / seconds, (executors() - cpu) / rows


def run():
    cpu, started = children(), time.time()
    options = ["--task", "vqa", "--model", model, "--threads", "2", "--verbose"]
    files = ["--input", f"{work}/features.jsonl", "--output", f"{work}/expected.jsonl"]
    subprocess.run([visualbert, "run", *options, *files], check=True, stderr=subprocess.DEVNULL)
    return rows / (time.time() - started), (children() - cpu) / rows


print("first, with the executors' start: %.1f rows/s, %.1f ms of CPU a row" % (lambda a: (a[0], 1000 * a[1]))(answer("first")), flush=True)
ratios, cpus = [], []
for i in range(ROUNDS):
    one, mine = run(), answer(f"round-{i}")
    print(f"run {one[0]:.1f} rows/s, {1000 * one[1]:.1f} ms of CPU a row; Spark {mine[0]:.1f} rows/s, {1000 * mine[1]:.1f} ms", flush=True)
    ratios.append(mine[0] / one[0])
    cpus.append(one[1] / mine[1])
print(f"rate: {statistics.median(ratios):.3f} of run's; by CPU time {statistics.median(cpus):.3f}")
