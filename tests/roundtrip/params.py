# SPDX-License-Identifier: MIT
"""The parameters and results of random signatures. A parameter knows its declaration and its
directives; how a caller makes it, looks at it and frees it (at c->NAME); what a job reads of it and
writes to it."""
import re


def wide(extent):
    """As a number of elements, whatever the types of what it reads."""
    return "(size_t)(" + re.sub(r"\*?[A-Za-z_]\w*(?:(?:->|\.)\w+)?",
                                lambda found: f"(long long){found.group()}", extent) + ")"


class Param:
    directive = None
    count = None  # of the elements behind it, an expression over the parameters

    def __init__(self, name):
        self.name = name
        self.at = f"c->{name}"

    def argument(self):
        return self.at

    item = argument

    def fields(self):
        lines = [self.field() + ";"]
        if self.count:
            lines.append(f"size_t count_{self.name};")
        return lines

    def made(self):
        """Behind make(): what extents of later parameters read."""
        return f"__typeof__({self.at}) {self.name} = {self.at}; (void){self.name};"

    def make_count(self):
        return [f"c->count_{self.name} = {self.count};"] if self.count else []

    def before(self):
        """In the job, before anything is written."""
        return [f"const size_t count_{self.name} = {self.count};"] if self.count else []

    def make(self):
        return []

    def read(self):
        return []

    def write(self):
        return []

    def put(self):
        return []

    def end(self):
        return []


class Value(Param):
    def __init__(self, name, shape):
        super().__init__(name)
        self.shape = shape

    def declare(self):
        return self.shape.declare(self.name)

    field = declare

    def item(self):
        return f"&{self.at}" if self.shape.is_record else self.at

    def make(self):
        return self.shape.fill(self.at)

    def read(self):
        return self.shape.put(self.name)

    def put(self):
        return self.shape.put(self.at)

    def end(self):
        return self.shape.end(self.at)


class Count(Value):
    """An integer that extents read."""

    def __init__(self, name, shape, may_be_large):
        super().__init__(name, shape)
        self.may_be_large = may_be_large

    def make(self):
        return [f"{self.at} = ({self.shape.name})next_extent(from, {int(self.may_be_large)});"]


class Fate(Value):
    """77: the job fails, after it has written everything."""

    def make(self):
        return [f"{self.at} = 0;"]


class Pointer(Param):
    """To elements: `extents` (none: one element) over parameters that come earlier in the call's
    making. `style`: how the function declares it: *, [] (C's own extent), static."""

    def __init__(self, name, element, extents, direction, *, style="*", qualifier="",
                 is_optional=False, is_silent=False, used=None, used_by=None):
        super().__init__(name)
        self.element, self.extents, self.direction = element, extents, direction
        self.style, self.qualifier, self.is_optional = style, qualifier, is_optional
        self.used, self.used_by = used, used_by
        self.count = " * ".join(wide(extent) for extent in extents) or "1"
        self.is_silent = is_silent
        self.directive = None if is_silent else self.describe()

    def describe(self):
        words = [f"@{self.direction} {self.name}"]
        if self.style == "*":
            words[0] += "".join(f"[{extent}]" for extent in self.extents)
        if self.used:
            words.append(f"used({self.used})")
        if self.is_optional:
            words.append("optional")
        return " ".join(words)

    def declare(self):
        front = f"{self.qualifier} " if self.qualifier else ""
        if self.style == "*":
            return front + self.element.declare(f"*{self.name}")
        first, *rest = self.extents
        first = f"static {first}" if self.style == "static" else first
        return front + self.element.declare(
            f"{self.name}[{first}]" + "".join(f"[{extent}]" for extent in rest))

    def field(self):
        return self.element.declare(f"*{self.name}")

    def argument(self):
        return f"(void *){self.at}" if len(self.extents) > 1 or self.qualifier else self.at

    item = argument

    def each(self, at, count, what):
        flat = f"(({self.element.declare('*')}){at})[i]"
        return [f"for (size_t i = 0; {at} != NULL && i < {count}; i = after(i, {count})) {{", *what(flat), "}"]

    def make(self):
        make = f"{self.at} = new_room(SIZE_OF(c->count_{self.name}, sizeof *{self.at}));"
        if self.is_optional:
            make = f"if (next_chance(from, 3)) {self.at} = NULL; else {make}"
        return [make, *self.each(self.at, f"c->count_{self.name}", self.element.fill)]

    def look(self, at, count):
        lines = []
        if self.is_optional:
            lines.append(f"put(sink, \"{self.name}\", {at} == NULL ? \"NULL\" : \"is \","
                         f" {at} == NULL ? 4 : 3);")
        if self.element.is_block:
            return lines + [f"if ({at} != NULL) put(sink, \"{self.name}\", {at}, "
                            f"SIZE_OF({count}, sizeof *({self.element.declare('*')}){at}));"]
        return lines + self.each(at, count, self.element.put)

    def read(self):
        return self.look(self.name, f"count_{self.name}") if self.direction != "out" else []

    def write(self):
        if self.direction == "in":
            return []
        count, lines = f"count_{self.name}", []
        if self.used:
            lines.append(f"const size_t used_{self.name} = next_count(from, count_{self.name});")
            count = f"used_{self.name}"
        return lines + self.each(self.name, count, self.element.change)

    def put(self):
        return self.look(self.at, f"c->count_{self.name}")

    def end(self):
        lines = []
        if self.element.is_record and self.element.is_owner:
            lines = self.each(self.at, f"c->count_{self.name}", self.element.end)
        return lines + [f"end_room((void *){self.at});"]


