"""Length-prefixed frames on a socket, for the two ends that run beside student code."""

from __future__ import annotations

import array
import socket
import struct

HEADER = struct.Struct("<I")


def send(connection: socket.socket, data: bytes) -> None:
    """Write one frame."""
    connection.sendall(HEADER.pack(len(data)) + data)


def receive(connection: socket.socket) -> bytes | None:
    """Read one frame; None at the end of the connection."""
    header = _exactly(connection, HEADER.size)
    return None if header is None else _exactly(connection, HEADER.unpack(header)[0])


def receive_with_descriptor(connection: socket.socket) -> tuple[bytes | None, int | None]:
    """Read one frame and the open descriptor that may travel with it."""
    room = socket.CMSG_SPACE(array.array("i").itemsize)
    header, ancillary, _, _ = connection.recvmsg(HEADER.size, room)
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    rest = _exactly(connection, HEADER.size - len(header)) if header else None
    if rest is None:
        return None, None
    body = _exactly(connection, HEADER.unpack(header + rest)[0])
    return body, descriptors[0] if descriptors else None


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    pieces = bytearray()
    while len(pieces) < count:
        piece = connection.recv(min(count - len(pieces), 1 << 20))
        if not piece:
            return None
        pieces += piece
    return bytes(pieces)
