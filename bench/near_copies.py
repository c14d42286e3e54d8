"""How well copies of a text are told from other texts about the same news: real ones, and copies made of them.

    python -m bench.near_copies TEXTS GOLD.jsonl

Every pair of texts is compared. Pairs that count as copies are listed, with their clusters: reports of one deal are
told in other words, so each of these pairs is a false copy unless the texts prove otherwise. Then of every text copies
are made as outlets make them (another title, a header, a footer, a sentence cut), and releases as companies make them
(another text with the same boilerplate, which is 60 % of it); how many are found, and how many share a band.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

from storage.resemblance import Content, bands, is_copy, resemblance

HEADER = "Harbour Business Wire – Tuesday 10:35. By our own correspondent, Lisbon. Share this story with your friends."
FOOTER = (
    "This story was published from a wire agency feed without changes to its text. Sign up for our newsletter. Terms."
)


def main(texts: Path, gold: Path) -> None:
    """Print both tables."""
    clusters = {}
    for line in gold.read_text("utf-8").splitlines():
        label = json.loads(line)
        clusters[label["id"]] = label.get("cluster")
    contents = {}
    for path in sorted(texts.glob("*.txt")):
        text = path.read_text("utf-8")
        contents[path.stem] = Content(text.strip().split("\n", 1)[0], text)
    keys = {name: set(bands(content)) for name, content in contents.items()}
    pairs = together = candidates = 0
    copies = []
    for one, other in combinations(contents, 2):
        pairs += 1
        same = clusters.get(one) is not None and clusters.get(one) == clusters.get(other)
        together += same
        candidates += bool(keys[one] & keys[other])
        if resemblance(contents[one], contents[other]) >= 0.3 and is_copy(contents[one], contents[other]):
            copies.append((one, other, same))
    print(f"{len(contents)} texts, {pairs} pairs, {together} of one cluster")
    print(f"pairs that share a band {candidates} ({candidates / pairs:.4%}), pairs taken for copies {len(copies)}")
    for one, other, same in copies:
        print(f"  {one} {other} {'one cluster' if same else 'two clusters'}"
              f" {resemblance(contents[one], contents[other]):.2f}")  # fmt: skip
    long = {name: content for name, content in contents.items() if len(content.shingles) >= 60}
    made: dict[str, Callable[[Content], Content]] = {
        "header and footer": lambda c: Content(c.title, f"{HEADER}\n{c.text}\n{FOOTER}"),
        "another title": lambda c: Content("Deal news", "Deal news of the day\n" + c.text.partition("\n")[2]),
        "a tenth cut at the end": lambda c: Content(c.title, c.text[: len(c.text) * 9 // 10]),
        "title, header and cut": lambda c: Content(
            "Deal", f"{HEADER}\n{c.text.partition(chr(10))[2][: -len(c.text) // 12]}"
        ),
    }
    print(f"\n{len(long)} texts of 60 shingles or more{'':12}{'copies':>8}{'in a band':>11}")
    for name, change in made.items():
        found = shared = 0
        for key, content in long.items():
            copy = change(content)
            found += is_copy(content, copy)
            shared += bool(keys[key] & set(bands(copy)))
        print(f"{name:<42}{found / len(long):>8.1%}{shared / len(long):>11.1%}")
    names = list(long)
    wrong = 0
    for place, name in enumerate(names):
        news, others = long[name].text, long[names[(place + 1) % len(names)]].text
        cut = len(news) * 2 // 5
        boilerplate = "".join(news[cut:])
        wrong += is_copy(Content("", news), Content("", others[:cut] + boilerplate))
    print(f"{'other news, 60 % the same boilerplate':<42}{wrong / len(names):>8.1%}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
