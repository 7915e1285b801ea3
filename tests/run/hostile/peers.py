# SPDX-License-Identifier: MIT
"""The protocol of docs/wire.md for peers that mean no good: they can say whatever they like. Sockets
block, and every wait is bounded."""
import contextlib
import hashlib
import hmac
import os
import select
import socket
import struct
import threading
import time

WAIT_S = 60
LINK_S = 200  # that a test has a link at most: as long as PINGs come, nothing else ends a wait
RENEW_S = 0.5
CALLER, NODE, CONTROL, COMMAND = range(1, 5)
(GREETING, HELLO, GOODBYE, PING, PONG, START, ASK, CANCEL, RELEASE, ACCEPTED, NEED, REFUSED, RUNNING,
 RESULT, UNKNOWN, RELEASED, WAITING, OUTPUT, WANT, PIECE, REGISTER, NODES) = range(1, 23)
ARGS, OF_RESULT, PROGRAM = 1, 2, 3  # objects
UPGRADE = (b"GET /v1/link HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
           b"Upgrade: jobgen/1\r\n\r\n")

# Of link.proto: name, number, and how it is written.
VARINT, FIXED, BYTES = 0, 1, 2
FIELDS = {
    "kind": (1, VARINT), "number": (2, VARINT), "floor": (3, VARINT), "status": (4, VARINT),
    "text": (5, BYTES), "version_min": (10, VARINT), "version_max": (11, VARINT),
    "role": (12, VARINT), "incarnation": (13, FIXED), "session": (14, FIXED),
    "dial_count": (15, VARINT), "nonce": (16, BYTES), "proof": (17, BYTES), "name": (18, BYTES),
    "credits": (19, VARINT), "program": (30, BYTES), "job": (31, FIXED), "job_name": (32, BYTES),
    "reuse": (33, VARINT), "nested": (34, VARINT), "time_left_ms": (35, VARINT),
    "set_interval_ms": (36, VARINT), "segment": (37, BYTES), "bulk_size": (38, VARINT),
    "tagged": (40, VARINT), "limit_ms": (41, VARINT), "object": (50, VARINT),
    "offset": (51, VARINT), "size": (52, VARINT),
    "waits": (70, VARINT), "stream": (80, VARINT), "node": (90, BYTES), "revision": (91, VARINT),
    "period_ms": (92, VARINT)}
NAMES = {number: name for name, (number, _) in FIELDS.items()}
NODE_FIELDS = {"name": (1, BYTES), "address": (2, BYTES), "incarnation": (3, FIXED),
               "slots": (4, VARINT), "busy": (5, VARINT), "draining": (6, VARINT),
               "tags": (7, BYTES)}


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def packed(fields, values):
    """A protobuf message; a list stands for a field that repeats."""
    out = b""
    for name, value in values.items():
        number, wire = fields[name]
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                one = one.encode()
            out += varint(number << 3 | wire)
            if wire == VARINT:
                out += varint(one)
            elif wire == FIXED:
                out += struct.pack("<Q", one)
            else:
                out += varint(len(one)) + one
    return out


def entry(name, address, incarnation, slots=1, **more):
    """Of the list of nodes."""
    return packed(NODE_FIELDS, {"name": name, "address": address, "incarnation": incarnation,
                                "slots": slots, **more})


def frame(kind, body=b"", **fields):
    head = packed(FIELDS, {"kind": kind, **fields})
    return struct.pack("<II", len(head) + len(body), len(head)) + head + body


