"""Writes texts.jsonl: random texts, and what the reference (tokenizers 0.23.2) makes of them.

    python make_texts.py ../goldens/tokenizer/vocab.txt texts.jsonl

The goldens hold every code point alone; these hold them in company, under every setting of the
normaliser: marks that change places, special tokens in odd spots, long words, offsets. One case a
line, ASCII: `lower_case`, `strip_accents`, `chinese_chars`, `text`, and the answer `ids` and
`offsets`, two a token, in UTF-16 code units, without added tokens.
"""

import json
import random
import sys
import unicodedata

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
CASES = 600


def reference(vocab, lower, strip, chinese):
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=chinese, strip_accents=strip, lowercase=lower
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer


def pools():
    by = {}
    for c in range(0x110000):
        if not 0xD800 <= c < 0xE000:
            by.setdefault(unicodedata.category(chr(c)), []).append(chr(c))
    marks = [s for cat in ("Mn", "Mc", "Me") for s in by[cat]]
    ordered = [s for s in by["Mc"] if unicodedata.combining(s)] + ["\u0334", "\u0345", "\u0323", "\u034f", "\U0001E000", "\u08d4"]
    changing = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000
                and (unicodedata.normalize("NFD", chr(c)) != chr(c) or chr(c).lower() != chr(c))]
    return [
        (2, marks), (3, ordered), (3, changing), (1, by["Cn"]), (1, by["Cf"] + by["Cc"]),
        (2, by["Po"] + by["Ps"] + by["Sk"] + by["Sm"]), (1, by["Zs"]), (1, by["So"]), (1, by["Lo"]),
        (2, [chr(c) for c in range(0xAC00, 0xD7A4)]), (1, [chr(c) for c in range(0x4E00, 0x4F00)]),
        (2, ["\u4e00", "\uf900", "\U0002b820", "\U0002f800", "\u0130", "\u03a3", "\u1e9e", "\u00df"]),
    ]


def text(random, words, weighted):
    out = []
    for _ in range(random.randrange(1, 14)):
        kind = random.random()
        if kind < 0.35:
            word = random.choice(words).removeprefix("##")
            out.append(word.upper() if random.random() < 0.2 else word)
        elif kind < 0.43:
            out.append(random.choice(SPECIAL + ["[mask]", "[MASK", "MASK]", "[[MASK]]"]))
        elif kind < 0.45:
            out.append(random.choice("ab\u00e9\u0301\u1b44\uac00") * random.choice([33, 34, 49, 50, 51, 99, 100, 101, 102]))
        else:
            pool = random.choices([p for _, p in weighted], [w for w, _ in weighted])[0]
            out.append("".join(random.choice(pool) for _ in range(random.randrange(1, 5))))
        out.append(random.choice(["", "", " ", " ", "  ", "\t"]))
    return "".join(out)


def utf16(s):
    return len(s.encode("utf-16-le")) // 2


def main(vocab_file, target, seed=2026, cases=CASES):
    rng = random.Random(int(seed))
    with open(vocab_file, encoding="utf-8") as f:
        words = f.read().split("\n")[:-1]
    vocab = {w: i for i, w in enumerate(words)}
    weighted = pools()
    with open(target, "w") as f:
        for _ in range(int(cases)):
            lower, chinese = rng.random() < 0.6, rng.random() < 0.8
            strip = lower if rng.random() < 0.6 else rng.random() < 0.5
            s = text(rng, words, weighted)
            encoding = reference(vocab, lower, strip, chinese).encode(s, add_special_tokens=False)
            offsets = [utf16(s[:i]) for pair in encoding.offsets for i in pair]
            case = dict(lower_case=lower, strip_accents=strip, chinese_chars=chinese, text=s, ids=encoding.ids, offsets=offsets)
            f.write(json.dumps(case) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
