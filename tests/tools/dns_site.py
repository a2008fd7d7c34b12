# SPDX-License-Identifier: ISC
"""A name server of the test's own on 127.0.0.1, with zones as they stand in zone files; needs nsd.

    with DnsSite({"example": "@ MX 10 mx\nmx A 192.0.2.1\n"}) as dns:
        run("mxlookup", "--resolver", dns.server, "example")      # "127.0.0.1:PORT": nsd itself

    with DnsSite({"example": text}, signed={"signed.example": text}) as dns:
        ... dns.validating ...                                    # "127.0.0.1:PORT": unbound, which sets AD; needs ldnsutils

A zone's text needs neither SOA nor NS nor $ORIGIN. A text of None is a zone that cannot be loaded: SERVFAIL. Names in no zone
are REFUSED by nsd. `spoil` changes a signed zone's text after it was signed: what it changes is bogus.
SilentServer is one that never answers.
"""
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import tempfile

from mailsite import Server, free_port, wait_for

SBIN = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])
HEAD = """$ORIGIN {zone}.
$TTL 300
@ SOA ns.{zone}. hostmaster.{zone}. 1 3600 600 86400 60
@ NS ns.{zone}.
ns A 127.0.0.1
"""


def program(name):
    path = shutil.which(name, path=SBIN)
    if path is None:
        raise FileNotFoundError(f"{name} is not installed: tests/packages")
    return path


def answers_dns(port, address="127.0.0.1"):
    """True when a name server answers a question over UDP."""
    question = struct.pack(">HHHHHH", 1, 0, 1, 0, 0, 0) + b"\0\0\2\0\1"  # NS of the root
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.2)
        try:
            probe.connect((address, port))
            probe.send(question)
            return probe.recv(512)[:2] == b"\0\1"
        except OSError:
            return False


class DnsSite:
    """address: of nsd, in place of the loopback's."""

    def __init__(self, zones, signed=None, spoil=lambda text: text, address="127.0.0.1"):
        self.address = address
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="mailpipe-dns-"))
        self.servers, self.anchors = [], []
        try:
            for name, text in zones.items():
                if text is not None:
                    self._file(name).write_text(HEAD.format(zone=name) + text)
            for name, text in (signed or {}).items():
                self._sign(name, text, spoil)
            names = [*zones, *(signed or {})]
            self.port = self._start_nsd(names)
            self.server = f"{address}:{self.port}"
            self.validating = f"127.0.0.1:{self._start_unbound(names)}" if signed else None
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for server in reversed(self.servers):
            server.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def _file(self, zone):
        return self.dir / f"{zone}.zone"

    def _sign(self, zone, text, spoil):
        """With one key for all, whose DS becomes unbound's trust anchor."""
        plain = self.dir / f"{zone}.plain"
        plain.write_text(HEAD.format(zone=zone) + text)
        run = {"cwd": self.dir, "capture_output": True, "text": True, "check": True}
        key = subprocess.run([program("ldns-keygen"), "-a", "ECDSAP256SHA256", "-k", zone], **run).stdout.strip()
        subprocess.run([program("ldns-signzone"), "-f", self._file(zone), plain, key], **run)
        self._file(zone).write_text(spoil(self._file(zone).read_text()))
        self.anchors.append((self.dir / f"{key}.ds").read_text().strip())

    def _start(self, command, port, address="127.0.0.1"):
        server = Server(command, self.dir / f"{len(self.servers)}.log")
        self.servers.append(server)
        wait_for(lambda: server.process.poll() is not None or answers_dns(port, address), what=f"{command[0]} on port {port}")
        if server.process.poll() is not None:
            raise server.failed("ended")
        return port

    def _start_nsd(self, zones):
        port = free_port()
        config = self.dir / "nsd.conf"
        config.write_text(f"""
server:
    ip-address: {self.address}@{port}
    username: ""
    chroot: ""
    server-count: 1
    rrl-ratelimit: 0
    minimal-responses: yes
    zonesdir: "{self.dir}"
    database: ""
    pidfile: "{self.dir}/nsd.pid"
    xfrdfile: "{self.dir}/xfrd.state"
    zonelistfile: "{self.dir}/zone.list"
    xfrdir: "{self.dir}"
remote-control:
    control-enable: no
""" + "".join(f'zone:\n    name: "{zone}"\n    zonefile: "{self._file(zone)}"\n' for zone in zones))
        return self._start([program("nsd"), "-d", "-c", config], port, self.address)

    def _start_unbound(self, zones):
        port = free_port()
        config = self.dir / "unbound.conf"
        anchors = "".join(f"    trust-anchor: \"{' '.join(anchor.split())}\"\n" for anchor in self.anchors)
        config.write_text(f"""
server:
    interface: 127.0.0.1@{port}
    port: {port}
    username: ""
    chroot: ""
    directory: "{self.dir}"
    pidfile: "{self.dir}/unbound.pid"
    do-daemonize: no
    use-syslog: no
    do-ip6: no
    num-threads: 1
    do-not-query-localhost: no
    module-config: "validator iterator"
{anchors}remote-control:
    control-enable: no
""" + "".join(f'stub-zone:\n    name: "{zone}"\n    stub-addr: {self.address}@{self.port}\n' for zone in zones))
        return self._start([program("unbound"), "-d", "-c", config], port)


class SilentServer:
    """Takes questions and never answers."""

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.server = f"127.0.0.1:{self.socket.getsockname()[1]}"
        return self

    def __exit__(self, *_):
        self.socket.close()
