"""Compares the answers of Spark with those of `visualbert run`: ids, labels, indices, and all bits of the scores.

compare.py EXPECTED.jsonl FOLDER
"""

import json
import pathlib
import sys


def answers(lines):
    found = []
    for line in lines:
        row = json.loads(line)
        found.append((row["id"], [(a["label"], a["index"], a["score"].hex()) for a in row["answers"]]))
    return found


expected = dict(answers(open(sys.argv[1], encoding="utf-8")))
found = []
for file in sorted(pathlib.Path(sys.argv[2]).glob("part-*")):
    found += answers(open(file, encoding="utf-8"))
ids = [i for i, _ in found]
if len(set(ids)) != len(ids) or set(ids) != set(expected):
    sys.exit(f"{len(ids)} rows, {len(set(ids))} ids, expected {len(expected)}")
different = [i for i, a in found if a != expected[i]]
if different:
    sys.exit(f"{len(different)} answers differ, first of id {different[0]}")
print(f"{len(ids)} rows, each once, all with the same bits")
