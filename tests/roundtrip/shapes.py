# SPDX-License-Identifier: MIT
"""The types that random signatures are made of. Each knows how C declares it, and the statements
that fill one from a source of values, put one into a sink, free what it owns, and change what a job
may change of one that it was given."""

INTS = ["char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned",
        "long", "unsigned long", "long long", "unsigned long long", "int8_t", "uint8_t", "int16_t",
        "uint16_t", "int32_t", "uint32_t", "int64_t", "uint64_t", "size_t", "ptrdiff_t"]
COUNT_INTS = ["int", "unsigned", "size_t", "short", "long", "int64_t", "uint8_t", "unsigned short",
              "uint32_t", "signed char", "tally"]
WIDE_ENOUGH = {"int", "unsigned", "size_t", "short", "long", "int64_t", "unsigned short", "uint32_t",
               "tally"}
SIGNED = {"int", "short", "long", "int64_t", "signed char"}


class Scalar:
    is_record = False
    is_block = True  # its bytes are its value

    def __init__(self, name, kind):
        self.name, self.kind = name, kind
        self.is_block = kind != "bool"

    def declare(self, inner):
        return f"{self.name} {inner}".rstrip()

    def fill(self, at):
        if self.kind == "bool":
            return [f"{at} = next(from) & 1;"]
        if self.kind in ("float", "double"):
            return [f"fill_{self.kind}(from, (void *)&{at});"]
        if self.kind.startswith("complex"):
            part = self.kind.split()[1]
            return [f"fill_{part}(from, (void *)&{at});",
                    f"fill_{part}(from, ({part} *)&{at} + 1);"]
        return [f"fill_number(from, (void *)&{at}, sizeof {at});"]

    def change(self, at):
        return self.fill(at)

    def put(self, at):
        return [f"PUT(sink, {at});"]

    def end(self, at):
        return []


class Array:
    """A member of a fixed length."""
    is_record = is_block = False

    def __init__(self, element, lengths):
        self.element, self.lengths = element, lengths

    def declare(self, inner):
        return self.element.declare(inner + "".join(f"[{length}]" for length in self.lengths))

    def loop(self, at, what):
        lines, place = [], at
        for depth, length in enumerate(self.lengths):
            name = f"i{at.count('[') + depth}"
            lines.append(f"for (size_t {name} = 0; {name} < {length}; {name}++)")
            place += f"[{name}]"
        inner = what(place)
        return lines + ["{", *inner, "}"] if inner else []

    def fill(self, at):
        return self.loop(at, self.element.fill)

    def put(self, at):
        return self.loop(at, self.element.put)

    def change(self, at):
        return self.loop(at, self.element.change)

    def end(self, at):
        return self.loop(at, self.element.end)


class Bits:
    is_record = is_block = False

    def __init__(self, name, width):
        self.name, self.width = name, width

    def declare(self, inner):
        return f"{self.name} {inner} : {self.width}"

    def fill(self, at):
        return [f"{at} = ({self.name})next(from);"]

    change = fill

    def put(self, at):
        return [f"{{ long long bits = (long long){at}; PUT(sink, bits); }}"]

    def end(self, at):
        return []


class SmallCount(Scalar):
    """A member that an extent reads."""

    def __init__(self, name):
        super().__init__(name, "int")

    def fill(self, at):
        return [f"{at} = ({self.name})next_extent(from, false);"]

    def change(self, at):
        return []


class TextMember:
    is_record = is_block = False

    def __init__(self, is_const, is_optional):
        self.is_const, self.is_optional = is_const, is_optional

    def declare(self, inner):
        return f"{'const ' if self.is_const else ''}char *{inner}"

    def directive(self, name):
        return f"@field {name} string{' optional' if self.is_optional else ''}"

    def fill(self, at):
        make = f"{at} = new_text(from);"
        return [f"if (next_chance(from, 3)) {at} = NULL; else {make}" if self.is_optional else make]

    def put(self, at):
        return [f"put_text(sink, \"{at}\", {at}, SIZE_MAX);"]

    def change(self, at):
        return [] if self.is_const else [f"if ({at} != NULL && {at}[0] != '\\0') {at}[0] = 'x';"]

    def end(self, at):
        return [f"free((void *){at});"]


class TextsMember:
    """char **, counted by the member before it."""
    is_record = is_block = False

    def __init__(self, count):
        self.count = count

    def declare(self, inner):
        return f"char **{inner}"

    def directive(self, name):
        return f"@field {name}[{self.count}] string"

    def place(self, at):
        return at.rsplit(".", 1)[0] + "." + self.count

    def fill(self, at):
        return [f"{at} = new_room(SIZE_OF({self.place(at)}, sizeof(char *)));",
                f"for (size_t k = 0; k < (size_t){self.place(at)}; k++) {at}[k] = new_text(from);"]

    def put(self, at):
        return [f"for (size_t k = 0; k < (size_t){self.place(at)}; k++)",
                f"put_text(sink, \"{at}[]\", {at}[k], SIZE_MAX);"]

    def change(self, at):
        return []

    def end(self, at):
        return [f"for (size_t k = 0; {at} != NULL && k < (size_t){self.place(at)}; k++) free({at}[k]);",
                f"end_room({at});"]


