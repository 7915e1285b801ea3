# SPDX-License-Identifier: MIT
"""What the proxy must know of a frame (docs/wire.md): u32 bytes that follow, u32 bytes of the head,
head, body; of the head, a protobuf message, the fields with small numbers."""
import struct

PREFIX = 8
INCARNATION = 13  # the field

(GREETING, HELLO, GOODBYE, PING, PONG, START, ASK, CANCEL, RELEASE, ACCEPTED, NEED, REFUSED, RUNNING,
 RESULT, UNKNOWN, RELEASED, WAITING, OUTPUT, WANT, PIECE) = range(1, 21)
NAMES = ("", "GREETING", "HELLO", "GOODBYE", "PING", "PONG", "START", "ASK", "CANCEL", "RELEASE",
         "ACCEPTED", "NEED", "REFUSED", "RUNNING", "RESULT", "UNKNOWN", "RELEASED", "WAITING",
         "OUTPUT", "WANT", "PIECE")
# Whoever sends these says them again until they are answered, or does without an answer.
REPEATED = frozenset(range(START, WAITING + 1))
OF_LIFE = frozenset((PING, PONG))
# What a caller says of numbers that are not over, and what it says until that is confirmed.
OF_CALLS = frozenset((START, ASK, CANCEL))
CONFIRMED = frozenset((CANCEL, RELEASE))
# All that a node says of a number that it has a row of.
OF_ROWS = frozenset((ACCEPTED, NEED, REFUSED, RUNNING, RESULT))


def _varint(head, at):
    value = shift = 0
    while True:
        byte = head[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


class Frame:
    """One frame; `kind`, `number` and `floor` are of its head."""
    __slots__ = ("bytes", "kind", "number", "floor")

    def __init__(self, prefix, rest):
        self.bytes = prefix + rest
        self.kind = self.number = self.floor = 0
        head_size, at = struct.unpack_from("<I", prefix, 4)[0], 0
        while at < head_size:
            tag, at = _varint(rest, at)
            if tag & 7 != 0 or tag >> 3 > 3:
                break
            value, at = _varint(rest, at)
            if tag >> 3 == 1:
                self.kind = value
            elif tag >> 3 == 2:
                self.number = value
            else:
                self.floor = value


def incarnation_of(hello):
    """Who says it."""
    head, at = hello.bytes[PREFIX:], 0
    head_size = struct.unpack_from("<I", hello.bytes, 4)[0]
    while at < head_size:
        tag, at = _varint(head, at)
        if tag == INCARNATION << 3 | 1:
            return struct.unpack_from("<Q", head, at)[0]
        if tag & 7 == 1:
            at += 8
        else:
            value, at = _varint(head, at)
            at += value if tag & 7 == 2 else 0
    return 0


async def read_frame(reader):
    prefix = await reader.readexactly(PREFIX)
    return Frame(prefix, await reader.readexactly(struct.unpack_from("<I", prefix)[0]))
