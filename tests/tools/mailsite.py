# SPDX-License-Identifier: ISC
"""A scratch mail site for tests: users, certificate, configuration, servers on free ports of 127.0.0.1.

    with Site() as site:
        smtpd = site.listen("smtpd", "--submission")      # a Server, with .port
        site.start("sendq", "--watch")
        ... site.run("sendq", "--list").stdout ...
        wait_for(lambda: site.messages("alice"))
        site.events(id=site.events(event="received")[0]["id"])

Run by root, the tools run as nobody: a site is one ordinary user's, as in examples/quickstart.
Not called site.py: Python has a module of that name.
"""
import contextlib
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MAILPIPE_BIN", ROOT / "build/debug/bin")).resolve()
DOMAIN = "example.org"
PASSWORDS = {"alice": "wonder land", "bob": "build3r"}
NOBODY = 65534


def wait_for(predicate, timeout=15, what="it"):
    """The first true value of predicate(), asked again and again; fails after timeout seconds."""
    end = time.monotonic() + timeout
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {timeout} s for {what}: {value!r}")
        time.sleep(0.005)


def free_port():
    """A port of 127.0.0.1 that nobody listens on, below those that the kernel gives to clients."""
    while True:
        port = random.randint(10000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def parse_logfmt(line):
    """One log line as a dictionary: key=value or key="value" with backslashes (mailpipe(7), LOG)."""
    fields = {}
    for key, quoted, plain in re.findall(r'([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))', line):
        value = re.sub(r"\\x([0-9a-f]{2})|\\(.)", lambda m: chr(int(m[1], 16)) if m[1] else m[2], quoted)
        fields[key] = value or plain
    return fields


def tls_context():
    """For a client that does not look at the certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def openssl(*args):
    return subprocess.run(["openssl", *args], capture_output=True, text=True, check=True).stdout.strip()


class Server:
    """A tool that runs until it is told to stop. What it writes to stderr is in the file `log`."""

    def __init__(self, command, log, **popen):
        self.command, self.log, self.port = command, log, None
        with open(log, "wb") as stderr:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr, **popen)

    @property
    def pid(self):
        return self.process.pid

    def text(self):
        return self.log.read_text(errors="backslashreplace")

    def failed(self, what):
        return AssertionError(f"{' '.join(map(str, self.command))}: {what}\n{self.text()}")

    def answers(self, address):
        """True when something listens there; fails when the server has ended."""
        if self.process.poll() is not None:
            raise self.failed(f"ended with {self.process.returncode}")
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        with socket.socket(family) as probe:
            return probe.connect_ex(address) == 0

    def stop(self, number=signal.SIGTERM, timeout=15):
        """Ends it and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise self.failed(f"did not end {timeout} s after signal {number}") from None


class Site:
    def __init__(self, passwords=None, aliases="", tls=True, **keys):
        """keys: more of mailpipe.conf(5), `tag_separator="-"` for tag-separator."""
        self.passwords = dict(PASSWORDS if passwords is None else passwords)
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="mailpipe-"))
        self.servers = []
        self.uid, self.gid = (NOBODY, NOBODY) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
        self.bin = self._reachable_bin()
        self.spool, self.config, self.users = self.dir / "spool", self.dir / "mailpipe.conf", self.dir / "users"
        self.aliases, self.cert, self.key = self.dir / "aliases", self.dir / "cert.pem", self.dir / "key.pem"
        self.keys = {"hostname": f"mail.{DOMAIN}", "domains": [DOMAIN], "spool": self.spool, "users": self.users,
                     "aliases": self.aliases}
        self.write_users()
        self.aliases.write_text(aliases)
        if tls:
            self.make_certificate()
            self.keys.update({"tls-cert": self.cert, "tls-key": self.key})
        self.keys.update({key.replace("_", "-"): value for key, value in keys.items()})
        self.write_config()
        self.give(self.dir)

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        try:
            self.stop(quietly=failure is not None)
            if failure is not None:
                for server in self.servers:
                    print(f"== {server.log.name}\n{server.text()[-4000:]}", file=sys.stderr)
        finally:
            shutil.rmtree(self.dir, ignore_errors=True)

    # -- what it is made of

    def write_users(self, extra=""):
        """users(5): plain passwords but for bob's, which is hashed. extra: more lines."""
        lines = []
        for user, password in self.passwords.items():
            hashed = "{SHA512-CRYPT}" + openssl("passwd", "-6", password) if user == "bob" else "{PLAIN}" + password
            lines.append(f"{user}:{hashed}:{self.uid}:{self.gid}::{self.home(user)}::\n")
            self.home(user).mkdir(parents=True, exist_ok=True)
        self.users.write_text("".join(lines) + extra)

    def make_certificate(self):
        names = f"subjectAltName=DNS:localhost,DNS:mail.{DOMAIN},IP:127.0.0.1"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", names, "-keyout", self.key, "-out", self.cert)
        self.key.chmod(0o600)

    def write_config(self, sections=""):
        """mailpipe.conf(5) out of self.keys; sections: text with the tools' own keys."""
        def text(value):
            return "[" + ", ".join(map(text, value)) + "]" if isinstance(value, list) else f'"{value}"'
        self.config.write_text("".join(f"{key} = {text(value)}\n" for key, value in self.keys.items()) + sections)

    def give(self, path):
        """Makes the path, and all below it, belong to who runs the tools."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)
            for directory, _, files in os.walk(path):
                for name in [directory, *(os.path.join(directory, file) for file in files)]:
                    with contextlib.suppress(FileNotFoundError):  # a lock that a server has given up meanwhile
                        os.chown(name, self.uid, self.gid, follow_symlinks=False)

    def _reachable_bin(self):
        """BIN, or a copy of it where root's home keeps others out."""
        if os.geteuid() != 0 or all(path.stat().st_mode & 0o001 for path in [BIN, *BIN.parents]):
            return BIN
        return pathlib.Path(shutil.copytree(BIN, self.dir / "bin", ignore=shutil.ignore_patterns("unit_tests", "fuzz_*")))

    # -- running tools

    def environment(self):
        """For the tools, and for programs that call them."""
        return {**os.environ, "PATH": f"{self.bin}:{os.environ['PATH']}", "MAILPIPE_CONFIG": str(self.config),
                "HOME": str(self.dir)}

    def as_user(self):
        """Arguments for subprocess that make it run as the site's user, in the site's directory."""
        rights = {"user": self.uid, "group": self.gid, "extra_groups": []} if os.geteuid() == 0 else {}
        return {"env": self.environment(), "cwd": self.dir, **rights}

    def run(self, tool, *args, input=b"", timeout=60, check=True):
        """Runs a tool to its end. The result has bytes. check: its exit status has to be 0."""
        command = [self.bin / tool, *map(str, args)]
        done = subprocess.run(command, input=input, capture_output=True, timeout=timeout, check=False, **self.as_user())
        if check and done.returncode != 0:
            raise AssertionError(f"{tool} {args}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
        return done

    def start(self, tool, *args, **popen):
        """Starts a tool that runs on, like sendq --watch."""
        log = self.dir / f"{len(self.servers)}.{tool}.log"
        server = Server([self.bin / tool, *map(str, args)], log, **{**self.as_user(), **popen})
        self.servers.append(server)
        return server

    def listen(self, tool, *args, **popen):
        """Starts a server with --listen on a free port and waits until it answers."""
        port = free_port()
        server = self.start(tool, "--listen", f"127.0.0.1:{port}", *args, **popen)
        server.port = port
        wait_for(lambda: server.answers(("127.0.0.1", port)), what=f"{tool} on port {port}")
        return server

    def stop(self, quietly=False):
        """Ends all that still run. Fails when a sanitizer complained, unless quietly."""
        for server in reversed(self.servers):
            server.stop()
        for server in self.servers:
            if not quietly and re.search(r"ERROR: \w+Sanitizer|runtime error:", server.text()):
                raise server.failed("a sanitizer complains")

    # -- what came of it

    def home(self, user):
        return self.dir / "home" / user

    def maildir(self, user, folder=""):
        return self.home(user) / "Maildir" / (f".{folder}" if folder else "")

    def messages(self, user, folder=""):
        """Files of the user's Maildir, oldest name first."""
        found = [path for part in ("new", "cur") for path in (self.maildir(user, folder) / part).glob("*")]
        return sorted(found, key=lambda path: path.name)

    def log_lines(self):
        """Every log line of every server so far, parsed, in the order of time."""
        lines = [parse_logfmt(line) for server in self.servers for line in server.text().splitlines() if "event=" in line]
        return sorted(lines, key=lambda line: line.get("ts", ""))

    def events(self, **wanted):
        """The log lines with these values: events(event="received", id=...)."""
        return [line for line in self.log_lines() if all(line.get(key) == value for key, value in wanted.items())]
