"""Compares the CPU time of a row of executors with that of `visualbert run`.

overhead.py WORK ROWS VISUALBERT MODEL

WORK has questions.jsonl. Of `run` the rows after the first ROWS are counted, and of executors none of the first query, so
that starting and compiling are left out and what is compared is the work of a row: in Spark also reading it, handing it
over, and writing its answers. The driver is not counted; what it does does not grow with the rows.
"""

import statistics
import subprocess
import sys
import time

from cputime import children, executors
from gateway import Gateway

ROUNDS, MORE = 3, 3
QUERIES = {
    "in batches": "select id, answers from visualbert_answers('questions', map('task', 'vqa'))",
    "row by row": "select id, visualbert_vqa(question, image) as answers from questions",
}

work, rows, visualbert, model = sys.argv[1:]
rows = int(rows)


def run(questions):
    cpu, started = children(), time.time()
    options = ["--task", "vqa", "--model", model, "--threads", "2", "--verbose"]
    files = ["--input", questions, "--output", f"{work}/expected.jsonl"]
    subprocess.run([visualbert, "run", *options, *files], check=True, stderr=subprocess.DEVNULL)
    return time.time() - started, children() - cpu


def answer(name, query):
    cpu = executors()
    return spark.write(query, f"{work}/{name}.json"), executors() - cpu


short, long = f"{work}/questions.jsonl", f"{work}/long.jsonl"
with open(short, "rb") as all_rows, open(long, "wb") as out:
    out.write(all_rows.read() * (1 + MORE))
spark = Gateway(f"{work}/connection")
spark.view(f"select /*+ repartition(16) */ * from json.`{work}/questions.jsonl`", "questions")
for name, query in QUERIES.items():
    seconds, cpu = answer(f"first-{name[:2]}", query)
    print(f"first {name}: {rows / seconds:.0f} rows/s, {1000 * cpu / rows:.3f} ms of CPU a row", flush=True)
ours, theirs = [], {name: [] for name in QUERIES}
for i in range(ROUNDS):
    (few_seconds, few), (seconds, cpu) = run(short), run(long)
    ours.append(1000 * (cpu - few) / (MORE * rows))
    line = f"run {MORE * rows / (seconds - few_seconds):.0f} rows/s, {ours[-1]:.3f} ms of CPU a row"
    for name, query in QUERIES.items():
        seconds, cpu = answer(f"{i}-{name[:2]}", query)
        theirs[name].append(1000 * cpu / rows)
        line += f"; {name} {rows / seconds:.0f} rows/s, {theirs[name][-1]:.3f} ms"
    print(line, flush=True)
for name, times in theirs.items():
    more = statistics.median(b - a for a, b in zip(ours, times))
    print(f"{name}: {more:+.3f} ms of CPU a row, median of {ROUNDS} rounds")
