# SPDX-License-Identifier: ISC
"""Hosts around a router, a network namespace each (ip-netns(8)): whoever is on one has its addresses and its port 25.

    network.alone()                      # first of all in a program: its hosts end with it, however it ends
    with Network("near", "far") as net:
        with net["far"] as far:          # what is started or opened meanwhile is on that host
            site.start("smtpd", "--listen", f"{far.ipv4}:25", "--listen", f"[{far.ipv6}]:25")
        far.lose("blackhole", far.ipv6)  # the router drops what is for that address
        far.unplug()

Needs root, CAP_SYS_ADMIN and iproute2: trouble() tells what is missing.
"""
import ctypes
import functools
import json
import os
import pathlib
import subprocess
import sys

SBIN = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])
ISOLATED = ("setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
MARK = "MAILPIPE_TEST_ALONE"
ROUTER = "192.0.2.254"  # as all addresses here, of a network for documentation: no real one is meant
ROUTER_LINK = "fe80::1"
LIBC = ctypes.CDLL(None, use_errno=True)


def run(*command, **more):
    """What it has printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PATH": SBIN}, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


@functools.cache
def trouble():
    """Why there can't be such hosts here; empty: there can."""
    if os.geteuid() != 0:
        return "not root"
    try:
        run(*ISOLATED, "unshare", "--net", "ip", "link", "add", "type", "veth")
        run("tc", "-V")
    except (RuntimeError, FileNotFoundError) as error:
        return str(error).removeprefix(" ".join(ISOLATED)).strip()
    return ""


def alone():
    """Runs this program in namespaces of its own, for mounts and processes: when it ends, be it by SIGKILL, the kernel ends what
    it has started, and then all hosts. Others see none of them."""
    if trouble():
        return
    if MARK not in os.environ:
        sys.exit(subprocess.run([*ISOLATED, sys.executable, *sys.argv], env={**os.environ, MARK: "1"}, check=False).returncode)
    os.makedirs("/run/netns", exist_ok=True)  # where ip-netns(8) has its names
    run("mount", "-t", "tmpfs", "netns", "/run/netns")


def ip(host, *lines):
    """Commands of ip(8) on that host."""
    run("ip", "-n", host, "-batch", "-", input="\n".join(lines) + "\n")


class Place:
    """A namespace. `with` puts this thread there, and what it starts, connects and listens with."""

    def __init__(self, name):
        self.name, self.left = name, []
        run("ip", "netns", "add", name)
        ip(name, "link set lo up")

    def __enter__(self):
        self.left.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY))
        self._go(os.open(f"/run/netns/{self.name}", os.O_RDONLY))
        return self

    def __exit__(self, *_):
        self._go(self.left.pop())

    @staticmethod
    def _go(place):
        result = LIBC.setns(place, 0)
        os.close(place)
        if result != 0:
            raise OSError(ctypes.get_errno(), "setns")

    def set(self, key, value):
        """sysctl(8) of this host's network."""
        with self:
            pathlib.Path("/proc/sys/net", *key.split(".")).write_text(str(value))


class Host(Place):
    def __init__(self, name, number):
        super().__init__(name)
        self.ipv4, self.ipv6, self.port = f"192.0.2.{number}", f"2001:db8::{number:x}", f"to-{name}"
        self.set("ipv4.ip_unprivileged_port_start", 0)
        ip("router", f"link add {self.port} type veth peer name net0 netns {name}")
        self.plug()
        ip(name, "link set net0 up", f"address add {self.ipv4}/32 dev net0", f"address add {self.ipv6}/128 dev net0 nodad",
           f"route add {ROUTER} dev net0", f"route add default via {ROUTER}", f"route add default via {ROUTER_LINK} dev net0")

    def addresses(self):
        return self.ipv4, self.ipv6

    # -- the router's end of the cable

    def plug(self):
        ip("router", f"link set {self.port} up", f"address replace {ROUTER_LINK}/64 dev {self.port} nodad")
        self.find()

    def unplug(self):
        ip("router", f"link set {self.port} down")

    def is_plugged(self):
        return "UP" in json.loads(run("ip", "-n", "router", "-j", "link", "show", self.port))[0]["flags"]

    def find(self):
        """The router knows the way."""
        for address in self.addresses():
            ip("router", f"route replace {address} dev {self.port}")

    def lose(self, kind, *addresses):
        """The router has no way to the addresses, or to none; kind: "blackhole", nobody hears of it, or "unreachable"."""
        for address in addresses or self.addresses():
            ip("router", f"route replace {kind} {address}")

    def narrow(self, rate, queue="1mb"):
        """What goes to the host goes so fast ("8mbit"); what does not fit into the queue is lost."""
        run("tc", "-n", "router", "qdisc", "replace", "dev", self.port, "root", "tbf", "rate", rate, "burst", "5kb", "limit", queue)

    def disturb(self, *how):
        """What goes to the host does so by netem(8): "delay 50ms loss 3%". RuntimeError: this kernel has none."""
        run("tc", "-n", "router", "qdisc", "replace", "dev", self.port, "root", "netem", *how)

    def octets(self):
        """That the router has sent to the host."""
        return json.loads(run("ip", "-n", "router", "-s", "-j", "link", "show", self.port))[0]["stats64"]["tx"]["bytes"]

    def dropped(self):
        """Packets for the host that were lost on the way."""
        return json.loads(run("tc", "-n", "router", "-s", "-j", "qdisc", "show", "dev", self.port))[0]["drops"]


class Network:
    """Hosts by their names."""

    def __init__(self, *names):
        self.places = {}
        try:
            self.places["router"] = router = Place("router")
            router.set("ipv4.ip_forward", 1)
            router.set("ipv6.conf.all.forwarding", 1)
            ip("router", f"address add {ROUTER}/32 dev lo")
            for number, name in enumerate(names, 1):
                self.places[name] = Host(name, number)
        except BaseException:
            self.close()
            raise

    def __getitem__(self, name):
        return self.places[name]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for name in self.places:
            run("ip", "netns", "delete", name)
