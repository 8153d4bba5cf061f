"""What notebooks do that reaches the kernel: run by the tests, traced to make the filter's list.

Each is one cell that ends without an error. `.ci/trace_system_calls.py` notes which system calls
they make; `test_system_calls.py` shows that they work at every isolated tier.
"""

from __future__ import annotations

WORKLOADS = {
    "figures": """
import numpy as np
import matplotlib.pyplot as plt
figure, (left, right) = plt.subplots(1, 2, figsize=(6, 3))
left.plot(np.linspace(0, 6), np.sin(np.linspace(0, 6)), label=r"$\\sin x$")
left.legend()
right.imshow(np.arange(12.0).reshape(3, 4))
for name in ("figure.png", "figure.pdf", "figure.svg"):
    plt.savefig(name)
plt.show()
""",
    "figures drawn in threads": """
import io
from concurrent.futures import ThreadPoolExecutor
from matplotlib.figure import Figure
def draw(n):
    figure, out = Figure(), io.BytesIO()
    figure.subplots().plot(range(n))
    figure.savefig(out, format="png")
    return len(out.getvalue())
with ThreadPoolExecutor(3) as pool:
    assert all(pool.map(draw, range(2, 6)))
""",
    "matrix products": """
import numpy as np
rng = np.random.default_rng(0)
a = rng.normal(size=(300, 300))
b = a @ a.T + np.eye(300)
np.linalg.inv(b), np.linalg.svd(b), np.linalg.eigh(b), np.linalg.solve(b, a), np.fft.fft(a)
""",
    "BLAS with threads of its own": """
import ctypes, glob, os
import numpy as np
folder = os.path.dirname(os.path.dirname(np.__file__))
for path in glob.glob(os.path.join(folder, "numpy.libs", "*openblas*")):
    library = ctypes.CDLL(path)
    for name in ("scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_"):
        if hasattr(library, name):
            getattr(library, name)(4)
a = np.ones((600, 600))
for _ in range(3):
    assert (a @ a)[0, 0] == 600
np.linalg.inv(a + np.eye(600))
""",
    "threads": """
import queue, threading, time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import dummy
import numpy as np
a = np.ones((200, 200))
with ThreadPoolExecutor(4) as pool:
    assert sum(pool.map(lambda _: (a @ a)[0, 0], range(8))) == 1600
one = dummy.Process(target=len, args=("ab",))
one.start(), one.join()
lock, ready, barrier = threading.RLock(), threading.Event(), threading.Barrier(3)
line, found = queue.Queue(), []
def work():
    ready.wait(5)
    with lock:
        found.append(threading.get_native_id())
    barrier.wait(5)
    line.put(threading.current_thread().name)
some = [threading.Thread(target=work, name=f"worker-{n}", daemon=True) for n in range(3)]
[one.start() for one in some]
timer = threading.Timer(0.01, ready.set)
timer.start()
[one.join() for one in some]
assert len({line.get(timeout=5) for _ in some}) == 3
threading.stack_size(1 << 20)
small = threading.Thread(target=lambda: None)
small.start(), small.join(), threading.stack_size(0)
assert not lock.acquire(timeout=0.01) or lock.release() is None
""",
    "asyncio": """
import asyncio, socket, signal
async def half(n):
    await asyncio.sleep(0.001)
    return n / 2
async def everything():
    assert await asyncio.gather(half(2), half(4)) == [1.0, 2.0]
    assert await asyncio.to_thread(sum, [1, 2]) == 3
    one, other = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=one)
    there, back = await asyncio.open_connection(sock=other)
    writer.write(b"line\\n")
    await writer.drain()
    assert await there.readline() == b"line\\n"
    writer.close(), back.close()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, print)
    asyncio.get_running_loop().remove_signal_handler(signal.SIGUSR1)
    async with asyncio.timeout(5):
        await asyncio.sleep(0)
import threading
worker = threading.Thread(target=lambda: asyncio.run(half(2)))
worker.start(), worker.join()
loop = asyncio.new_event_loop()
loop.run_until_complete(everything())
loop.close()
""",
    "await in a cell": """
import asyncio
await asyncio.sleep(0.001)
print(await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0, 2)))
""",
    "waiting": """
import os, select, socket, selectors
one, other = socket.socketpair()
one.settimeout(1)
one.sendall(b"abc")
assert select.select([other], [], [], 1)[0] == [other]
poll = select.poll()
poll.register(other, select.POLLIN)
assert poll.poll(1000)
with select.epoll() as epoll:
    epoll.register(other.fileno(), select.EPOLLIN)
    assert epoll.poll(1)
with selectors.DefaultSelector() as selector:
    selector.register(other, selectors.EVENT_READ)
    assert selector.select(1)
assert other.recv(1) == b"a" and other.recv_into(bytearray(1)) == 1
assert other.recv(5, socket.MSG_PEEK) == b"c"
other.setblocking(False), other.shutdown(socket.SHUT_RDWR), one.close(), other.close()
reading, writing = os.pipe()
os.write(writing, b"x"), os.read(reading, 1), os.set_blocking(reading, False)
with open(reading, "rb") as file, open(writing, "wb") as out:
    out.write(b"y"), out.flush()
    assert file.read(1) == b"y"
""",
    "files": """
import fileinput, glob, io, os, pathlib, shutil
here = pathlib.Path.cwd()
folder = here / "deep" / "er"
folder.mkdir(parents=True)
os.makedirs("deep/er", exist_ok=True)
(folder / "a.txt").write_text("one\\ntwo\\n")
with open(folder / "a.txt", "r+") as file:
    file.seek(2), file.tell(), file.truncate(4), file.flush(), os.fsync(file.fileno())
    assert not file.isatty()
with open(folder / "a.txt", "ab", buffering=0) as file:
    file.write(b"more")
with open(folder / "a.txt", "rb") as file:
    assert file.readinto(bytearray(4)) == 4
os.rename(folder / "a.txt", folder / "b.txt"), shutil.copyfile(folder / "b.txt", "b.txt")
os.replace("b.txt", "c.txt"), os.remove(folder / "b.txt")
shutil.copyfile("c.txt", "d.txt"), shutil.move("d.txt", "e.txt")
if hasattr(pathlib.Path, "copy"):  # as of Python 3.14
    pathlib.Path("c.txt").copy("d.txt").unlink()
try:
    os.stat("missing")
except FileNotFoundError:
    pass
os.stat("c.txt"), os.lstat("c.txt"), os.path.realpath("c.txt"), os.access("c.txt", os.W_OK)
os.stat("c.txt", follow_symlinks=False), os.truncate("c.txt", 2), os.path.samefile("c.txt", "c.txt")
assert sorted(glob.glob("**/*.txt", recursive=True)) == ["c.txt", "e.txt"]
assert [name for _, _, names in os.walk(".") for name in names]
assert [entry.name for entry in os.scandir(".") if entry.is_file()]
os.chdir("deep"), os.chdir(here), os.listdir(), os.path.expanduser("~")
os.remove("c.txt"), os.rmdir("deep/er"), shutil.rmtree("deep")
handle = os.open("raw", os.O_RDWR | os.O_CREAT)
os.pwrite(handle, b"abc", 0), os.pread(handle, 3, 0), os.lseek(handle, 0, 0)
os.ftruncate(handle, 1), os.writev(handle, [b"a", b"b"]), os.fstat(handle), os.umask(0o077)
os.close(os.dup(handle)), os.dup2(handle, 40), os.close(40), os.close(handle)
list(fileinput.input(["e.txt"], encoding="utf-8"))
""",
    "temporary files": """
import os, tempfile
with tempfile.TemporaryFile() as file:
    file.write(b"abc"), file.seek(0)
    assert file.read() == b"abc"
with tempfile.NamedTemporaryFile("w+", suffix=".csv") as file:
    print("1,2", file=file, flush=True)
with tempfile.SpooledTemporaryFile(10) as file:
    file.write(b"x" * 100)
with tempfile.TemporaryDirectory() as folder:
    open(os.path.join(folder, "inside"), "w").close()
handle, path = tempfile.mkstemp()
os.close(handle), os.unlink(path)
""",
    "arrays in files": """
import io, mmap
import numpy as np
a = np.arange(100_000.0)
np.save("a.npy", a), np.savez("a.npz", a=a), np.savez_compressed("b.npz", a=a), a.tofile("a.bin")
np.savetxt("a.txt", a[:50])
assert np.load("a.npy", mmap_mode="r")[7] == 7 and np.load("b.npz")["a"][7] == 7
assert np.fromfile("a.bin")[7] == 7 and np.loadtxt("a.txt")[7] == 7
assert np.genfromtxt("a.txt")[7] == 7
mapped = np.memmap("m.bin", dtype=float, mode="w+", shape=(1000, 10))
mapped[:] = 1
mapped.flush()
del mapped
with open("a.bin", "r+b") as file, mmap.mmap(file.fileno(), 0) as view:
    view[0:1] = b"x"
    view.flush(), view.resize(4096 * 2), view.find(b"x"), view.madvise(mmap.MADV_WILLNEED)
with mmap.mmap(-1, 1 << 16, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as view:
    view.write(b"x"), view.resize(1 << 20)
""",
    "memory": """
import gc, tracemalloc
import numpy as np
tracemalloc.start()
hoard = [np.ones(1 << 20) for _ in range(4)]
grown = bytearray()
for _ in range(40):
    grown += bytes(1 << 20)
del hoard, grown
numbers = list(range(1_000_000))
numbers.extend(range(1_000_000))
del numbers
a = np.zeros((1 << 12, 1 << 10))
a.resize((1 << 13, 1 << 10), refcheck=False)
del a
gc.collect(), tracemalloc.get_traced_memory(), tracemalloc.stop()
import sys
sys.setrecursionlimit(20_000)
def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)
assert deep(9_000) == 9_000
""",
    "random numbers": """
import os, random, secrets, uuid, hashlib
import numpy as np
os.urandom(8), os.getrandom(8), secrets.token_hex(8), random.SystemRandom().random()
random.seed(), random.random(), uuid.uuid4(), np.random.default_rng().normal(size=3)
np.random.seed(1), np.random.rand(3), np.random.default_rng(1).permutation(10)
assert len(hashlib.sha256(b"x").hexdigest()) == 64 and hashlib.blake2b(b"x").digest()
""",
    "time": """
import calendar, datetime, locale, time, timeit, zoneinfo
for clock in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
    getattr(time, clock)(), getattr(time, clock + "_ns")(), time.get_clock_info(clock)
for clock in (time.CLOCK_REALTIME, time.CLOCK_BOOTTIME, time.CLOCK_PROCESS_CPUTIME_ID):
    time.clock_gettime(clock), time.clock_getres(clock)
time.sleep(0.001), time.localtime(), time.strftime("%c %Z"), time.gmtime(), time.ctime()
time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID), time.pthread_getcpuclockid
try:
    zoneinfo.ZoneInfo("Europe/Berlin")
except (OSError, zoneinfo.ZoneInfoNotFoundError):
    pass
datetime.datetime.now().astimezone().isoformat(), datetime.datetime.now(datetime.timezone.utc)
assert timeit.timeit("1 + 1", number=10) >= 0
for name in ("C", "C.UTF-8", "", "de_DE.UTF-8"):
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        pass
locale.getlocale(), locale.localeconv(), calendar.month(2024, 2)
""",
    "signals": """
import faulthandler, os, signal, threading, time
said = []
signal.signal(signal.SIGALRM, lambda *_: said.append("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.01), signal.getitimer(signal.ITIMER_REAL)
time.sleep(0.05)
signal.alarm(5), signal.alarm(0)
signal.signal(signal.SIGUSR1, lambda *_: said.append("user"))
os.kill(os.getpid(), signal.SIGUSR1), signal.raise_signal(signal.SIGUSR1)
signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
os.kill(os.getpid(), signal.SIGUSR1)
assert signal.sigpending() == {signal.SIGUSR1}
assert signal.sigwait([signal.SIGUSR1]) == signal.SIGUSR1
signal.sigtimedwait([signal.SIGUSR1], 0.001)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
signal.setitimer(signal.ITIMER_VIRTUAL, 0.001)
signal.setitimer(signal.ITIMER_VIRTUAL, 0)
signal.setitimer(signal.ITIMER_REAL, 0.01)
signal.pause()
signal.siginterrupt(signal.SIGUSR1, False), signal.getsignal(signal.SIGINT)
assert said.count("alarm") == 2 and said.count("user") == 3, said
with open("trace", "w") as file:
    faulthandler.dump_traceback(file)
    faulthandler.dump_traceback_later(5, file=file), faulthandler.cancel_dump_traceback_later()
    faulthandler.enable(file), faulthandler.disable()
""",
    "the machine": """
import getpass, os, platform, resource, shutil, socket, sys, sysconfig
os.getpid(), os.getppid(), os.getuid(), os.geteuid(), os.getgid(), os.getegid(), os.getgroups()
os.getpgrp(), os.getpgid(0), os.getsid(0), os.getresuid(), os.getresgid(), os.uname(), os.times()
os.cpu_count(), os.sched_getaffinity(0), os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_PHYS_PAGES")
os.sysconf("SC_NPROCESSORS_ONLN"), shutil.get_terminal_size(), os.sched_yield()
getattr(os, "process_cpu_count", os.cpu_count)()
platform.platform(), platform.processor(), platform.libc_ver(), socket.gethostname(), sys.version
resource.getrusage(resource.RUSAGE_SELF), resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE))
sysconfig.get_paths(), os.environ.get("HOME"), os.strerror(1)
for ask in (os.getloadavg, getpass.getuser, os.getlogin):
    try:
        ask()
    except (OSError, KeyError, ImportError):
        pass
""",
    "the standard library": """
import array, base64, bisect, bz2, collections, contextlib, copy, csv, ctypes, dataclasses, decimal
import email.mime.text, enum, fractions, functools, gzip, heapq, http, importlib.metadata, inspect
import io, itertools, json, linecache, logging, lzma, math, operator, pickle, pprint, re, shelve
import sqlite3, ssl, statistics, string, struct, tarfile, textwrap, traceback, types, unittest
import urllib.parse, warnings, weakref, xml.etree.ElementTree, zipfile, zlib
with gzip.open("a.gz", "wt") as file: file.write("x" * 1000)
with zipfile.ZipFile("a.zip", "w") as file: file.write("a.gz")
with zipfile.ZipFile("a.zip") as file: file.extractall("out")
with tarfile.open("a.tar.xz", "w:xz") as file: file.add("a.gz")
with open("a.pickle", "wb") as file: pickle.dump({"a": [1.0]}, file)
with open("a.json", "w") as file: json.dump({"a": 1}, file)
with open("a.csv", "w", newline="") as file: csv.writer(file).writerow([1, 2])
handler = logging.FileHandler("log")
logging.getLogger("x").addHandler(handler), logging.getLogger("x").warning("hm"), handler.close()
memory = sqlite3.connect(":memory:")
memory.execute("create table t (x)"), memory.execute("insert into t values (1)"), memory.close()
assert ctypes.CDLL(None).abs(-3) == 3 and ctypes.CDLL("libm.so.6").cos
ssl.create_default_context(), inspect.getsource(json.dump), unittest.TestCase("assertTrue")
with warnings.catch_warnings(record=True): warnings.warn("careful")
try:
    1 / 0
except ZeroDivisionError:
    assert "ZeroDivisionError" in traceback.format_exc()
""",
    "IPython": """
from IPython.display import HTML, Image, Markdown, display, clear_output
%time sum(range(1000))
%timeit -n 10 -r 2 1 + 1
%whos
%matplotlib inline
%prun -q sum(range(10))
%env HOME
%pwd
%lsmagic
len?
!ls
display(Markdown("*a*"), HTML("<b>b</b>")), clear_output()
with open("part.py", "w") as file: file.write("part = 1")
%run part.py
assert part == 1
""",
    "what is refused, politely": """
import multiprocessing, os, socket, subprocess, sys
def refused(what, *given):
    try:
        what(*given)
    except PermissionError:
        return
    raise AssertionError(what)
process = multiprocessing.get_context("fork").Process()
refused(os.fork), refused(subprocess.run, [sys.executable, "-V"]), refused(process.start)
refused(os.execv, sys.executable, ["python"]), refused(os.popen, "true")
refused(os.posix_spawn, sys.executable, ["python"], {})
refused(socket.socket), refused(socket.create_connection, ("127.0.0.1", 9))
refused(os.chmod, ".", 0o700), refused(os.utime, "."), refused(os.symlink, "a", "b")
assert os.system("true") != 0
""",
    "input": """
try:
    input("your name? ")
except Exception as error:
    print(type(error).__name__)
""",
}
