# SPDX-License-Identifier: MIT
"""Random types and random signatures within the annotation language."""
import re

from params import (Bytes, Count, CountPointer, Fate, OutCount, Owned, OwnedPointer, Pointer,
                    Result, Text, TextRoom, Texts, Value)
from shapes import (COMPLEX, COUNT_INTS, SCALARS, SIGNED, WIDE_ENOUGH, Array, Bits, Enum,
                    PointerMember, Record, Scalar, SmallCount, TextMember, TextsMember)

# Some are names that stubs, messages or other languages have uses for.
NAMES = ["a", "b", "data", "length", "x1", "options", "ret_value", "value", "message", "result",
         "class_", "this", "new", "args", "rooms", "status", "base", "Base", "n_a", "has_b", "job",
         "index", "out", "in", "user", "count", "items", "template", "jgi", "ret_process", "size"]


class Types:
    """The types of one program."""

    def __init__(self, random, features):
        self.random, self.features = random, features
        self.enums, self.records, self.owners = [], [], []
        for number, (low, high) in enumerate([(0, 3), (-5, 2), (1, 0x123456789), (0, 0xffffffff)]):
            self.enums.append(Enum(f"kind{number}", [(f"LOW{number}", low), (f"MID{number}", 2),
                                                     (f"HIGH{number}", high)]))
        self.scalars = SCALARS + self.enums + [Scalar("tally", "int"), Scalar("ratio", "double")]
        self.scalars += COMPLEX if "complex" in features else []
        for number in range(10):
            self.records.append(self.record(number))
        for number in range(8 if "members" in features else 0):
            self.owners.append(self.owner(number))

    def define(self):
        lines = ["typedef unsigned int count_base;", "typedef count_base tally;",
                 "typedef double ratio;"]
        for one in self.enums + self.records + self.owners:
            lines += one.define()
        return lines

    def scalar(self):
        return self.random.choice(self.scalars)

    def member_shape(self):
        roll = self.random.random()
        if roll < 0.5 or not self.records and roll < 0.7:
            return self.scalar()
        if roll < 0.8 or not self.records:
            lengths = [self.random.randint(1, 4) for _ in range(self.random.choice([1, 1, 2, 3]))]
            element = self.scalar()
            if self.records and self.random.random() < 0.3:
                element = self.plain_record()
            return Array(element, lengths)
        return self.plain_record()

    def plain_record(self):
        return self.random.choice([one for one in self.records if "packed" not in one.attribute]
                                  or [Record("nothing_yet", [("a", self.scalar())])])

    def record(self, number):
        random, members = self.random, []
        if number % 5 == 4 and "bits" in self.features: # bit-fields only in records that are not packed
            members += [("bit0", Bits("int", random.randint(1, 31))),
                        ("bit1", Bits("unsigned", random.randint(1, 32))), ("", Bits("int", 3)),
                        ("bit2", Bits("long long", random.randint(2, 63))),
                        ("bit3", Bits("bool", 1)), ("bit4", Bits("unsigned short", 9))]
        if number % 5 == 3 and "anonymous" in self.features:
            members.append((None, Record("", [("inside", self.scalar()),
                                              (None, Record("", [("deep", self.scalar())]))])))
        is_packed = number % 5 == 2
        for place in range(random.randint(1, 5)):
            shape = self.scalar() if is_packed else self.member_shape()
            members.append((f"m{place}", shape))
        if number % 2:
            members.insert(random.randint(0, len(members)), ("len", SmallCount("int")))
        attribute = "__attribute__((packed)) " if is_packed else ""
        if number == 5:
            attribute = "__attribute__((aligned(32))) "
        return Record(f"rec{number}", members, attribute, is_tagless=number % 4 == 1 and "tagless" in self.features)

    def owner(self, number):
        """A record with pointers, some to records with pointers."""
        random, members = self.random, [("m0", self.scalar())]
        for place in range(random.randint(1, 3)):
            name, roll = f"p{place}", random.random()
            if roll < 0.3:
                members.append((name, TextMember(random.random() < 0.5, random.random() < 0.3)))
                continue
            count = f"n{place}" if roll < 0.9 else None
            if count:
                members.append((count, SmallCount(random.choice(["int", "size_t", "short"]))))
            if roll < 0.4:
                members.append((name, TextsMember(count)))
                continue
            element = random.choice([self.scalar(), self.plain_record(), *self.owners[-1:]])
            if element.name == "char" and not count: # a string, or counted bytes?
                element = self.plain_record()
            members.append((name, PointerMember(element, count, random.random() < 0.3,
                                                random.random() < 0.3)))
        return Record(f"own{number}", members)