class CountPointer(Pointer):
    """A pointer to one integer that extents read, in, or in and out with the length used."""

    def __init__(self, name, shape, direction, may_be_large):
        super().__init__(name, shape, [], direction,
                         qualifier="const" if direction == "in" else "")
        self.may_be_large = may_be_large
        self.counted = None

    def make(self):
        return [f"{self.at} = new_room(sizeof *{self.at});",
                f"*{self.at} = ({self.element.name})next_extent(from, {int(self.may_be_large)});"]

    def write(self):
        if self.direction == "in":
            return []
        return [f"*{self.name} = ({self.element.name})used_{self.counted};"]


class OutCount(Pointer):
    """How many elements an owned result, or a used() room, has."""

    def __init__(self, name, shape):
        super().__init__(name, shape, [], "out")
        self.counted = None

    def write(self):
        return [f"*{self.name} = ({self.element.name})used_{self.counted};"]


class Text(Param):
    """A string that goes in."""

    def __init__(self, name, is_silent, is_optional):
        super().__init__(name)
        self.is_optional = is_optional
        if not is_silent:
            self.describe()

    def describe(self):
        self.directive = f"@in {self.name} string{' optional' if self.is_optional else ''}"

    def declare(self):
        return f"const char *{self.name}"

    def field(self):
        return f"char *{self.name}"

    def make(self):
        make = f"{self.at} = new_text(from);"
        return [f"if (next_chance(from, 3)) {self.at} = NULL; else {make}"
                if self.is_optional else make]

    def read(self):
        return [f"put_text(sink, \"{self.name}\", {self.name}, SIZE_MAX);"]

    def put(self):
        return [f"put_text(sink, \"{self.name}\", {self.at}, SIZE_MAX);"]

    def end(self):
        return [f"free({self.at});"]


class TextRoom(Param):
    """A string that comes out, into a room: up to its NUL, or all of the room."""

    def __init__(self, name, extent, direction):
        super().__init__(name)
        self.direction, self.count = direction, wide(extent)
        self.directive = f"@{direction} {name}[{extent}] string"

    def declare(self):
        return f"char *{self.name}"

    field = declare

    def make(self):
        return [f"{self.at} = new_room(c->count_{self.name});",
                f"if (c->count_{self.name} > 0)",
                f"fill_text(from, {self.at}, next_count(from, c->count_{self.name} - 1));"]

    def read(self):
        if self.direction == "out":
            return []
        return [f"put_text(sink, \"{self.name}\", {self.name}, count_{self.name});"]

    def write(self):
        return [f"if (count_{self.name} > 0)",
                f"fill_text(from, {self.name}, next_count(from, (count_{self.name} - 1) % VERY_MANY));"]

    def put(self):
        return [f"put_text(sink, \"{self.name}\", {self.at}, c->count_{self.name});"]

    def end(self):
        return [f"end_room({self.at});"]


class Bytes(Pointer):
    """void *."""

    def __init__(self, name, element, extent, direction, word, is_optional):
        self.word = word
        super().__init__(name, element, [extent], direction,
                         qualifier="const" if direction == "in" else "", is_optional=is_optional)

    def describe(self):
        extent = f"[{self.extents[0]}]" if self.word == "[]" else f" size({self.extents[0]})"
        return f"@{self.direction} {self.name}{extent}{' optional' if self.is_optional else ''}"

    def declare(self):
        return f"{self.qualifier} void *{self.name}".lstrip()


class Texts(Param):
    """char **, in."""

    def __init__(self, name, extent, spelling):
        super().__init__(name)
        self.count, self.spelling = wide(extent), spelling
        self.directive = f"@in {name}[{extent}] string"

    def declare(self):
        return self.spelling + self.name

    def field(self):
        return f"char **{self.name}"

    def argument(self):
        return f"(void *){self.at}"

    item = argument

    def make(self):
        return [f"{self.at} = new_room(SIZE_OF(c->count_{self.name}, sizeof(char *)));",
                f"for (size_t i = 0; i < c->count_{self.name}; i++) {self.at}[i] = new_text(from);"]

    def look(self, at, count):
        return [f"for (size_t i = 0; {at} != NULL && i < {count}; i = after(i, {count}))",
                f"put_text(sink, \"{self.name}[]\", {at}[i], SIZE_MAX);"]

    def read(self):
        return self.look(self.name, f"count_{self.name}")

    def put(self):
        return self.look(self.at, f"c->count_{self.name}")

    def end(self):
        return [f"for (size_t i = 0; {self.at} != NULL && i < c->count_{self.name}; i++)",
                f"free({self.at}[i]);", f"end_room({self.at});"]


