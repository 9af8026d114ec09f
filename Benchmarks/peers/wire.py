# SPDX-License-Identifier: Apache-2.0
"""What passes between two replicas: greetings, sections of parcels, an acknowledgement.

Both sides begin with a greeting: length (4 bytes, little-endian) and the replica's own hello.
Then each sends its sections: the byte 1, writer, first sequence and count (8 bytes each), and
`count` parcels, each with its length (4 bytes) before it. The byte 0 ends them. Who received
parcels answers with the byte 2 when they are durable.
"""

import socket
import struct
import threading

LENGTH = struct.Struct("<I")
SECTION = struct.Struct("<QQQ")
BUFFER = 1 << 18
END, MORE, DURABLE = b"\x00", b"\x01", b"\x02"


class Wire:
    """One TCP connection; counts the bytes of both directions."""

    def __init__(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = connection.makefile("rb", BUFFER)
        self.writer = connection.makefile("wb", BUFFER)
        self.sent = self.received = 0

    def write(self, content):
        self.sent += len(content)
        self.writer.write(content)

    def write_parcel(self, content):
        self.write(LENGTH.pack(len(content)))
        self.write(content)

    def flush(self):
        self.writer.flush()

    def read(self, count):
        content = self.reader.read(count)
        if len(content) < count:
            raise ConnectionError("the other side went away")
        self.received += count
        return content

    def read_parcel(self):
        return self.read(LENGTH.unpack(self.read(LENGTH.size))[0])

    def write_sections(self, sections):
        for writer, first, parcels in sections:
            self.write(MORE + SECTION.pack(writer, first, len(parcels)))
            for parcel in parcels:
                self.write_parcel(parcel)
        self.write(END)
        self.flush()

    def read_sections(self):
        sections = []
        while self.read(1) == MORE:
            writer, first, count = SECTION.unpack(self.read(SECTION.size))
            sections.append((writer, first, [self.read_parcel() for _ in range(count)]))
        return sections


def exchange(replicas, wires, durable):
    """Brings each replica what its wire's other end has, both ways, and waits for the answers.

    `replicas` and `wires` go in pairs; one replica may stand at many wires. `durable` is called
    once, when all that came is on disk and before that is acknowledged.
    """
    for replica, wire in zip(replicas, wires):
        wire.write_parcel(replica.hello())
        wire.flush()
    hellos = [wire.read_parcel() for wire in wires]
    leaving = [replica.missing(hello) for replica, hello in zip(replicas, hellos)]
    # A thread of its own, because both sides may have more to send than the sockets hold.
    sending = threading.Thread(target=send, args=(wires, leaving))
    sending.start()
    coming = [wire.read_sections() for wire in wires]
    take(replicas, hellos, coming)
    durable(any(coming))
    for wire, sections in zip(wires, coming):
        if sections:
            wire.write(DURABLE)
            wire.flush()
    sending.join()
    for wire, sections in zip(wires, leaving):
        if sections and wire.read(1) != DURABLE:
            raise ConnectionError("no acknowledgement")


def send(wires, leaving):
    for wire, sections in zip(wires, leaving):
        wire.write_sections(sections)


def take(replicas, hellos, coming):
    """Each replica takes at once what came over all of its wires."""
    for replica in dict.fromkeys(replicas):
        at = [place for place, each in enumerate(replicas) if each is replica]
        sections = [section for place in at for section in coming[place]]
        if sections:
            replica.take([hellos[place] for place in at], sections)
