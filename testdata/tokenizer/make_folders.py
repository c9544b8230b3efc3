"""Writes folders.jsonl: the files of a tokenizer in every form in which transformers leaves them, and what it makes of texts.

    python make_folders.py folders.jsonl        # needs transformers 5.17.0

One folder a line: its `name`, its `files` (a string, or JSON), the `texts` (a text, or a text and a second one) and their `ids`, as
AutoTokenizer gives them for a folder with a VisualBERT's config.json. The vocabulary is made up.
"""

import copy
import json
import os
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = SPECIAL + ["a", "ring", "##s", "blue", "Blue", "RING", "é", "e", "##ive", "na", "naï", "##ve", "中", "国", "中国", "?", ",", "<m>", "[", "]", "mask", "MASK", "\u2603"]
TEXTS = [["A ring, BLUE rings"], ["é naïve Naïve 中国?"], ["a [MASK] [mask] <m> ring"], ["Blue [SEP] RING"], ["a ring", "blue \u2603?"], [""]]


def saved(lower=True, strip=None, chinese=True, tokens=SPECIAL, bert_processing=False, names=("[CLS]", "[SEP]")):
    """A tokenizer.json as the tokenizers library writes it."""
    ids = {token: i for i, token in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower, strip_accents=strip, handle_chinese_chars=chinese)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    cls, sep = names
    if bert_processing:
        tokenizer.post_processor = processors.BertProcessing((sep, ids[sep]), (cls, ids[cls]))
    else:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{cls}:0 $A:0 {sep}:0", pair=f"{cls}:0 $A:0 {sep}:0 $B:1 {sep}:1", special_tokens=[(cls, ids[cls]), (sep, ids[sep])])
    tokenizer.add_special_tokens(tokens)
    return json.loads(tokenizer.to_str())


def config(**more):
    return {"tokenizer_class": "BertTokenizer", "model_max_length": 64, **{name: value for name, value in more.items()}}


def added(content):
    return {"content": content, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}


def folders():
    mask = [token if token != "[MASK]" else "<m>" for token in SPECIAL]
    vocab = "\n".join(VOCABULARY) + "\n"
    other = "\n".join(SPECIAL + ["ring", "a"]) + "\n"
    used = saved()
    used["truncation"] = {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0}
    used["padding"] = {"strategy": {"Fixed": 20}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"}
    untyped = saved()
    del untyped["model"]["type"]
    five = config(do_lower_case=True, strip_accents=None, tokenize_chinese_chars=True, backend="tokenizers", is_local=True,
                  **{name.strip("[]").lower() + "_token": name for name in SPECIAL})
    cased = config(do_lower_case=False)
    return {
        "transformers 5": {"tokenizer.json": saved(), "tokenizer_config.json": five},
        "transformers 5, cased": {"tokenizer.json": saved(lower=False), "tokenizer_config.json": cased},
        "accents kept": {"tokenizer.json": saved(strip=False), "tokenizer_config.json": config(strip_accents=False)},
        "Chinese words kept": {"tokenizer.json": saved(chinese=False), "tokenizer_config.json": config(tokenize_chinese_chars=False)},
        "another vocab.txt": {"tokenizer.json": saved(), "vocab.txt": other, "tokenizer_config.json": five},
        "alone": {"tokenizer.json": saved()},
        "BertProcessing": {"tokenizer.json": saved(bert_processing=True), "tokenizer_config.json": five},
        "cut and filled up before": {"tokenizer.json": used, "tokenizer_config.json": five},
        "a model without a type": {"tokenizer.json": untyped, "tokenizer_config.json": five},
        "general class, cased": {"tokenizer.json": saved(lower=False), "tokenizer_config.json": {"tokenizer_class": "TokenizersBackend"}},
        "general class of transformers 4": {"tokenizer.json": saved(strip=False, chinese=False), "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast"}},
        "another mask": {"tokenizer.json": saved(tokens=mask), "tokenizer_config.json": config(mask_token="<m>")},
        "another mask in the map": {"tokenizer.json": saved(tokens=mask), "special_tokens_map.json": {"mask_token": "<m>"}},
        "other names": {"tokenizer.json": saved(tokens=["[PAD]", "[UNK]", "blue", "ring", "[MASK]"], names=("blue", "ring")),
                        "tokenizer_config.json": config(cls_token="blue", sep_token="ring")},
        "vocab.txt and a map": {"vocab.txt": vocab, "special_tokens_map.json": {"mask_token": added("<m>"), "sep_token": "[SEP]"}},
        "vocab.txt and added tokens": {"vocab.txt": vocab, "tokenizer_config.json": cased, "added_tokens.json": {"[MASK]": 4, "[CLS]": 2}},
        "transformers 4": {"tokenizer.json": saved(lower=False), "vocab.txt": vocab, "special_tokens_map.json": {"mask_token": "[MASK]", "unk_token": "[UNK]"},
                           "tokenizer_config.json": {**cased, "mask_token": "[MASK]", "added_tokens_decoder": {str(i): added(t) for i, t in enumerate(SPECIAL)}}},
    }


def main(target):
    transformers.logging.set_verbosity_error()
    with open(target, "w") as out:
        for name, files in folders().items():
            with tempfile.TemporaryDirectory() as folder:
                for file, content in {**files, "config.json": {"model_type": "visual_bert"}}.items():
                    with open(os.path.join(folder, file), "w") as f:
                        f.write(content if isinstance(content, str) else json.dumps(content))
                tokenizer = AutoTokenizer.from_pretrained(folder)
                ids = [tokenizer(*text)["input_ids"] for text in copy.deepcopy(TEXTS)]
            out.write(json.dumps({"name": name, "files": files, "texts": TEXTS, "ids": ids}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
