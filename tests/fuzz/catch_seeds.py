"""Catch seeds for the search: ``python -m tests.fuzz.catch_seeds`` adds what is new to ``seeds/``.

Frames of a real sandbox, pictures that matplotlib and Pillow draw, notebooks whole and damaged, and
tables as programs save them. All pictures stay, and of the others those that reach a branch which
the ones before, the seeds that are there already among them, do not.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from unittest import mock

import matplotlib
import numpy as np
from PIL import Image

from grader.sandbox import Call, CellSource, Sandbox
from grader.sandbox.channel import Channel
from tests.intake.test_intake import UNHARMED, UNREADABLE
from tests.intake.test_written import ELSEWHERE, REFERENCES, with_answer
from tests.kit.toy import NAME, book_of, course
from tests.sandbox.test_outputs import made

from .by_hypothesis import Search
from .target import load

CELLS = (
    "print('hello')\nimport sys\nprint('é', file=sys.stderr)\n1 + 1",
    "1 / 0",
    "!ls",
    "import matplotlib.pyplot as plt\nfigure = plt.figure(figsize=(1, 1), dpi=40)\n"
    "plt.plot([1, 2]); plt.show()",
    "import numpy as np\n"
    "def step(x, p):\n    return {'y': np.tanh(p['w'] * x), 'p': p}, 1.5, None, True, 'text', 3\n"
    "def again(x, p):\n    return [step(x, p)[0] for _ in range(3)], np.float32(1), 1j, ()\n"
    "def fails(x, p):\n    raise KeyError('w')\n"
    "def odd(x, p):\n    return {x.tobytes()}\n"
    "def asks(x, p):\n    return helper(x, p)\n"
    "def changes(x, p):\n    x[0] = 7\n    return x.astype(bool)",
)  # fmt: skip
ROSTERS = (
    'student,name,email\nada,Ada L.,a@example.org\nbo,"Bo, the second",\n',
    "student;canvas_id;excused\nada;7;yes\nbo;08;no\n",
    "name\tstudent\tsection\nAda\tada\t1\n\n\tbo\n",
    "student,excused,login,sis_user_id\r\nada,leaky slope,al,1\rbo,,bl,2\r\n",
    "student,canvas_id\nada,x\n",
    "student,student\nada,b\n",
    "student,name\nada,a,b\n",
    "student,login\nada,bo\nbo,\n",
    "student,excused\nada,nothing\n",
    "student,name\n,Ada\n",
    "student,name\nada,\nada,\n",
    'student,name\n"ada,x\n',
    "name\nAda\n",
    "student\n",
    "",
)


def frames() -> Iterator[bytes]:
    """What a fork sends while cells run and functions are called."""
    caught: list[bytes] = []
    receive = Channel.receive

    def catch(channel: Channel, *given: object) -> bytes:
        caught.append(receive(channel, *given))  # type: ignore[arg-type]
        return caught[-1]

    given = (np.arange(3.0), {"w": np.ones((2, 1))})
    names = ("step", "again", "fails", "odd", "gone", "changes")
    calls = [Call(name, given) for name in names]
    calls.append(Call("asks", given, {"helper": lambda x, p: x}, 1))
    cells = [CellSource(f"c{n}", text, "answer") for n, text in enumerate(CELLS)]
    patched = mock.patch.object(Channel, "receive", catch)
    with patched, Sandbox() as sandbox, sandbox.job(cells) as job:
        job.run()
        job.defines(["step", "gone", "given"])
        list(job.calls(calls))
    yield from caught


def pictures() -> Iterator[bytes]:
    """A small figure, and every kind of picture that there is."""
    file = io.BytesIO()
    matplotlib.image.imsave(file, np.random.default_rng(0).random((12, 16)), format="png")
    yield file.getvalue()
    ramp = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        drawn = (
            Image.fromarray(ramp).convert(mode) if mode != "I;16" else Image.new(mode, (5, 4), 9)
        )
        for options in ({}, {"transparency": 0}) if mode in ("L", "P") else ({},):
            file = io.BytesIO()
            drawn.save(file, "PNG", **options)
            yield file.getvalue()
    yield from (made(), made(interlace=1), made(raw=bytes(40)), made(raw=b"\x07" + bytes(38)))


def notebooks() -> Iterator[bytes]:
    """Right answers, the solution itself, and all that may happen to a notebook."""
    yield json.dumps(book_of()).encode()
    yield (course().solutions / NAME / f"{NAME}.ipynb").read_bytes()
    for damage in UNHARMED.values():
        damaged = damage(book_of())
        yield damaged if isinstance(damaged, bytes) else json.dumps(damaged).encode()
    yield from (data for data, _ in UNREADABLE.values())
    yield from (json.dumps(book).encode() for book, _, _ in ELSEWHERE.values())
    for text, attachments, _ in REFERENCES.values():
        yield json.dumps(with_answer(text, attachments=attachments)).encode()
    yield b'{"cells": ' + b"[" * 2_000


def tables() -> Iterator[bytes]:
    """Rosters right and wrong, in every encoding that is told apart."""
    for text in ROSTERS:
        yield text.encode()
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"):
        yield "student,name\nada,Zoë\n".encode(encoding)
    yield b"\x00" * 8


def main() -> None:
    """Write what reaches a branch that no seed has reached so far."""
    kinds = {
        "wire": (frames, "frame"),
        "png": (pictures, "png"),
        "intake": (notebooks, "ipynb"),
        "tables": (tables, "csv"),
    }
    for name, (caught, suffix) in kinds.items():
        target = load(name)
        target.folder.mkdir(parents=True, exist_ok=True)
        search = Search(target, hang_seconds=60)
        search.begin(target.seeds())
        for data in filter(lambda data: len(data) <= target.longest, caught()):
            if search.offer(data) or name == "png":
                digest = hashlib.sha1(data).hexdigest()[:8]
                (target.folder / f"caught-{digest}.{suffix}").write_bytes(data)
        print(f"{name}: {len(search.corpus)} seeds, {len(search.known)} branches, {search.found}")


if __name__ == "__main__":
    main()
