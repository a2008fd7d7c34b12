# SPDX-License-Identifier: ISC
"""What a server costs: the CPU and the memory of all its processes, the ended ones too.

A cgroup v2 counts exactly. Where none can be made, the process tree is added up from /proc: whole clock ticks,
and only processes whose parent waited for them.
"""
import os
import pathlib
import resource
import signal
import subprocess
import time


def open_account(name):
    """A Cgroup if the system lets us make one, else a ProcessTree."""
    try:
        return Cgroup(name)
    except OSError:
        return ProcessTree()


def pss_kib(pid):
    try:
        rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended between the two looks
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def own_seconds():
    """CPU of this process, of what it waited for, and of the servers that have ended."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime + children_seconds() + Account.orphans_seconds


class Account:
    """The processes of one server: adopt() what was started with preexec_fn=enter; stop() ends them all."""

    orphans_seconds = 0.0  # CPU of servers' processes that were left to init, which getrusage(2) does not know

    def __init__(self):
        self.leaders = []

    def spawn(self, argv, **popen):
        self.adopt(subprocess.Popen(argv, start_new_session=True, preexec_fn=self.enter, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **popen))

    def adopt(self, process):
        self.leaders.append(process)

    def enter(self):
        """Runs in the new process, before the program does."""

    def alive(self):
        return all(leader.poll() is None for leader in self.leaders)

    def pss_kib(self):
        """Proportional set size: a page that n processes share counts 1/n in each."""
        return sum(pss_kib(pid) for pid in self.pids())

    def quiet(self, limit=3.0):
        """Waits until the server has done what it still had to do, and returns its CPU seconds."""
        deadline = time.monotonic() + limit
        before = self.cpu_seconds()
        while time.monotonic() < deadline:
            time.sleep(0.05)
            now = self.cpu_seconds()
            if now - before < 0.0005:
                return now
            before = now
        return before

    def stop(self, limit=5.0):
        """SIGTERM to those that were started here; what is left after a while, SIGKILL. Nobody else's processes."""
        spent, waited_for = self.cpu_seconds(), children_seconds()
        for leader in self.leaders:
            if leader.poll() is None:
                leader.terminate()
        deadline = time.monotonic() + limit
        while not self.ended() and time.monotonic() < deadline:
            time.sleep(0.02)
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for leader in self.leaders:
            leader.wait(timeout=5)
        Account.orphans_seconds += spent - (children_seconds() - waited_for)

    def ended(self):
        return all(leader.poll() is not None for leader in self.leaders) and not self.pids()


class Cgroup(Account):
    def __init__(self, name):
        super().__init__()
        self.path = own_cgroup() / f"mailpipe-bench-{os.getpid()}-{name}"
        self.path.mkdir()
        try:
            # Opened here, with our rights: who enters may have given up his.
            self.procs = open(self.path / "cgroup.procs", "wb", buffering=0)
            self.cpu_seconds()
        except OSError:
            self.path.rmdir()
            raise

    def enter(self):
        self.procs.write(b"0")

    def cpu_seconds(self):
        for line in (self.path / "cpu.stat").read_text().splitlines():
            if line.startswith("usage_usec"):
                return int(line.split()[1]) / 1e6
        raise OSError("cpu.stat without usage_usec")

    def pids(self):
        return [int(pid) for pid in (self.path / "cgroup.procs").read_text().split()]

    def stop(self, limit=5.0):
        super().stop(limit)
        self.procs.close()
        for _ in range(100):
            try:
                return self.path.rmdir()
            except OSError:
                time.sleep(0.02)  # the last of them is not reaped yet


def own_cgroup():
    """Where this process stands in the cgroup v2 hierarchy."""
    for line in pathlib.Path("/proc/self/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        if kind == "cgroup2":
            own = [c[3:] for c in pathlib.Path("/proc/self/cgroup").read_text().splitlines() if c.startswith("0::")]
            return pathlib.Path(where + own[0])
    raise OSError("no cgroup v2")


class ProcessTree(Account):
    def cpu_seconds(self):
        ticks = sum(sum(int(field) for field in stat(pid)[11:15]) for pid in self.pids())
        return ticks / os.sysconf("SC_CLK_TCK")

    def pids(self):
        states = {int(p.name): stat(p.name) for p in pathlib.Path("/proc").iterdir() if p.name.isdigit()}
        found, todo = [], [leader.pid for leader in self.leaders if leader.returncode is None]
        while todo:
            pid = todo.pop()
            if states.get(pid) and states[pid][0] != "Z":
                found.append(pid)
            todo += [child for child, fields in states.items() if fields and int(fields[1]) == pid]
        return found


def stat(pid):
    """/proc/PID/stat from the third field, the state, on; empty for a process that is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