class Signature:
    """One function, its parameters in their order and as a caller makes them."""

    def __init__(self, number, types, random, features):
        self.types, self.random, self.features = types, random, features
        self.name = f"job{number}"
        self.names = random.sample(NAMES, len(NAMES))
        self.made, self.result = [], Result()
        self.counts, self.extents_taken = [], set()
        self.is_c_extent = random.random() < 0.3
        for _ in range(random.randint(0, 2)):
            self.add_count()
        for _ in range(random.choice([0, 1, 1, 2, 2, 3, 4])):
            self.add_param()
        self.choose_result()
        if self.has("fate") and random.random() < 0.3:
            self.made.append(Fate("fate", Scalar("int", "int")))
        self.params = list(self.made)
        if not self.is_c_extent:
            random.shuffle(self.params)
        for param, behind in zip(self.params, self.params[1:]):
            if isinstance(param, Text) and isinstance(behind, Value):
                param.describe() # a string, or counted bytes?

    def name_next(self):
        return self.names.pop()

    def has(self, feature):
        return feature in self.features

    def add(self, param):
        self.made.append(param)
        return param

    def add_count(self):
        """(extent, may be large, the parameter)"""
        roll, random = self.random.random(), self.random
        name = random.choice(COUNT_INTS)
        may_be_large = name in WIDE_ENOUGH
        if roll < 0.6:
            count = self.add(Count(self.name_next(), Scalar(name, "int"), may_be_large))
            self.counts.append((count.name, may_be_large, count))
        elif roll < 0.8:
            count = self.add(CountPointer(self.name_next(), Scalar(name, "int"), "in", may_be_large))
            self.counts.append((f"*{count.name}", may_be_large, count))
        else:
            records = [one for one in self.types.records if one.counts]
            record = random.choice(records)
            if random.random() < 0.5:
                count = self.add(Value(self.name_next(), record))
                self.counts.append((f"{count.name}.len", False, count))
            else:
                count = self.add(Pointer(self.name_next(), record, [], "in", qualifier="const",
                                         is_silent=True))
                self.counts.append((f"{count.name}->len", False, count))

    def extent(self, may_be_large):
        """An expression that is not negative, and whether it may be large."""
        random = self.random
        choices = [(str(random.randint(1, 5)), False), ("MID0", False)]
        for text, large, _ in self.counts * 2:
            if large and not may_be_large:
                continue
            choices += [(text, large), (text, large), (f"2 * {text}", large),
                        (f"{text} + 1", large), (f"({text} + 3) / 2", large),
                        (f"{text} % 4", False)]
        return random.choice(choices)

    def extents(self, element):
        dimensions = self.random.choice([1, 1, 1, 2, 3])
        if dimensions == 3 and not self.has("3d"):
            dimensions = 2
        is_plain = dimensions == 1 and element.is_block
        return [self.extent(is_plain)[0] for _ in range(dimensions)]

    def element(self):
        roll = self.random.random()
        if roll < 0.6:
            return self.types.scalar()
        if roll < 0.8 or not self.has("members"):
            return self.random.choice(self.types.records)
        return self.random.choice(self.types.owners)

    def add_param(self):
        kinds = ["value", "value", "one", "array", "array", "array", "text", "room", "zlib", "used"]
        kinds += [kind for kind in ("void", "texts", "owned") if self.has(kind)] * 2
        getattr(self, "add_" + self.random.choice(kinds))()

    def add_value(self):
        is_record = self.random.random() < 0.4
        shapes = self.types.records + self.types.owners if is_record else self.types.scalars
        self.add(Value(self.name_next(), self.random.choice(shapes)))

    def optional(self):
        return self.has("optional") and self.random.random() < 0.25

    def add_one(self):
        element, direction = self.element(), self.random.choice(["in", "out", "inout"])
        if element.name == "char": # one char: a string, or counted bytes?
            element = self.random.choice(self.types.records)
        if element.is_record and element.is_owner and direction == "out":
            direction = "inout"
        is_silent = element.is_record and direction != "out" and self.random.random() < 0.5
        is_optional = not is_silent and self.optional()
        self.add(Pointer(self.name_next(), element, [], direction, is_silent=is_silent,
                         qualifier=self.qualifier(element, direction), is_optional=is_optional))

    def qualifier(self, element, direction):
        words = ["const"] if direction == "in" else []
        if not element.is_record and self.random.random() < 0.1:
            words.append("volatile")
        return " ".join(words)

    def add_array(self):
        element, direction = self.element(), self.random.choice(["in", "out", "inout"])
        if element.is_record and element.is_owner and direction == "out":
            direction = "inout"
        extents, style = self.extents(element), "*"
        if self.is_c_extent and self.can_be_c(extents):
            style = self.random.choice(["[]", "static"])
        is_silent = style != "*" and direction != "out" and self.random.random() < 0.6
        self.add(Pointer(self.name_next(), element, extents, direction, style=style,
                         qualifier=self.qualifier(element, direction), is_silent=is_silent,
                         is_optional=style == "*" and self.optional()))

    @staticmethod
    def can_be_c(extents):
        """UBSan wants bounds of arrays that are not 0."""
        return all(extent.isdigit() or "+ 1" in extent for extent in extents)

    def add_text(self):
        is_optional = self.optional()
        self.add(Text(self.name_next(), not is_optional and self.random.random() < 0.3, is_optional))

    def add_room(self):
        self.add(TextRoom(self.name_next(), self.extent(True)[0],
                          self.random.choice(["out", "inout"])))

    def add_void(self):
        self.add(Bytes(self.name_next(), Scalar("unsigned char", "int"), self.extent(True)[0],
                       self.random.choice(["in", "out", "inout"]),
                       self.random.choice(["[]", "size"]), self.optional()))

    def add_texts(self):
        self.add(Texts(self.name_next(), self.extent(False)[0],
                       self.random.choice(["char **", "const char **", "const char *const *",
                                           "char *const *"])))

    def out_element(self):
        return self.random.choice([self.types.scalar(), self.random.choice(self.types.records)])

    def add_zlib(self):
        element = self.out_element()
        length = self.add(CountPointer(self.name_next(), Scalar(self.random.choice(
            ["size_t", "unsigned", "unsigned long", "int"]), "int"), "inout", element.is_block))
        room = self.add(Pointer(self.name_next(), element, [f"*{length.name}"], "out"))
        room.used, length.counted = True, room.name
        room.directive = f"@out {room.name}[*{length.name}]"

    def add_used(self):
        element = self.out_element()
        extent, large = self.extent(element.is_block)
        if self.result.is_void and self.random.random() < 0.6:
            result = Scalar(self.random.choice(["int", "long", "size_t", "unsigned"]), "int")
            room = self.add(Pointer(self.name_next(), element, [extent], "out", used="return"))
            self.result = Result(result)
            self.result.counter_of = room.name
            return
        length = OutCount(self.name_next(), Scalar("size_t", "int"))
        room = self.add(Pointer(self.name_next(), element, [extent], "out",
                                used=f"*{length.name}"))
        length.counted = room.name
        self.add(length)

    def owned(self, name):
        roll, random = self.random.random(), self.random
        values = [count for text, large, count in self.counts
                  if isinstance(count, Count) and not large]
        if roll < 0.3:
            return Owned(None, None)
        if roll < 0.5:
            element = self.out_element()
            if element.name != "char": # one char: a string, or counted bytes?
                return Owned(element, None)
        if roll < 0.7 and values:
            return Owned(self.out_element(), random.choice(values))
        count = OutCount(self.name_next(), Scalar(random.choice(["int", "size_t", "short"]), "int"))
        count.counted = name
        return Owned(self.out_element(), count)

    def add_owned(self):
        name = self.name_next()
        owned = self.owned(name)
        self.add(OwnedPointer(name, owned))
        if isinstance(owned.counter, OutCount):
            self.add(owned.counter)

    def choose_result(self):
        if not self.result.is_void:
            return
        roll, random = self.random.random(), self.random
        if roll < 0.2:
            return
        if roll < 0.5:
            self.result = Result(self.types.scalar())
        elif roll < 0.7:
            self.result = Result(random.choice(self.types.records))
        else:
            self.result = Result(owned=self.owned("return"))
            if isinstance(self.result.owned.counter, OutCount):
                self.add(self.result.owned.counter)

    def spoilers(self):
        """(name, condition, statements, status): ways to spoil the call."""
        for param in self.made:
            at = param.at
            if isinstance(param, Fate):
                yield "fails", "true", [f"{at} = 77;"], "JG_EFAILED"
            must = type(param) in (Pointer, Text, TextRoom, Bytes, Texts, OutCount, CountPointer)
            if must and not getattr(param, "is_optional", False):
                enough = f"c->count_{param.name} > 0" if param.count else "true"
                yield (f"{param.name} is NULL", enough,
                       [f"c->spoilt = (void *)&{at}, c->was = {at};", f"{at} = NULL;"], "JG_EARGS")
            yield from self.overlaps(param)
            if type(param) is Pointer and param.element.is_record:
                yield from self.null_members(param)
            if type(param) in (Count, CountPointer):
                yield from self.bad_extents(param)

    def bad_extents(self, count):
        is_pointer = isinstance(count, CountPointer)
        kind = (count.element if is_pointer else count.shape).name
        text, at = ("*" if is_pointer else "") + count.name, ("*" if is_pointer else "") + count.at
        bad = f"({kind})(UINT64_C(1) << (8 * sizeof({kind}) - 1))" if kind in SIGNED else "SIZE_MAX"
        word = rf"(?<!\w){re.escape(text)}(?!\w|\.|->)"
        is_read = any(type(param) in (Pointer, Bytes) and not param.is_optional and
                      any(re.search(word, extent) and "%" not in extent for extent in param.extents)
                      for param in self.made)
        if is_read and (kind in SIGNED or kind == "size_t"):
            yield f"{count.name} is no extent", "true", [f"{at} = {bad};"], "JG_EARGS"

    @staticmethod
    def null_members(param):
        """Of the first element."""
        for name, shape in param.element.members:
            if not isinstance(shape, (TextMember, PointerMember)) or shape.is_optional:
                continue
            at = f"{param.at}[0].{name}"
            count = getattr(shape, "count", None)
            condition = f"{param.at} && c->count_{param.name} > 0"
            condition += f" && {param.at}[0].{count} > 0" if count else ""
            yield (f"{param.name}[0].{name} is NULL", condition,
                   [f"c->spoilt = (void *)&{at}, c->was = (void *){at};", f"{at} = NULL;"],
                   "JG_EARGS")

    def overlaps(self, one):
        """Two blocks at one place, of which one is written."""
        blocks = [param for param in self.made
                  if type(param) in (Pointer, Bytes) and param.element.is_block]
        for other in blocks if one in blocks else []:
            if other is not one and one.direction != "in":
                yield (f"{other.name} is {one.name}",
                       f"{one.at} && {other.at} && c->count_{other.name} > 0 && "
                       f"SIZE_OF(c->count_{other.name}, sizeof *{other.at}) <= "
                       f"SIZE_OF(c->count_{one.name}, sizeof *{one.at})",
                       [f"c->spoilt = (void *)&{other.at}, c->was = {other.at};",
                        f"{other.at} = (void *){one.at};"], "JG_EARGS")