def unpacked(head):
    """The last value of each field that is known."""
    values, at = {}, 0

    def read_varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = head[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(head):
        tag = read_varint()
        if tag & 7 == VARINT:
            value = read_varint()
        elif tag & 7 == FIXED:
            value, at = struct.unpack_from("<Q", head, at)[0], at + 8
        else:
            size = read_varint()
            value, at = head[at:at + size], at + size
        values[NAMES.get(tag >> 3)] = value
    return values


def prove(secret, side, dialer, acceptor):
    return hmac.new(secret, b"jobgen/1" + side + dialer + acceptor, hashlib.sha256).digest()


class Link:
    """One end of a link; `secret` None: it proves nothing."""

    def __init__(self, stream, secret):
        stream.settimeout(WAIT_S)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream, self.secret, self.bytes = stream, secret, b""
        self.deadline = time.monotonic() + LINK_S

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()

    def say(self, kind, body=b"", **fields):
        self.stream.sendall(frame(kind, body, **fields))

    def read(self, size):
        while len(self.bytes) < size:
            got = self.stream.recv(65536)
            if not got:
                raise ConnectionResetError("closed by the other side")
            self.bytes += got
        out, self.bytes = self.bytes[:size], self.bytes[size:]
        return out

    def take(self):
        """The next frame: fields, with `body`. A PING is answered."""
        if time.monotonic() > self.deadline:
            raise TimeoutError(f"a link that is {LINK_S} s old")
        size, head_size = struct.unpack("<II", self.read(8))
        rest = self.read(size)
        heard = unpacked(rest[:head_size])
        heard["body"] = rest[head_size:]
        if heard["kind"] == PING:
            self.say(PONG)
        return heard

    def hear(self):
        """The next frame but PINGs."""
        while (heard := self.take())["kind"] == PING:
            pass
        return heard

    def take_all(self):
        """What has come, so that the other side does not take it for dead."""
        while self.bytes or select.select([self.stream], [], [], 0)[0]:
            self.take()

    def await_kind(self, kind):
        while (heard := self.hear())["kind"] != kind:
            if heard["kind"] == GOODBYE:
                raise ConnectionResetError(heard)
        return heard

    def greet(self, **fields):
        """As the dialing side: up to the other side's HELLO, which is given."""
        acceptor = self.await_kind(GREETING)["nonce"]
        nonce = os.urandom(16)
        more = {} if self.secret is None else {"proof": prove(self.secret, b"d", nonce, acceptor)}
        self.say(HELLO, version_min=1, version_max=1, nonce=nonce, **more, **fields)
        return self.await_kind(HELLO)

    def welcome(self, **fields):
        """As the accepting side: up to its own HELLO; the other one is given."""
        nonce = os.urandom(16)
        self.say(GREETING, version_min=1, version_max=1, nonce=nonce)
        hello = self.await_kind(HELLO)
        proof = prove(self.secret, b"a", hello["nonce"], nonce)
        self.say(HELLO, version_min=1, version_max=1, nonce=nonce, proof=proof, **fields)
        return hello


def split(address):
    host, port = address.rsplit(":", 1)
    return host.strip("[]"), int(port)


def connect(address):
    return socket.create_connection(split(address), timeout=WAIT_S)


def dial(address, secret, **hello):
    """A link to a node; `heard` is its HELLO."""
    link = Link(connect(address), secret)
    link.heard = link.greet(**hello)
    return link


def dial_control(address, secret, role, **hello):
    stream = connect(address)
    stream.sendall(UPGRADE)
    link = Link(stream, secret)
    while b"\r\n\r\n" not in link.bytes:
        link.bytes += link.stream.recv(4096)
    answer, link.bytes = link.bytes.split(b"\r\n\r\n", 1)
    if b" 101 " not in answer:
        raise ConnectionResetError(answer)
    link.heard = link.greet(role=role, incarnation=int.from_bytes(os.urandom(7), "big") + 1, **hello)
    return link


class Attendant:
    """Keeps links alive that the test does not read for a while, and what is registered by them,
    however long that is. A link that the other side has closed is left alone."""

    def __init__(self):
        self.lock, self.is_over = threading.Lock(), threading.Event()
        self.links, self.nodes = [], {}  # the last registration of a link
        self.thread = threading.Thread(target=self.attend, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join(WAIT_S)

    def keep(self, link):
        with self.lock:
            self.links.append(link)

    def register(self, link, node):
        with self.lock:
            if link not in self.links:
                self.links.append(link)
            self.nodes[link] = node
            link.say(REGISTER, node=node)

    def attend(self):
        while not self.is_over.wait(RENEW_S):
            with self.lock:
                for link in self.links:
                    with contextlib.suppress(OSError):
                        link.take_all()
                        if link in self.nodes:
                            link.say(REGISTER, node=self.nodes[link])
