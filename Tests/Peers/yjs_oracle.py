"""Random concurrent histories of documents of pycrdt (Yrs), and what it makes of them.

usage: yjs_oracle.py history SEED CASES   prints a case a line, as JSON
       yjs_oracle.py writes SEED CASES    prints operations, and the updates that they make
       yjs_oracle.py check                reads updates a line, as JSON; answers each with its state
"""

import base64
import json
import random
import struct
import sys

from pycrdt import (
    Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText, get_state, get_update, merge_updates)

ROOTS = {"map": Map, "text": Text, "array": Array, "xml": XmlFragment}
KEYS = ["a", "b", "ключ", "d\U0001F600", "1", "10", "2"]
WORDS = ["a", "bc", "hello ", "ä", "\U0001F600", "x\U0001F601y", "e\u0301", "日本", "\u0000"]


def b64(data):
    return base64.b64encode(bytes(data)).decode()


def canonical(value):
    """One text per value, the same in Swift."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return "n" + struct.pack(">d", value).hex()
    if isinstance(value, str):
        return "s" + value.encode("utf-8", "surrogatepass").hex()
    if isinstance(value, (bytes, bytearray)):
        return "b" + value.hex()
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    if isinstance(value, dict):
        pairs = sorted((canonical(str(key)), canonical(each)) for key, each in value.items())
        return "{" + ",".join(f"{key}:{each}" for key, each in pairs) + "}"
    if isinstance(value, Map):
        return canonical({key: Shared(value[key]) for key in value.keys()})
    if isinstance(value, Array):
        return canonical([Shared(each) for each in value])
    if isinstance(value, Text) or isinstance(value, XmlText):
        runs = [[part, attributes or {}] for part, attributes in value.diff()]
        kept = []
        for part, attributes in runs:
            if kept and kept[-1][1] == attributes and isinstance(part, str) \
                    and isinstance(kept[-1][0], str):
                kept[-1][0] += part
            else:
                kept.append([part, attributes])
        return "t" + canonical(kept)
    if isinstance(value, XmlFragment):
        return "f" + canonical([Shared(each) for each in value.children])
    if isinstance(value, XmlElement):
        return "e" + canonical(
            [value.tag, dict(list(value.attributes)), [Shared(each) for each in value.children]])
    if isinstance(value, Shared):
        return canonical(value.value)
    return f"?{type(value)}"


class Shared:
    """A value whose form depends on what it is."""

    def __init__(self, value):
        self.value = value


def state_of(doc):
    return canonical({name: Shared(doc.get(name, type=kind)) for name, kind in ROOTS.items()})


class Client:
    def __init__(self, rng, client_id, log):
        self.rng = rng
        self.id = client_id
        self.doc = Doc(client_id=client_id)
        self.roots = {name: self.doc.get(name, type=kind) for name, kind in ROOTS.items()}
        self.updates = []
        self.log = log
        self.subscription = self.doc.observe(self.note)

    def note(self, event):
        self.updates.append(bytes(event.update))
        self.log.append(bytes(event.update))

    def value(self):
        rng = self.rng
        return rng.choice([
            lambda: rng.choice(WORDS), lambda: None, lambda: True, lambda: rng.randrange(-70, 70),
            lambda: rng.random(), lambda: 2 ** rng.randrange(25, 53), lambda: b"\x00\xff",
            lambda: [1, [False], "x"], lambda: {"k": rng.choice(WORDS)}, lambda: -0.5,
        ])()

    def change(self):
        """A random operation."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.35:
            self.change_map(self.roots["map"])
        elif kind < 0.70:
            self.change_text(self.roots["text"], rng.random() < 0.3)
        elif kind < 0.88:
            self.change_array(self.roots["array"])
        else:
            self.change_xml(self.roots["xml"])

    def change_map(self, target, depth=0):
        rng = self.rng
        key = rng.choice(KEYS)
        current = target.get(key)
        if isinstance(current, Map) and rng.random() < 0.7:
            return self.change_map(current, depth + 1)
        if isinstance(current, Text) and rng.random() < 0.7:
            return self.change_text(current)
        if isinstance(current, Array) and rng.random() < 0.7:
            return self.change_array(current, depth + 1)
        if current is not None and rng.random() < 0.3:
            del target[key]
        elif depth < 3 and rng.random() < 0.35:
            target[key] = rng.choice([
                lambda: Map({"x": self.value()}), lambda: Map({}),
                lambda: Text(rng.choice(WORDS)), lambda: Array([1, "two"])])()
        else:
            target[key] = self.value()

    def change_text(self, text, formatted=False):
        rng = self.rng
        size = len(text)
        act = rng.random()
        # pycrdt counts bytes of UTF-8: cut between characters only.
        content = str(text)
        has_embeds = len(content.encode()) != size
        if has_embeds:
            places = None
        else:
            places = [len(content[:i].encode()) for i in range(len(content) + 1)]
        if places is None:
            if act < 0.6:
                text.insert(rng.choice([0, size]), rng.choice(WORDS))
            elif size:
                # An end that is surely no half character.
                if act < 0.8:
                    text.format(0, size, {rng.choice(["b", "i"]): rng.choice([True, None, "v"])})
                else:
                    del text[0:size]
            return
        at = rng.randrange(len(places))
        to = rng.randrange(at, min(at + 6, len(places)))
        if act < 0.55 or at == to:
            if formatted and act < 0.15:
                text.insert(places[at], rng.choice(WORDS), {"b": rng.choice([True, False])})
            elif formatted and act < 0.2:
                text.insert_embed(places[at], {"image": "u"})
            else:
                text.insert(places[at], rng.choice(WORDS))
        elif formatted and act < 0.75:
            text.format(places[at], places[to], {
                rng.choice(["b", "i", "color"]): rng.choice([True, None, "red"])})
        else:
            del text[places[at]:places[to]]

    def change_array(self, target, depth=0):
        rng = self.rng
        size = len(target)
        at = rng.randrange(size + 1)
        if size and rng.random() < 0.3:
            at = rng.randrange(size)
            del target[at:min(size, at + rng.randrange(1, 4))]
        elif size and at < size and isinstance(target[at], Map):
            self.change_map(target[at], depth + 1)
        elif depth < 2 and rng.random() < 0.2:
            target.insert(at, rng.choice([Map({"y": 1}), Text("in"), Array([None])]))
        else:
            for _ in range(rng.randrange(1, 4)):
                target.insert(at, self.value())

    def change_xml(self, target, depth=0):
        rng = self.rng
        size = len(target.children)
        act = rng.random()
        if size and act < 0.2:
            del target.children[rng.randrange(size)]
        elif size and act < 0.6 and depth < 3:
            child = target.children[rng.randrange(size)]
            if isinstance(child, XmlText):
                if rng.random() < 0.5:
                    self.change_text(child, True)
                else:
                    child.attributes[rng.choice("pq")] = rng.choice(WORDS)
            else:
                if rng.random() < 0.5:
                    child.attributes[rng.choice("ab")] = rng.choice(WORDS)
                else:
                    self.change_xml(child, depth + 1)
        elif rng.random() < 0.5:
            target.children.insert(rng.randrange(size + 1), XmlElement(rng.choice(["p", "div"])))
        else:
            target.children.insert(rng.randrange(size + 1), XmlText(rng.choice(WORDS)))


