"""Writes the table of core's tokenizer: what the reference does to each code point beyond ASCII.

    python make_code_points.py ../goldens/tokenizer/codepoints.json OUT

OUT is core/src/main/resources/io/github/visualbert/text/code-points.txt. All of it comes from
codepoints.json except the combining classes, which are asked of the reference itself
(tokenizers 0.23.2): its table is of Unicode 9, so later marks count as starters there.
"""

import json
import sys
import textwrap
import unicodedata

from tokenizers import normalizers

HEADER = """\
# What the reference tokenizer does to each code point from 80, in hexadecimal. Written by
# testdata/tokenizer/make_code_points.py; the tests hold it against the goldens.
#
#   a-b     code points a to b
#   a-b=v   each of them becomes v, or the sequence v.w.x
#   a-b>v   a becomes v, the next one v+1, and so on
#   a-b/2>v a becomes v, a+2 becomes v+2, and so on
"""


FIRST = 0x80  # what is below, CodePoints.java knows


def ranges(points):
    out = []
    for c in sorted(c for c in points if c >= FIRST):
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return [f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in out]


def expand(pairs):
    return {c for a, b in pairs for c in range(a, b + 1)}


def mapped(changes):
    runs = []  # first, last, step, kind, value
    for key in sorted(changes, key=lambda k: int(k, 16)):
        c, value = int(key, 16), [int(v, 16) for v in changes[key].split()]
        if c < FIRST:
            continue
        if runs and len(value) == 1 and len(runs[-1][4]) == 1:
            first, last, step, kind, start = runs[-1]
            if kind in ("=", "") and c == last + 1 and value == start:
                runs[-1] = (first, c, 1, "=", start)
                continue
            gap = c - last
            if kind in (">", "") and gap in (1, 2) and step in (0, gap) and value[0] - start[0] == c - first:
                runs[-1] = (first, c, gap, ">", start)
                continue
        runs.append((c, c, 0, "", value))
    out = []
    for first, last, step, kind, value in runs:
        key = f"{first:X}" + (f"-{last:X}" if last != first else "") + ("/2" if step == 2 else "")
        out.append(key + (kind or "=") + ".".join(f"{v:X}" for v in value))
    return out


def combining_classes():
    """Returns the class of every code point that the reference moves when it orders marks."""
    nfd = normalizers.NFD().normalize_str
    low, high = "\u0334", "\u0345"  # classes 1 and 240, the ends of the scale
    classes = {}
    for c in range(0x110000):
        s = chr(c)
        if 0xD800 <= c < 0xE000 or nfd(s) != s:
            continue
        if s == low or nfd(s + low) != s + low or nfd(high + s) != high + s:
            classes[c] = unicodedata.combining(s)
    one_of = {k: chr(c) for c, k in classes.items()}
    for c, k in classes.items():  # the classes Python knows are those the reference orders by
        for other, s in one_of.items():
            assert nfd(chr(c) + s) == (s + chr(c) if other < k else chr(c) + s)
    return classes


def main(source, target):
    with open(source) as f:
        goldens = json.load(f)
    nfd = normalizers.NFD().normalize_str
    classes = combining_classes()
    stripped = expand(goldens["strip_accents_removed"])
    # A stripped mark that is a starter, or begins with one when decomposed, ends a run of marks.
    starters = {c for c in stripped if any(ord(d) not in classes for d in nfd(chr(c)))}
    sections = {
        "clean_removed": ranges(expand(goldens["clean_text_removed"])),
        "clean_space": ranges(expand(goldens["clean_text_to_space"])),
        "chinese": ranges(expand(goldens["chinese_spaced"])),
        "punctuation": ranges(expand(goldens["split_punctuation"])),
        "whitespace": ranges(expand(goldens["split_whitespace"])),
        "stripped_mark": ranges(stripped - starters),
        "stripped_starter": ranges(starters),
        "decomposed": mapped(goldens["strip_accents_changed"]),
        "lowercase": mapped(goldens["lowercase_changed"]),
    }
    kept = {c: k for c, k in classes.items() if c not in stripped}
    for k in sorted(set(kept.values())):
        sections[f"kept_mark {k}"] = ranges(c for c in kept if kept[c] == k)
    with open(target, "w") as f:
        f.write(HEADER)
        for name, entries in sections.items():
            f.write(f"\n[{name}]\n{textwrap.fill(' '.join(entries), 100, break_on_hyphens=False)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