class Owned:
    """What the job allocates: `count` in the job, `seen` at the caller; text if no element."""

    def __init__(self, element, counter):
        self.element, self.counter = element, counter

    def declare(self, inner):
        return self.element.declare(inner) if self.element else f"char {inner}"

    def new(self, to, name):
        """`used_NAME` elements in `to`."""
        if self.element is None:
            return [f"{to} = next_chance(from, 4) ? NULL : new_text(from);"]
        if self.counter is None:
            lines = [f"size_t used_{name} = next_chance(from, 4) ? 0 : 1;"]
        elif isinstance(self.counter, OutCount):
            lines = [f"size_t used_{name} = next_extent(from, false);"]
        else:
            lines = [f"size_t used_{name} = (size_t){self.counter.name};"]
        return lines + [f"{to} = used_{name} == 0 ? NULL : new_owned(used_{name}, sizeof *{to});",
                        f"if ({to} == NULL) used_{name} = 0;",
                        f"for (size_t i = 0; i < used_{name}; i = after(i, used_{name})) {{",
                        *self.element.fill(f"{to}[i]"), "}"]

    def look(self, at):
        if self.element is None:
            return [f"put_text(sink, \"text\", {at}, SIZE_MAX);"]
        if self.counter is None:
            count = f"({at} == NULL ? 0 : 1)"
        else:
            star = "*" if isinstance(self.counter, OutCount) else ""
            count = f"not_negative((long long){star}{self.counter.at})"
        return [f"for (size_t i = 0; i < {count}; i = after(i, {count})) {{", *self.element.put(f"{at}[i]"), "}"]


class OwnedPointer(Param):
    """T **, filled with what the job has allocated."""

    def __init__(self, name, owned):
        super().__init__(name)
        self.owned = owned
        extent = ""
        if owned.counter is not None:
            extent = f"[{'*' if isinstance(owned.counter, OutCount) else ''}{owned.counter.name}]"
        self.directive = f"@out *{name}{extent}{'' if owned.element else ' string'} owned"

    def declare(self):
        return self.owned.declare(f"**{self.name}")

    field = declare

    def make(self):
        return [f"{self.at} = new_room(sizeof *{self.at});", f"*{self.at} = NULL;"]

    def write(self):
        return self.owned.new(f"(*{self.name})", self.name)

    def put(self):
        return [f"if (*{self.at} != NULL) {{", *self.owned.look(f"(*{self.at})"), "}",
                f"if (*{self.at} == NULL) put(sink, \"no {self.name}\", \"\", 0);"]

    def end(self):
        return [f"free(*{self.at});", f"end_room({self.at});"]


class Result:
    """What a function returns; `owned` or a shape, or neither."""

    def __init__(self, shape=None, owned=None):
        self.shape, self.owned = shape, owned
        self.counter_of = None  # the room whose used length it tells
        self.directive = None
        if owned:
            extent = ""
            if owned.counter is not None:
                star = "*" if isinstance(owned.counter, OutCount) else ""
                extent = f"[{star}{owned.counter.name}]"
            self.directive = f"@out return{extent}{'' if owned.element else ' string'} owned"

    is_void = property(lambda self: self.shape is None and self.owned is None)

    def declare(self, inner):
        if self.owned:
            return self.owned.declare("*" + inner)
        return self.shape.declare(inner) if self.shape else f"void {inner}"

    def write(self):
        if self.is_void:
            return []
        if self.owned:
            return [self.owned.declare("*body_value") + ";", *self.owned.new("body_value", "return")]
        if self.counter_of:
            return [f"{self.shape.name} body_value = ({self.shape.name})used_{self.counter_of};",
                    *([f"if (used_{self.counter_of} == 0 && next_chance(from, 2)) body_value = -1;"]
                      if self.shape.name in ("int", "long", "int64_t") else [])]
        return [self.shape.declare("body_value") + ";", *self.shape.fill("body_value")]

    def put(self):
        if self.owned:
            return ["if (c->returned != NULL) {", *self.owned.look("c->returned"), "}",
                    "if (c->returned == NULL) put(sink, \"no result\", \"\", 0);"]
        return self.shape.put("c->returned") if self.shape else []

    def end(self):
        return ["free((void *)c->returned);"] if self.owned else []
