"""Filter system calls: no new processes, programs, sockets, keys, mounts, nor hands on others.

What NumPy, IPython and matplotlib never need is refused with EPERM, so that Python raises
``PermissionError``; a call with the numbers of another architecture kills the process.
Source: the kernel's Documentation/userspace-api/seccomp_filter.rst; numbers from its tables.
"""

from __future__ import annotations

import ctypes
import errno
import struct

from . import kernel

SET_MODE_FILTER, ALL_THREADS = 1, 1
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
LOAD, EQUAL, GREATER, HAS_BITS, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
NUMBER, ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
CLONE_THREAD, CLONE_NEWUSER = 0x00010000, 0x10000000
AF_UNIX = 1
# Streams only, whatever their flags: an unconnected datagram socket needs no `connect` to reach
# others, since `sendto` takes an address, and nothing else would refuse it a path.
STREAMS = tuple(1 | nonblock | cloexec for nonblock in (0, 0x800) for cloexec in (0, 0x80000))
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
FIOSETOWN, SIOCSPGRP = 0x8901, 0x8902
LAST_KNOWN = 466  # newer system calls answer "not implemented"

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SECCOMP = {"x86_64": 317, "aarch64": 277}
# name: (x86_64, aarch64); None where the architecture lacks the call.
REFUSED: dict[str, tuple[int | None, int | None]] = {
    # new processes and programs (clone and clone3 are looked at below)
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    # the network; a pair of connected sockets stays possible
    "socket": (41, 198), "connect": (42, 203), "accept": (43, 202), "accept4": (288, 242),
    "bind": (49, 200), "listen": (50, 201),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setaffinity": (203, 122),
    "sched_setparam": (142, 118), "sched_setscheduler": (144, 119), "sched_setattr": (314, 274),
    "migrate_pages": (256, 238), "move_pages": (279, 239), "perf_event_open": (298, 241),
    # mounts and namespaces
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "move_mount": (429, 429), "open_tree": (428, 428), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "statmount": (457, 457), "listmount": (458, 458),
    "unshare": (272, 97), "setns": (308, 268),
    # the kernel itself
    "bpf": (321, 280), "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "personality": (135, 92), "modify_ldt": (154, None), "iopl": (172, None),
    "ioperm": (173, None), "lookup_dcookie": (212, 18), "syslog": (103, 116), "acct": (163, 89),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "quotactl": (179, 60),
    "quotactl_fd": (443, 443), "sethostname": (170, 161), "setdomainname": (171, 162),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "clock_adjtime": (305, 266), "vhangup": (153, 58), "seccomp": (317, 277),
    "sync": (162, 81), "syncfs": (306, 267),
    "lsm_set_self_attr": (460, 460), "uselib": (134, None), "nfsservctl": (180, 42),
    # memory and files that no limit counts, or that outlive the job
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194),
    "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190), "semop": (65, 193),
    "semctl": (66, 191), "semtimedop": (220, 192), "msgget": (68, 186), "msgsnd": (69, 189),
    "msgrcv": (70, 188), "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181),
    # files by handle, and watching files of others
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "inotify_init": (253, None), "inotify_init1": (294, 26), "inotify_add_watch": (254, 27),
    "fanotify_init": (300, 262), "fanotify_mark": (301, 263),
    # modes, owners, times and attributes of files: Landlock does not look at these
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "lchown": (94, None), "fchown": (93, 55), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None),
    "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "setxattrat": (463, 463), "removexattrat": (466, 466), "mknod": (133, None),
    "mknodat": (259, 33), "flock": (73, 32),
}  # fmt: skip
# Signals: allowed to the process itself, whose number is in the first argument.
SIGNALS = {"kill": (62, 129), "tgkill": (234, 131), "tkill": (200, 130),
           "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240)}  # fmt: skip
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435
SOCKETPAIR = {"x86_64": 53, "aarch64": 199}
IOCTL = {"x86_64": 16, "aarch64": 29}
FCNTL = {"x86_64": 72, "aarch64": 25}
# Locks, leases and notices on a library's file are seen by other jobs: no letter-box.
# A descriptor's owner, and which signal it is sent: any signal to any process of the same user.
FCNTL_REFUSED = (5, 6, 7, 36, 37, 38, 1024, 1026, 8, 10, 15)
IOCTL_REFUSED = (TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP)
PRLIMIT = {"x86_64": 302, "aarch64": 261}
PRCTL = {"x86_64": 157, "aarch64": 167}
# Dying with the worker and staying unreadable are not the student's to undo.
PRCTL_REFUSED = (kernel.PR_SET_PDEATHSIG, kernel.PR_SET_DUMPABLE, 0x59616D61)

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, constant
EPERM = REFUSE | errno.EPERM
ENOSYS = REFUSE | errno.ENOSYS


def supported() -> bool:
    """Tell whether this is a machine whose system calls are known here."""
    return kernel.LINUX and kernel.MACHINE in AUDIT


def enter(own_pid: int) -> None:
    """Put the filter, for good, on every thread of the calling process."""
    code = b"".join(struct.pack("HBBI", *step) for step in program(kernel.MACHINE, own_pid))
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    kernel.syscall(
        SECCOMP[kernel.MACHINE],
        ctypes.c_uint(SET_MODE_FILTER),
        ctypes.c_uint(ALL_THREADS),
        header,
    )


def program(machine: str, own_pid: int) -> list[Instruction]:
    """Return the filter for a machine and a process; each part leaves the call's number loaded."""
    column = 0 if machine == "x86_64" else 1
    steps: list[Instruction] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, AUDIT[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (GREATER, 0, 1, LAST_KNOWN),
        (RETURN, 0, 0, ENOSYS),
    ]
    refused = {numbers[column] for numbers in REFUSED.values()} - {None}
    for number in sorted(n for n in refused if n is not None):
        steps += [(EQUAL, 0, 1, number), (RETURN, 0, 0, EPERM)]
    steps += [(EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, ENOSYS)]  # glibc falls back to clone
    steps += _unless_bits(CLONE[machine], CLONE_THREAD, CLONE_NEWUSER)
    steps += _unless_argument(SOCKETPAIR[machine], 0, (AF_UNIX,))
    steps += _unless_argument(SOCKETPAIR[machine], 1, STREAMS)
    steps += _unless_argument(PRLIMIT[machine], 0, (0, own_pid))
    for numbers in SIGNALS.values():
        number = numbers[column]
        steps += _unless_argument(number, 0, (own_pid,))
    steps += _if_argument(IOCTL[machine], 1, IOCTL_REFUSED)
    steps += _if_argument(FCNTL[machine], 1, FCNTL_REFUSED)
    steps += _if_argument(PRCTL[machine], 0, PRCTL_REFUSED)
    return [*steps, (RETURN, 0, 0, ALLOW)]


def _low_half(argument: int) -> int:
    """Return the offset of an argument's low 32 bits; these arguments are of 32 bits."""
    return 16 + 8 * argument


def _unless_argument(number: int, argument: int, allowed: tuple[int, ...]) -> list[Instruction]:
    checks = [(EQUAL, len(allowed) - i, 0, value) for i, value in enumerate(allowed)]
    body = [(LOAD, 0, 0, _low_half(argument)), *checks]
    body += [(RETURN, 0, 0, EPERM), (LOAD, 0, 0, NUMBER)]
    return [(EQUAL, 0, len(body), number), *body]


def _if_argument(number: int, argument: int, refused: tuple[int, ...]) -> list[Instruction]:
    body: list[Instruction] = [(LOAD, 0, 0, _low_half(argument))]
    for value in refused:
        body += [(EQUAL, 0, 1, value), (RETURN, 0, 0, EPERM)]
    body.append((LOAD, 0, 0, NUMBER))
    return [(EQUAL, 0, len(body), number), *body]


def _unless_bits(number: int, needed: int, forbidden: int) -> list[Instruction]:
    body: list[Instruction] = [
        (LOAD, 0, 0, _low_half(0)),
        (HAS_BITS, 1, 0, needed),
        (RETURN, 0, 0, EPERM),
        (HAS_BITS, 0, 1, forbidden),
        (RETURN, 0, 0, EPERM),
        (LOAD, 0, 0, NUMBER),
    ]
    return [(EQUAL, 0, len(body), number), *body]
