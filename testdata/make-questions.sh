#!/bin/sh
# Writes a file of questions about the demo pictures, one JSON object a line, for batch runs of any length.
#
#   testdata/make-questions.sh [COUNT] >questions.jsonl        10000 by default
#   visualbert run --task vqa --input questions.jsonl --output answers.jsonl
#
# The same as Arrow, with pyarrow:
#
#   python3 -c 'import pyarrow.json as j, pyarrow.feather as f; f.write_feather(j.read_json("questions.jsonl"), "questions.feather")'
#
# Ids count from 1. Paths are absolute, so the file may lie anywhere.
images=$(CDPATH='' cd -P -- "$(dirname -- "$0")/demo/images" && pwd) || exit 1
awk -v count="${1:-10000}" -v images="$images" 'BEGIN {
  colours = split("red green blue yellow purple orange", colour, " ")
  shapes = split("circle square triangle star ring heart", shape, " ")
  for (i = 0; i < count; i++) {
    a = shape[i % shapes + 1]
    b = colour[int(i / shapes) % colours + 1]
    kind = int(i / 7) % 4
    question = kind == 0 ? "what is the colour of the " a "?" \
             : kind == 1 ? "what size is the " b " " a "?" \
             : kind == 2 ? "is there a " b " " a "?" \
             : "what is the " b " thing"
    printf "{\"id\": %d, \"image\": \"%s/scene-%d.png\", \"question\": \"%s\"}\n", i + 1, images, int(i / 11) % 8 + 1, question
  }
}'