def history(seed):
    rng = random.Random(seed)
    count = rng.randrange(1, 5)
    ids = rng.sample([0, 1, 2, 127, 128, 300, 2 ** 31, 2 ** 32 - 1, 2 ** 40], count)
    log = []
    clients = [Client(rng, client_id, log) for client_id in ids]
    for _ in range(rng.randrange(1, 30)):
        actor = rng.choice(clients)
        act = rng.random()
        if act < 0.75:
            if rng.random() < 0.3:
                with actor.doc.transaction():
                    for _ in range(rng.randrange(1, 5)):
                        actor.change()
            else:
                actor.change()
        elif act < 0.9:
            other = rng.choice(clients)
            if other is not actor:
                actor.doc.apply_update(other.doc.get_update(actor.doc.get_state()))
        else:
            # One that is partitioned off gets some updates, in whatever order they come.
            other = rng.choice(clients)
            for update in rng.sample(other.updates, min(len(other.updates), 3)):
                actor.doc.apply_update(update)
    # In the order in which they were made: Yrs does not always take up again what it had to put off.
    updates = list(dict.fromkeys(log))
    final = Doc(client_id=5)
    for update in updates:
        final.apply_update(update)
    delivered = list(range(len(updates)))
    rng.shuffle(delivered)
    delivered += rng.sample(delivered, len(delivered) // 4)
    known = rng.choice(clients).doc.get_state()
    full = final.get_update()
    return {
        "seed": seed,
        "updates": [b64(update) for update in updates],
        "delivered": delivered,
        "state": state_of(final),
        "vector": b64(final.get_state()),
        "full": b64(full),
        "known": b64(known),
        "diff": b64(final.get_update(known)),
        "merged": b64(merge_updates(*updates)) if updates else b64(full),
        "partDiff": b64(get_update(full, known)),
        "partVector": b64(get_state(full)),
    }


class Writer:
    """Operations that our library knows too, and the updates that pycrdt makes of them."""

    def __init__(self, rng):
        self.rng = rng
        self.log = []
        self.client = Client(rng, rng.choice([1, 200, 2 ** 32 - 1]), self.log)
        self.other = Client(rng, 100, [])
        self.taken = 0
        # Among formats Yrs and Yjs choose different places: only the state can be compared.
        self.formatted = rng.random() < 0.25

    def find(self, path):
        place = self.client.roots[path[0]]
        for key in path[1:]:
            place = place[key]
        return place

    def path(self, kind):
        """A way to a map or text."""
        path = ["text"] if kind is Text and self.rng.random() < 0.5 else ["map"]
        while True:
            place = self.find(path)
            if isinstance(place, Text):
                return path if kind is Text else path[:-1]
            inner = [key for key in sorted(place.keys()) if isinstance(place[key], (Map, Text))]
            if not inner or (kind is Map and self.rng.random() < 0.4):
                return path if kind is Map else ["text"]
            path = path + [self.rng.choice(inner)]

    def operation(self):
        rng = self.rng
        act = rng.choice(["set", "set", "map", "text", "remove", "insert", "insert", "delete"])
        if act in ("set", "map", "text", "remove"):
            path = self.path(Map)
            target = self.find(path)
            key = rng.choice(KEYS)
            if act == "set":
                value = rng.choice([rng.choice(WORDS), True, None, False])
                target[key] = value
                return [act, path, key, value]
            if act == "map":
                target[key] = Map({})
                return [act, path, key]
            if act == "text":
                text = rng.choice(WORDS)
                target[key] = Text(text)
                return [act, path, key, text]
            if key in target:
                del target[key]
                return [act, path, key]
            return None
        path = self.path(Text)
        text = self.find(path)
        content = str(text)
        if len(content.encode()) != len(text):
            return None
        start = rng.randrange(len(content) + 1)
        place = len(content[:start].encode())
        units = len(content[:start].encode("utf-16-le")) // 2
        if act == "insert":
            word = rng.choice(WORDS)
            text.insert(place, word)
            return [act, path, units, word]
        end = rng.randrange(start, min(start + 8, len(content)) + 1)
        if end == start:
            return None
        del text[place:len(content[:end].encode())]
        return [act, path, units, len(content[:end].encode("utf-16-le")) // 2]

    def steps(self, count):
        for _ in range(count):
            self.log.clear()
            if self.rng.random() < 0.25:
                self.other.change_text(self.other.roots["text"], self.formatted)
                for update in self.other.updates[self.taken:]:
                    self.client.doc.apply_update(update)
                    yield {"apply": b64(update)}
                self.taken = len(self.other.updates)
                if self.rng.random() < 0.5:
                    self.other.doc.apply_update(
                        self.client.doc.get_update(self.other.doc.get_state()))
                    self.taken = len(self.other.updates)
                continue
            with self.client.doc.transaction():
                operations = [self.operation() for _ in range(self.rng.randrange(1, 4))]
            operations = [each for each in operations if each]
            yield {"operations": operations, "updates": [b64(update) for update in self.log]}


def writes(seed):
    rng = random.Random(seed)
    writer = Writer(rng)
    steps = list(writer.steps(rng.randrange(1, 25)))
    return {
        "seed": seed, "client": writer.client.id, "formatted": writer.formatted,
        "steps": json.dumps(steps),
        "state": state_of(writer.client.doc),
    }


def check():
    """Applies the updates of each line to a new document, and tells what came of it."""
    for line in sys.stdin:
        doc = Doc(client_id=5)
        for update in json.loads(line)["updates"]:
            doc.apply_update(base64.b64decode(update))
        print(json.dumps({
            "state": state_of(doc), "vector": b64(doc.get_state()), "full": b64(doc.get_update()),
        }), flush=True)


def main():
    if sys.argv[1] == "check":
        return check()
    case = {"history": history, "writes": writes}[sys.argv[1]]
    first, cases = int(sys.argv[2]), int(sys.argv[3])
    for seed in range(first, first + cases):
        print(json.dumps(case(seed)), flush=True)


if __name__ == "__main__":
    main()
