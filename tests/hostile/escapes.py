"""Attempts to get out of the sandbox, as students' code; each prints LOOT for what it reaches."""

from __future__ import annotations

CALL = """
import ctypes, errno, os, platform
X86 = platform.machine() == "x86_64"
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    result = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result
def tried(*attempts):
    for attempt in attempts:
        try:
            result = attempt()
            print(LOOT, result)
        except (OSError, ModuleNotFoundError, AttributeError, ValueError) as error:
            print(type(error).__name__)
"""
ATTACKS = {
    "fork": """
tried(os.fork, lambda: os.posix_spawn("/bin/true", ["true"], {}), lambda: call(56 if X86 else 220, 17, 0, 0, 0, 0))
""",
    "programs": """
import subprocess, sys
tried(lambda: subprocess.run([sys.executable, "-c", "1"], check=True),
      lambda: subprocess.run("touch " + MARKER, shell=True, check=True),
      lambda: os.execv(sys.executable, ["python"]))
if os.system("true") == 0:
    print(LOOT, "a shell")
""",
    "magics": """
shell = get_ipython()
for line in ("!touch /tmp/" + MARKER, "%system touch /tmp/" + MARKER, "%pip install nothing-at-all",
             "%cd /", "%run /etc/passwd", "%%bash\\ntouch /tmp/" + MARKER,
             "%load_ext autoreload", "%store"):
    shell.run_cell(line, silent=True)
print("attack ran")
""",
    "daemon": """
import threading, time, signal
def again():
    while True:
        try:
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    while True:
                        time.sleep(1)
        except OSError:
            time.sleep(0.2)
for s in range(1, 65):
    try: signal.signal(s, signal.SIG_IGN)
    except (OSError, ValueError): pass
for _ in range(4):
    threading.Thread(target=again, daemon=False).start()
print("attack ran")
""",
    "kill-parent": """
import signal
for pid in (os.getppid(), 1, 2, 3, -1, 0, -os.getpgrp(), -os.getpgid(0)):
    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, 0):
        tried(lambda: os.kill(pid, number))
tried(lambda: os.killpg(0, 9), lambda: os.killpg(os.getpgid(os.getppid()), 9))
""",
    "signal-by-owner": """
import fcntl, socket, struct
for pid in (os.getppid(), 1, 2, -1):
    one, other = socket.socketpair()
    tried(lambda: fcntl.fcntl(one, 8, pid), lambda: fcntl.fcntl(one, 15, struct.pack("ii", 1, pid)),
          lambda: fcntl.ioctl(one, 0x8901, struct.pack("i", pid)),
          lambda: fcntl.ioctl(one, 0x8902, struct.pack("i", pid)), lambda: fcntl.fcntl(one, 10, 9))
    fcntl.fcntl(one, fcntl.F_SETFL, os.O_NONBLOCK | 0o20000)
    other.send(b"x")
""",
    "pidfd": """
tried(lambda: os.pidfd_open(os.getppid()), lambda: call(434, os.getppid(), 0),
      lambda: call(438, 3, 0, 0), lambda: call(424, 3, 9, 0, 0))
""",
    "ptrace": """
parent = os.getppid()
for pid in (parent, 1, 2):
    tried(lambda: call(101 if X86 else 117, 16, pid, 0, 0),
          lambda: call(101 if X86 else 117, 0x4206, pid, 0, 0),
          lambda: call(310 if X86 else 270, pid, 0, 0, 0, 0, 0),
          lambda: call(311 if X86 else 271, pid, 0, 0, 0, 0, 0))
""",
    "parents-memory": """
for pid in (os.getppid(), 1, 2):
    for name in ("mem", "maps", "environ", "auxv", "syscall", "stack", "fd", "task", "oom_score_adj",
                 "coredump_filter", "uid_map", "setgroups"):
        path = f"/proc/{pid}/{name}"
        tried(lambda: open(path, "rb").read(10), lambda: os.open(path, os.O_WRONLY),
              lambda: os.listdir(path))
""",
    "parents-limits": """
import resource
tried(lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1)),
      lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19),
      lambda: os.sched_setaffinity(os.getppid(), {0}),
      lambda: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2),
      lambda: resource.setrlimit(resource.RLIMIT_CPU, (10**6, 10**6)))
""",
    "network": """
import socket
for family, kind in ((socket.AF_INET, socket.SOCK_STREAM), (socket.AF_INET6, socket.SOCK_STREAM),
                     (socket.AF_INET, socket.SOCK_DGRAM), (socket.AF_INET, socket.SOCK_RAW),
                     (socket.AF_UNIX, socket.SOCK_STREAM), (16, socket.SOCK_RAW), (40, 1), (38, 5)):
    def reach():
        s = socket.socket(family, kind)
        s.settimeout(1)
        s.connect(("127.0.0.1", PORT) if family != socket.AF_UNIX else UNIX)
        return s
    tried(reach)
tried(lambda: socket.create_connection(("127.0.0.1", PORT), 1),
      lambda: socket.create_server(("127.0.0.1", 0)))
""",
    "names": """
import socket, urllib.request
tried(lambda: socket.gethostbyname("localhost.localdomain"),
      lambda: socket.getaddrinfo("example.invalid", 80),
      lambda: urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=1))
""",
    "datagrams": """
import socket
for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
    for address in (UNIX + "-datagrams", "\\0hostile-datagrams-" + str(PORT)):
        def reach():
            one, other = socket.socketpair(socket.AF_UNIX, kind)
            return one.sendto(b"out", address)
        tried(reach)
""",
    "unix-sockets": """
import socket
def reach(address):
    s = socket.socket(socket.AF_UNIX)
    s.connect(address)
    return s
tried(lambda: reach(UNIX), lambda: reach("\\0hostile-" + str(PORT)), lambda: reach("/run/dbus/socket"),
      lambda: socket.socketpair(socket.AF_INET))
""",
    "write-elsewhere": """
import numpy, IPython
places = ["/", "/tmp", "/var/tmp", "/dev/shm", "/etc", "/usr/lib", "/root", "/home", "..", "/proc/self",
          HOME, COURSE, ROOT, WORLD, WORLD + "/tmp", COURSE + "/submitted/honest-00",
          COURSE + "/autograded", COURSE + "/solutions", ROOT + "/grader"]
for module in (numpy, IPython):
    places += [os.path.dirname(module.__file__), os.path.dirname(os.path.dirname(module.__file__))]
for place in places:
    tried(lambda: open(place + "/" + MARKER, "w"), lambda: os.mkdir(place + "/" + MARKER),
          lambda: os.symlink("/etc/passwd", place + "/" + MARKER), lambda: os.mkfifo(place + "/" + MARKER))
""",
    "write-course": """
import sqlite3, shutil
names = [".course_secret", "gradebook.db", "solutions/rnn_step_by_step/lesson.py", "nbgrader_config.py",
         "source/rnn_step_by_step/rnn_step_by_step.ipynb",
         "submitted/honest-00/rnn_step_by_step/rnn_step_by_step.ipynb",
         "submitted/earlier/other/work.txt", "rnn_utils.py"]
for name in names:
    path = f"{COURSE}/{name}"
    tried(lambda: open(path, "a").write("x"), lambda: os.truncate(path, 0), lambda: os.unlink(path),
          lambda: os.rename(path, "mine"), lambda: os.link(path, "mine"), lambda: os.chmod(path, 0o777),
          lambda: os.utime(path), lambda: os.chown(path, 0, 0), lambda: os.setxattr(path, "user.a", b"1"))
tried(lambda: shutil.rmtree(COURSE), lambda: shutil.rmtree(WORLD + "/tmp"))
try:
    db = sqlite3.connect(f"{COURSE}/gradebook.db")
    db.execute("update grade set auto_score = 95, manual_score = 95")
    db.commit()
    print(LOOT, "the gradebook")
except sqlite3.Error as error:
    print(type(error).__name__)
""",
    "start-up-files": """
import numpy, site
stdlib = os.path.dirname(os.__file__)
packages = os.path.dirname(os.path.dirname(numpy.__file__))
for path in (f"{packages}/sitecustomize.py", f"{packages}/{MARKER}.pth", f"{stdlib}/sitecustomize.py",
             f"{HOME}/.ipython/profile_default/startup/{MARKER}.py", f"{HOME}/.bashrc", f"{HOME}/.profile",
             f"{HOME}/.config/matplotlib/matplotlibrc", "/etc/ld.so.preload", numpy.__file__,
             f"{stdlib}/__pycache__/os.cpython-311.pyc", "/etc/profile"):
    tried(lambda: os.makedirs(os.path.dirname(path)), lambda: open(path, "a").write("1"))
tried(lambda: open("/tmp/ipython/startup/00.py", "w"))
""",
    "links-in-the-folder": """
tried(lambda: os.symlink("/", "root"), lambda: os.link("/etc/hostname", "hostname"),
      lambda: os.rename(".", "../other"), lambda: os.rmdir("../" + os.path.basename(os.getcwd())),
      lambda: os.chmod(".", 0o777), lambda: os.mkfifo("pipe"),
      lambda: os.mknod("device", 0o20666, os.makedev(1, 1)))
""",
    "mounts": """
tried(lambda: call(165 if X86 else 40, b"none", b"/tmp", b"tmpfs", 0, 0),
      lambda: call(272 if X86 else 97, 0x10000000), lambda: call(272 if X86 else 97, 0x20000),
      lambda: os.chroot("."), lambda: call(155 if X86 else 41, b".", b"."),
      lambda: call(428, -100, b"/", 0), lambda: call(304 if X86 else 265, -100, 0, 0))
""",
    "privileges": """
tried(lambda: call(157 if X86 else 167, 4, 1, 0, 0, 0), lambda: call(157 if X86 else 167, 1, 0, 0, 0, 0),
      lambda: call(321 if X86 else 280, 0, 0, 0), lambda: call(250 if X86 else 219, 0, 0),
      lambda: call(425, 1, 0), lambda: call(323 if X86 else 282, 0),
      lambda: call(298 if X86 else 241, 0, 0, -1, -1, 0), lambda: os.memfd_create("x"),
      lambda: call(317 if X86 else 277, 1, 0, 0), lambda: call(446, 3, 0) and None)
tried(lambda: os.setgroups([0, 4]), lambda: os.setuid(12345), lambda: os.setgid(12345),
      lambda: os.nice(-5))
""",
    "terminal": """
import fcntl
tried(lambda: open("/dev/tty", "w"), lambda: fcntl.ioctl(0, 0x5412, b"x"),
      lambda: fcntl.ioctl(3, 0x5412, b"x"), lambda: open("/dev/pts/0", "w"),
      lambda: open("/dev/mem", "rb"), lambda: open("/dev/kmsg", "w"), lambda: open("/dev/fuse", "rb"))
""",
    # Their own process group is theirs to move in, and what they make of it harms nobody.
    "process-group": """
for group in (os.getppid(), 1, 2, 0):
    try:
        os.setpgid(0, group)
    except OSError as error:
        print(type(error).__name__)
try:
    os.killpg(os.getpgrp(), 15)
except OSError as error:
    print(type(error).__name__)
""",
    "other-calls": """
import array, socket
one, other = socket.socketpair()
tried(lambda: one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))]),
      lambda: one.send(b"x", socket.MSG_OOB), lambda: other.recvmsg(1, 64),
      lambda: call(317 if X86 else 277, 1, 0, 0), lambda: libc.prctl(22, 2, 0) and call(-1),
      lambda: call(275 if X86 else 76, 0, 0, 1, 0, 9, 0), lambda: call(276 if X86 else 77, 0, 1, 9, 0),
      lambda: call(278 if X86 else 75, 1, 0, 0, 0), lambda: call(206 if X86 else 0, 8, (ctypes.c_long * 1)()),
      lambda: call(434, os.getpid(), 0), lambda: os.eventfd(0), lambda: os.kill(os.getpid(), 19))
""",
    "shared-memory": """
import mmap
from multiprocessing import shared_memory
tried(lambda: shared_memory.SharedMemory(MARKER, create=True, size=100),
      lambda: call(29 if X86 else 194, 1, 4096, 0o1600), lambda: call(240 if X86 else 180, b"/x", 66, 0o600, 0))
""",
}
AT_TIER_B = ("fork", "daemon", "kill-parent", "ptrace", "parents-memory", "network", "write-course")
AT_TIER_B += ("write-elsewhere", "exit-0", "datagrams", "signal-by-owner", "other-calls")
CRASHES = {
    "exit-0": "os._exit(0)",
    "kill-itself": "os.kill(os.getpid(), 9)",
    "segmentation-fault": "ctypes.string_at(0)",
    "close-the-connection": "os.close(3)",
    "close-everything": "os.closerange(0, 256)",
    "system-exit": "raise SystemExit(0)",
    "keyboard-interrupt": "raise KeyboardInterrupt",
}
