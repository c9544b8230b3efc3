"""Writes a checkpoint of VCR with tiny layers and random weights in the authors' form, and twenty made-up questions for it.

    python make_vcr.py        # needs torch 2.13 and Pillow

The tower is that of goldens/detectors/cases/vcr_small; what the file has under the names of the language model there is left out.
"""

import json
import math
import os
import random

import torch
from PIL import Image, ImageDraw

HERE = os.path.dirname(os.path.abspath(__file__))
HIDDEN, LAYERS, HEADS, INTERMEDIATE, POSITIONS, COLUMNS = 32, 2, 4, 48, 192, 16

WORDS = """casey riley jessie jack ##ie av ##ery jaime pey ##ton kerry jo ##dy ken ##dall sky ##ler frank pat quinn
person tennis ##rack ##et bottle dining ##table car dog why is are was what does do the a an and to at of in on it he she they
him her his someone looking holding hold ##ing talk ##ing sitting sit standing stand feel comfortable not yes no because want ##s
play drink drive ##n home outside cold coat smil ##e ##d smile angry tired surprised party guest ##s room door open closed wait
waiting for next with about every every ##one ##ones they are re don cafe think ##s un ##believ ##able ##ly very long story extra ##ordinary""".split()


def path(*names):
    return os.path.join(HERE, *names)


def vocabulary():
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
    marks = list(".,?!'-")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + marks + letters + ["##" + c for c in letters] + WORDS
    return list(dict.fromkeys(words))


def weights(words):
    torch.manual_seed(18)
    out = {}

    def put(name, *shape, std=0.3):
        out[name] = torch.randn(*shape) * std

    def linear(name, rows, columns):
        put(name + ".weight", rows, columns, std=1 / math.sqrt(columns))
        put(name + ".bias", rows, std=0.05)

    def norm(name):
        out[name + ".weight"] = 1 + 0.1 * torch.randn(HIDDEN)
        put(name + ".bias", HIDDEN, std=0.05)

    e = "bert.bert.embeddings."
    put(e + "word_embeddings.weight", words, HIDDEN)
    put(e + "position_embeddings.weight", POSITIONS, HIDDEN)
    put(e + "position_embeddings_visual.weight", POSITIONS, HIDDEN)
    put(e + "token_type_embeddings.weight", 2, HIDDEN)
    put(e + "token_type_embeddings_visual.weight", 2, HIDDEN)
    linear(e + "projection", HIDDEN, COLUMNS)
    norm(e + "LayerNorm")
    for i in range(LAYERS):
        layer = f"bert.bert.encoder.layer.{i}."
        for name in ("query", "key", "value"):
            linear(layer + "attention.self." + name, HIDDEN, HIDDEN)
        linear(layer + "attention.output.dense", HIDDEN, HIDDEN)
        norm(layer + "attention.output.LayerNorm")
        linear(layer + "intermediate.dense", INTERMEDIATE, HIDDEN)
        linear(layer + "output.dense", HIDDEN, INTERMEDIATE)
        norm(layer + "output.LayerNorm")
    linear("bert.bert.pooler.dense", HIDDEN, HIDDEN)
    put("bert.classifier.weight", 1, HIDDEN, std=1.0)
    put("bert.classifier.bias", 1)
    tower = torch.load(path("..", "goldens", "detectors", "cases", "vcr_small", "model.th"), weights_only=True)
    out.update((name, tensor) for name, tensor in tower.items() if name.startswith("detector."))
    return out


