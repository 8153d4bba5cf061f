"""Send and receive length-prefixed frames at the two ends that run beside student code."""

from __future__ import annotations

import array
import socket
import struct

HEADER = struct.Struct("<I")


def send(connection: socket.socket, data: bytes) -> None:
    """Write one frame."""
    connection.sendall(HEADER.pack(len(data)) + data)


def receive(connection: socket.socket) -> bytearray | None:
    """Read one frame; None at the end of the connection."""
    header = _exactly(connection, HEADER.size)
    return None if header is None else _exactly(connection, HEADER.unpack(header)[0])


def receive_with_descriptor(connection: socket.socket) -> tuple[bytearray | None, int | None]:
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


def _exactly(connection: socket.socket, count: int) -> bytearray | None:
    data = bytearray(count)
    rest = memoryview(data)
    while rest:
        came = connection.recv_into(rest)
        if not came:
            return None
        rest = rest[came:]
    return data
