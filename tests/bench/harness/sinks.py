# SPDX-License-Identifier: ISC
"""Postfix's smtp-sink, one process for each domain: what takes the mail of a full queue, and counts."""
import re
import subprocess
import tempfile
import time

from harness import debian
from mailsite import free_port, wait_for

LISTENING, ESTABLISHED = "0A", "01"  # in /proc/net/tcp


class Sinks:
    """`delay`: seconds before the reply to DATA."""

    def __init__(self, domains, delay=0):
        self.domains, self.delay, self.processes = domains, delay, []
        self.tree, _ = debian.unpacked("postfix", "postfix")

    def __enter__(self):
        try:
            for _ in range(self.domains):
                self.start()
            wait_for(lambda: connections(self.ports, LISTENING) == len(self.ports), what="smtp-sink")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process, _, counters in self.processes:
            process.kill()
            process.wait()
            counters.close()

    def start(self):
        port, counters = free_port(), tempfile.TemporaryFile()
        options = ["-c", "-u", "nobody", *(["-w", str(self.delay)] if self.delay else [])]
        process = subprocess.Popen([self.tree / "usr/sbin/smtp-sink", *options, f"127.0.0.1:{port}", "1000"], stdout=counters, stderr=counters,
                                   env={"LD_LIBRARY_PATH": f"{self.tree}/usr/lib/postfix"})
        self.processes.append((process, port, counters))

    @property
    def ports(self):
        return [port for _, port, _ in self.processes]

    def counted(self):
        """Sessions and messages so far, of all of them."""
        sessions = messages = 0
        for _, _, counters in self.processes:
            counters.seek(0, 2)
            counters.seek(max(0, counters.tell() - 200))
            if found := re.findall(rb"sess=(\d+) quit=\d+ mesg=(\d+)", counters.read()):
                sessions, messages = sessions + int(found[-1][0]), messages + int(found[-1][1])
        return sessions, messages


def connections(ports, state):
    """Asks the kernel: connecting would be counted."""
    ends = {f"0100007F:{port:04X}" for port in ports}
    with open("/proc/net/tcp", encoding="ascii") as table:
        return sum(fields[1] in ends and fields[3] == state for fields in map(str.split, table))


def drained(sinks, count, action):
    """action() empties a queue of so many messages: how fast, and over how many connections."""
    sessions, messages = sinks.counted()
    begin = time.monotonic()
    action()
    wall = time.monotonic() - begin
    # A session counts when it ends, and Postfix keeps some for a while.
    wait_for(lambda: connections(sinks.ports, ESTABLISHED) == 0, what="the end of all sessions")
    more_sessions, more_messages = sinks.counted()
    if more_messages - messages != count:
        raise RuntimeError(f"the sinks got {more_messages - messages} of {count} messages")
    return {"per_second": count / wall, "connections": more_sessions - sessions}