def picture(name, width, height, objects, seed):
    """Draws a picture, and writes its metadata: boxes with a confidence, polygons, names."""
    draw = random.Random(seed)
    image = Image.new("RGB", (width, height), tuple(draw.randrange(256) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    boxes, segms = [], []
    for _ in objects:
        w, h = draw.uniform(0.15, 0.6) * width, draw.uniform(0.15, 0.6) * height
        x, y = draw.uniform(0, width - w), draw.uniform(0, height - h)
        polygons = []
        for _ in range(draw.choice((1, 1, 2))):
            corners = sorted(draw.uniform(0, 2 * math.pi) for _ in range(draw.randrange(3, 9)))
            polygons.append([[round(x + w * (0.5 + 0.5 * math.cos(a)), 2), round(y + h * (0.5 + 0.5 * math.sin(a)), 2)] for a in corners])
            pen.polygon([tuple(p) for p in polygons[-1]], fill=tuple(draw.randrange(256) for _ in range(3)))
        boxes.append([round(x, 3), round(y, 3), round(x + w, 3), round(y + h, 3), round(draw.uniform(0.5, 1), 4)])
        segms.append(polygons)
    folder = path("images", "film_" + name[0])
    os.makedirs(folder, exist_ok=True)
    image.save(os.path.join(folder, name + ".png"))
    with open(os.path.join(folder, name + ".json"), "w") as file:
        json.dump({"boxes": boxes, "segms": segms, "names": objects, "width": width, "height": height}, file)
        file.write("\n")


PICTURES = {
    "alley": (160, 120, ["person", "person", "person", "car"]),
    "beach": (90, 130, ["person", "tennisracket", "bottle", "person", "dog"]),
    "crowd": (320, 90, ["person"] * 17 + ["diningtable"]),
    "desk": (100, 100, ["bottle", "diningtable"]),
}
LONG = "the story is very long and unbelievably extraordinary , because".split()

# picture, question, four answers, label, four rationales, label
ITEMS = [
    # one object; a choice without any
    ("alley", ["Why", "is", [0], "angry", "?"], [["She", "is", "tired", "."], [[0], "is", "cold", "."], ["It", "is", "cold", "."], ["No", "."]], 1,
     [["He", "is", "outside", "."], [[0], "wants", "a", "coat", "."], ["They", "smile", "."], ["Because", "."]], 1),
    # a tag of two becomes two words
    ("alley", ["What", "are", [0, 1], "talking", "about", "?"], [["The", [3], "."], ["The", "party", "."], [[2], "."], ["A", "dog", "."]], 0,
     [[[0, 1], "are", "looking", "at", [3], "."], ["They", "are", "waiting", "."], [[2], "is", "waiting", "."], ["It", "is", "closed", "."]], 0),
    # everyone are all persons, in any case, beside what is mentioned
    ("alley", ["Is", "everyone", "comfortable", "?"], [["Yes", ",", "in", [3], "."], ["No", "."], ["Not", "very", "."], ["They", "are", "tired", "."]], 3,
     [["It", "is", "cold", "."], ["They", "are", "standing", "."], ["The", "door", "is", "open", "."], ["No", "one", "smiles", "."]], 2),
    ("crowd", ["What", "is", "Everyones", "story", "?"], [["It", "is", "a", "party", "."], ["They", "wait", "."], ["No", "story", "."], ["Drinks", "."]], 0,
     [["They", "smile", "."], ["They", "are", "guests", "."], ["They", "sit", "."], ["They", "stand", "."]], 3),
    # nothing is mentioned: all persons
    ("beach", ["What", "was", "that", "?"], [["A", "dog", "."], ["A", "car", "."], ["The", "door", "."], ["No", "one", "knows", "."]], 2,
     [["It", "is", "open", "."], ["It", "is", "closed", "."], ["He", "is", "waiting", "."], ["It", "is", "a", "room", "."]], 1),
    # nothing is mentioned and there is no person: the picture alone
    ("desk", ["Is", "it", "closed", "?"], [["Yes", "."], ["No", "."], ["It", "is", "open", "."], ["Because", "it", "is", "cold", "."]], 1,
     [["It", "is", "a", "room", "."], ["It", "is", "a", "door", "."], ["It", "is", "outside", "."], ["It", "is", "cold", "."]], 0),
    # a choice knows the names of the question, and begins with the first name again for its own
    ("alley", ["Does", [1], "know", [2], "?"], [[[0], "does", "."], [[1], "and", [0], "do", "."], [[2], ",", [0], "and", [3], "."], ["No", "."]], 2,
     [[[0], "is", "next", "to", [2], "."], [[1], "is", "looking", "at", [0], "."], ["They", "talk", "."], [[3], "."]], 1),
    # the positions drift behind words of several pieces
    ("alley", ["Unbelievably", ",", "is", [2], "extraordinary", "because", "of", [0], "?"],
     [["Extraordinary", [1], "thinks", [2], "is", "."], ["Yes", ",", [0], "smiled", "at", [2], "."], ["Unbelievable", "."], [[2, 1, 0], "talking", "."]], 3,
     [["Talking", "with", [0], "is", "extraordinary", "."], [[2], "smiled", "."], ["Everyone", "smiled", "."], ["Guests", "."]], 0),
    # classes of several pieces
    ("beach", ["Why", "does", [0], "hold", [1], "?"], [["To", "play", "with", [3], "."], [[1], "is", "a", "bottle", "."], ["To", "hold", [1, 2], "."], ["A", "dog", "wants", "it", "."]], 0,
     [[[3], "has", [1], "and", [4], "."], [[2], "is", "on", "the", "diningtable", "."], ["He", "plays", "."], [[1], ",", [1], "."]], 3),
    # what is too much is cut from the front of the choice, and tags with it
    ("alley", ["Why", "is", [0], "waiting", "for", [1], "?"],
     [[[2], "thinks"] + LONG * 6 + [[1], "is", "tired", "."], LONG * 5 + [[0, 2], "smile", "."], [[3]] + LONG * 9, [[2], "is", "tired", "."]], 3,
     [LONG * 5 + [[3], "."], ["It", "is", "cold", "."], [[1]] + LONG * 8 + [[1], "."], ["They", "talk", "."]], 2),
    # of a word of several pieces only the last are left
    ("beach", ["Does", [3], "hold", [1], "?"],
     [[[1]] * n + LONG * 5 + ["."] for n in (10, 20, 30)] + [[[1], "."]], 3,
     [[[1], [1]] + ["tired"] * n for n in (111, 112, 113, 114)], 2),
    # more persons than names
    ("crowd", ["Are", [16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0], "at", [17], "?"],
     [[[0, 16], "are", "."], [[5], "and", [3], "."], ["They", "are", "guests", "."], ["No", "."]], 2,
     [[[17], "is", "in", "the", "room", "."], [[16], "smiles", "."], ["It", "is", "a", "party", "."], [[0], "waits", "."]], 0),
    # the same object again and again, once as one of two
    ("alley", [[1], "and", [1], "are", [1, 1], "?"], [["Yes", ",", [1], "is", [1], "."], [[1, 0, 1], "."], ["No", "."], [[0], "."]], 1,
     [[[1], "."], [[0], "and", [1], "."], ["She", "is", "."], [[2], "."]], 1),
    # a tag of nothing
    ("alley", ["Is", [], "someone", [2], "outside", "?"], [[[], "No", "."], ["Yes", [], [0], "is", "."], [[2], "."], ["They", "are", "."]], 0,
     [[[0], [], "."], ["Because", "."], [[1], "is", "in", "."], ["No", "."]], 0),
    # mentioned by a rationale alone
    ("beach", ["What", "is", "it", "?"], [["A", "dog", "."], ["A", "bottle", "."], ["A", "party", "."], ["A", "story", "."]], 0,
     [[[4], "is", "a", "dog", "."], ["It", "is", "not", "."], [[2], "is", "a", "bottle", "."], ["No", "."]], 0),
    # words with marks in them, and one of which nothing is left
    ("alley", ["Don't", "they", "-", "\u200b", "like", [1], "'s", "caf\u00e9", "?!"], [["They're", [0], "'s", "guests", "."], ["\u200b", [1], "\u200b", [2], "."], ["Un-believable", "."], ["no"]], 3,
     [["She's", "with", [1], "."], [[0], "'", [2], "'", "."], ["Tired", "..."], ["!"]], 2),
    # letters that are no word of the vocabulary, and a sign that is not in it at all
    ("beach", ["Xylophone", [3], "\u20ac", [0], "?"], [["Zzz", [0], "."], ["\u20ac", "\u20ac", [3], "."], ["Hmm", "."], ["Yes", "."]], 0,
     [["Qwerty", [3], "."], ["It", "is", "."], ["No", "."], ["A", "xylophone", "."]], 3),
    # nothing is left of a choice, and with the answer the question is too long
    ("alley", ["tired"] * 123 + [[0], "?"], [["Yes", "."], ["No", ",", [1], "."], [[0]], ["They", "are", "."]], 2,
     [["It", "is", "cold", "."], ["He", "is", "tired", "."], ["They", "talk", "."], ["No", "."]], 1),
    # the answer goes on with the names of the question
    ("alley", ["Is", [2], "tired", "?"], [["No", "."], ["Yes", "."], [[1], "is", "."], [[0], "is", ",", "not", [1], "."]], 3,
     [[[1], "is", "cold", "."], [[2], "sits", "with", [0], "."], [[3], "."], ["No", "."]], 0),
    # three of a tag, in another order than their numbers
    ("beach", ["Do", [4, 0, 2], "play", "?"], [[[2, 4], "do", "."], [[0], "does", "."], ["Everyone", "does", "."], ["No", "."]], 1,
     [[[3], "plays", "with", [4], "."], ["She", "does", "."], ["It", "is", "a", "dog", "."], ["They", "are", "."]], 2),
]


def main():
    words = vocabulary()
    with open(path("vocab.txt"), "w") as file:
        file.write("\n".join(words) + "\n")
    with open(path("config.json"), "w") as file:
        json.dump({
            "architectures": ["VisualBertForMultipleChoice"], "model_type": "visual_bert", "hidden_size": HIDDEN, "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS, "intermediate_size": INTERMEDIATE, "max_position_embeddings": POSITIONS, "vocab_size": len(words),
            "visual_embedding_dim": COLUMNS, "type_vocab_size": 2}, file, indent=1)
        file.write("\n")
    torch.save(weights(len(words)), path("model.th"))
    for seed, (name, (width, height, objects)) in enumerate(PICTURES.items()):
        picture(name, width, height, objects, seed)
    with open(path("val.jsonl"), "w") as file:
        for i, (name, question, answers, answer, rationales, rationale) in enumerate(ITEMS):
            stem = f"film_{name[0]}/{name}"
            file.write(json.dumps({
                "movie": f"film_{name[0]}", "objects": PICTURES[name][2], "img_fn": stem + ".png", "metadata_fn": stem + ".json", "question": question,
                "answer_choices": answers, "answer_label": answer, "rationale_choices": rationales, "rationale_label": rationale,
                "annot_id": f"val-{i}", "question_number": i}) + "\n")


main()