class PointerMember:
    """Counted by the member `count` of the same record, or one if there is none."""
    is_record = is_block = False

    def __init__(self, element, count, is_const, is_optional):
        self.element, self.count = element, count
        self.is_const, self.is_optional = is_const, is_optional

    def declare(self, inner):
        return f"{'const ' if self.is_const else ''}{self.element.declare('*' + inner)}"

    def directive(self, name):
        extent = f"[{self.count}]" if self.count else ""
        return f"@field {name}{extent}{' optional' if self.is_optional else ''}"

    def number(self, at):
        return f"(size_t){at.rsplit('.', 1)[0]}.{self.count}" if self.count else "1"

    def each(self, at, what):
        flat = f"(({self.element.declare('*')}){at})[k]"
        inner = what(flat)
        return [f"for (size_t k = 0; {at} != NULL && k < {self.number(at)}; k++) {{", *inner,
                "}"] if inner else []

    def fill(self, at):
        make = f"{at} = new_room(SIZE_OF({self.number(at)}, sizeof *{at}));"
        if self.is_optional:
            make = f"if (next_chance(from, 3)) {at} = NULL; else {make}"
        return [make, *self.each(at, self.element.fill)]

    def put(self, at):
        return [f"put(sink, \"{at}\", {at} == NULL ? \"NULL\" : \"is \", {at} == NULL ? 4 : 3);"
                if self.is_optional else "", *self.each(at, self.element.put)]

    def change(self, at):
        return [] if self.is_const else self.each(at, self.element.change)

    def end(self, at):
        return [*self.each(at, self.element.end), f"end_room((void *){at});"]


class Record:
    """`members`: pairs of name and shape; no name: an anonymous struct's record."""
    is_record, is_block = True, False

    def __init__(self, tag, members, attribute="", is_tagless=False):
        self.tag, self.members, self.attribute = tag, members, attribute
        self.is_tagless = is_tagless
        self.name = tag if is_tagless else f"struct {tag}"
        self.is_owner = any(self.owns(shape) for _, shape in members)
        self.counts = [name for name, shape in members if isinstance(shape, SmallCount)]

    @staticmethod
    def owns(shape):
        if isinstance(shape, Array):
            return Record.owns(shape.element)
        if isinstance(shape, Record):
            return shape.is_owner
        return isinstance(shape, (TextMember, TextsMember, PointerMember))

    def declare(self, inner):
        return f"{self.name} {inner}".rstrip()

    def fill(self, at):
        return [f"fill_{self.tag}(from, &{at});"]

    def put(self, at):
        return [f"put_{self.tag}(sink, &{at});"]

    def change(self, at):
        return [f"change_{self.tag}(from, &{at});"] if self.is_owner else self.fill(at)

    def end(self, at):
        return [f"end_{self.tag}(&{at});"] if self.is_owner else []

    def each(self, what):
        lines = []
        for name, shape in self.members:
            if name is None:
                lines += shape.each(what)
            elif name: # no unnamed bit-field
                lines += getattr(shape, what)(f"(*v).{name}")
        return lines

    def body(self):
        lines = []
        for name, shape in self.members:
            if name is None:
                lines += ["struct {", *shape.body(), "};"]
            elif name == "":
                lines.append(f"{shape.name} : {shape.width};")
            else:
                lines.append(shape.declare(name) + ";")
        return lines

    def define(self):
        fields = [shape.directive(name) for name, shape in self.members
                  if name and hasattr(shape, "directive")]
        comment = ["/*", *(f" * {field}" for field in fields), " */"] if fields else []
        head = "typedef struct" if self.is_tagless else f"struct {self.tag}"
        foot = f"}} {self.attribute}{self.tag if self.is_tagless else ''};"
        value = f"const {self.name} *v"
        return [*comment, head + " {", *self.body(), foot,
                f"static inline void fill_{self.tag}(struct source *from, {self.name} *v)",
                "{", *self.each("fill"), "(void)from, (void)v;", "}",
                f"static inline void change_{self.tag}(struct source *from, {self.name} *v)",
                "{", *self.each("change"), "(void)from, (void)v;", "}",
                f"static inline void put_{self.tag}(struct sink *sink, {value})",
                "{", *self.each("put"), "(void)sink, (void)v;", "}",
                f"static inline void end_{self.tag}({self.name} *v)",
                "{", *self.each("end"), "(void)v;", "}"]


class Enum(Scalar):
    def __init__(self, tag, enumerators):
        super().__init__(f"enum {tag}", "int")
        self.tag, self.enumerators = tag, enumerators

    def define(self):
        listed = ", ".join(f"{name} = {value}" for name, value in self.enumerators)
        return [f"enum {self.tag} {{ {listed} }};"]


SCALARS = [Scalar(name, "int") for name in INTS] + [
    Scalar("bool", "bool"), Scalar("float", "float"), Scalar("double", "double"),
    Scalar("double", "double"), Scalar("float", "float"), Scalar("bool", "bool")]
COMPLEX = [Scalar("double _Complex", "complex double"), Scalar("float _Complex", "complex float")]
