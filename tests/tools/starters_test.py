# SPDX-License-Identifier: ISC
"""Every way in which a server can be started (mailpipe(7), CONNECTIONS), by the real starters and examples/'s files."""
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import threading
import unittest

from mailsite import BIN, ROOT, Server, Site, free_port, wait_for

EXAMPLES = ROOT / "examples"
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"


def where(program):
    found = shutil.which(program, path=PATH)
    if not found:
        raise unittest.SkipTest(f"skipped: no {program}")
    return found


class Peer:
    """A client that talks lines."""

    def __init__(self, address, before=b""):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.socket = socket.socket(family)
        self.socket.settimeout(20)
        self.socket.connect(address)
        self.socket.sendall(before)
        self.file = self.socket.makefile("rb")
        self.greeting = self.line()

    def line(self):
        return self.file.readline().decode().rstrip("\r\n")

    def say(self, text):
        self.socket.sendall(text.encode() + b"\r\n")
        return self.line()

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class StarterTest(unittest.TestCase):
    def run(self, result=None):
        self.result = result or self.defaultTestResult()
        return super().run(self.result)

    def setUp(self):
        self.site = Site()
        self.addCleanup(self.leave)
        self.user = pwd.getpwuid(self.site.uid).pw_name
        self.port = free_port()

    def leave(self):
        """Sanitizers may have complained in a test that passes; logs are printed only of one that does not."""
        failed = any(self in (test, getattr(test, "test_case", None)) for test, _ in self.result.failures + self.result.errors)
        self.site.__exit__(AssertionError if failed else None, None, None)

    def start(self, *command, as_user=False, **popen):
        """Starts a starter; it ends with the test."""
        log = self.site.dir / f"starter{len(self.site.servers)}.log"
        arguments = self.site.as_user() if as_user else {"env": self.site.environment()}
        server = Server(list(map(str, command)), log, **{**arguments, **popen})
        self.site.servers.append(server)
        return server

    def wait_for_port(self, server, port=None):
        wait_for(lambda: self.is_bound(server, port or self.port), what=f"{server.command[0]} to listen\n")

    @staticmethod
    def is_bound(server, port):
        """Without connecting: some starters act on the first connection, or count it."""
        if server.process.poll() is not None:
            raise server.failed(f"ended with {server.process.returncode}")
        wanted = f":{port:04X}"
        return any(line.split()[1].endswith(wanted) and line.split()[3] == "0A"
                   for name in ("tcp", "tcp6") for line in pathlib.Path(f"/proc/net/{name}").read_text().splitlines()[1:])

    def assert_greeter(self, peer, address="127.0.0.1", loopback="true"):
        self.assertRegex(peer.greeting, rf"^220 address={re.escape(address)} port=\d+ loopback={loopback} ")
        self.assertEqual(peer.say("hello"), "250 hello")

    def assert_two_at_a_time(self, port=None):
        with Peer(("127.0.0.1", port or self.port)) as one, Peer(("127.0.0.1", port or self.port)) as two:
            self.assert_greeter(two)
            self.assert_greeter(one)
            self.assertEqual(one.say("QUIT"), "221 bye")
            self.assertEqual(one.line(), "")
            self.assertEqual(two.say("still here"), "250 still here")

    def example(self, name, *replacements):
        """An example's text, its paths and users replaced by the test's."""
        text = (EXAMPLES / name).read_text()
        for pattern, replacement in replacements:
            text, count = re.subn(pattern, str(replacement), text, flags=re.M)
            self.assertGreater(count, 0, f"{name} has no {pattern}")
        path = self.site.dir / pathlib.Path(name).name
        path.write_text(text)
        path.chmod(0o755)
        return path


class InetdTest(StarterTest):
    def inetd(self, program, *arguments):
        """openbsd-inetd with the first line of the example, for this program."""
        line = next(line for line in (EXAMPLES / "inetd/inetd.conf").read_text().splitlines() if line.startswith("smtp "))
        fields = line.split()
        self.assertEqual(fields[1:3] + fields[5:], ["stream", "tcp", "/usr/local/bin/smtpd", "smtpd"])
        self.assertTrue(fields[3].startswith("nowait."))
        fields[0], fields[4] = f"127.0.0.1:{self.port}", self.user
        fields[5:] = [str(self.site.bin / program), program, "--config", str(self.site.config), *arguments]
        conf = self.site.dir / "inetd.conf"
        conf.write_text(" ".join(fields) + "\n")
        server = self.start(where("inetd"), "-i", conf)
        self.wait_for_port(server)

    def test_nowait(self):
        self.inetd("greeter")
        self.assert_two_at_a_time()

    def test_what_is_wrong_is_not_told_to_the_peer(self):
        self.inetd("greeter", "--certificate", "/does/not/exist")
        with Peer(("127.0.0.1", self.port)) as peer:
            self.assertEqual(peer.greeting, "")

    def test_usage_errors_are_not_told_to_the_peer(self):
        self.inetd("greeter", "--no-such-option")
        with Peer(("127.0.0.1", self.port)) as peer:
            self.assertEqual(peer.greeting, "")

    def test_xinetd(self):
        xinetd = os.environ.get("XINETD") or where("xinetd")
        conf = self.example("inetd/xinetd.conf",
                            (r"^service smtp$", "service mailpipe-test"),
                            (r"/usr/local/bin/smtpd$", self.site.bin / "greeter"),
                            (r"user        = mailpipe", f"user = {self.user}\n    type = UNLISTED\n    port = {self.port}"))
        text = conf.read_text()
        conf.write_text(text[:text.index("service submission")])
        self.wait_for_port(self.start(xinetd, "-dontfork", "-stayalive", "-f", conf, "-pidfile", self.site.dir / "pid"))
        self.assert_two_at_a_time()

    def test_every_line_of_the_example_is_one(self):
        for line in (EXAMPLES / "inetd/inetd.conf").read_text().splitlines():
            if not line.startswith("#"):
                self.assertRegex(line, r"^\w+ +stream +tcp6? +nowait\.\d+ +(mailpipe +/usr/local/bin/smtpd +smtpd|"
                                       r"root +/usr/local/bin/(imapd +imapd|pop3d +pop3d))( --\w+)*$")
                socket.getservbyname(line.split()[0], "tcp")


class TcpserverTest(StarterTest):
    def test_the_other_example_starts_the_other_server(self):
        run = self.example("tcpserver/imapd", (r"/usr/local/bin/imapd", self.site.bin / "imapd"), (r" 0 143 ", f" 127.0.0.1 {self.port} "),
                           (r"^exec tcpserver", f"exec {where('tcpserver')}"))
        self.wait_for_port(self.start(run))
        with Peer(("127.0.0.1", self.port)) as peer:
            self.assertTrue(peer.greeting.startswith("* OK "), peer.greeting)

    def test_example(self):
        where("tcpserver")
        run = self.example("tcpserver/smtpd", (r"/usr/local/bin/smtpd", self.site.bin / "greeter"), (r" 0 25 ", f" 127.0.0.1 {self.port} "),
                           (r"id -(.) mailpipe", rf"id -\1 {self.user}"))
        self.wait_for_port(self.start(run))
        self.assert_two_at_a_time()

    def test_variables_tell_the_peer_of_a_pipe(self):
        """As sslserver and recordio leave it: pipes, and UCSPI's variables."""
        for variables, expected in [({"PROTO": "TCP", "TCPREMOTEIP": "192.0.2.7", "TCPREMOTEPORT": "99"}, "192.0.2.7 port=99 loopback=false"),
                                    ({"PROTO": "SSL", "SSLREMOTEIP": "192.0.2.8"}, "192.0.2.8 port=0 loopback=false"),
                                    ({"PROTO": "SSL", "TCPREMOTEIP": "192.0.2.9"}, "192.0.2.9 port=0 loopback=false"),
                                    ({"PROTO": "TCP6", "TCP6REMOTEIP": "2001:db8::1"}, "IPv6:2001:db8::1 port=0 loopback=false"),
                                    ({"PROTO": "TCP", "TCPREMOTEIP": "::ffff:127.0.0.1"}, "127.0.0.1 port=0 loopback=true"),
                                    ({"PROTO": "UNIX"}, "local port=0 loopback=true"), ({}, "local port=0 loopback=true"),
                                    ({"TCPREMOTEIP": "192.0.2.7"}, "192.0.2.7 port=0 loopback=false"),
                                    ({"REMOTE_HOST": "192.0.2.7", "REMOTE_PORT": "9"}, "192.0.2.7 port=9 loopback=false"),  # stunnel
                                    ({"SOCAT_PEERADDR": "[2001:db8::1]"}, "IPv6:2001:db8::1 port=0 loopback=false")]:
            with self.subTest(variables):
                done = subprocess.run([BIN / "greeter"], input=b"QUIT\r\n", capture_output=True, check=True, env={**os.environ, **variables})
                self.assertTrue(done.stdout.decode().startswith(f"220 address={expected} "), done.stdout)

    def test_a_peer_that_is_not_told_properly_is_no_local_one(self):
        for variables in [{"PROTO": "TCP"}, {"PROTO": "TCP", "TCPREMOTEIP": "unknown"}, {"PROTO": "SSL", "SSLREMOTEIP": "127.1"},
                          {"REMOTE_HOST": "a.name.example"}]:
            with self.subTest(variables):
                done = subprocess.run([BIN / "greeter"], input=b"", capture_output=True, env={**os.environ, **variables}, check=False)
                self.assertEqual((done.returncode, done.stdout), (78, b""))
                self.assertIn(b"greeter: ", done.stderr)

    def test_a_socket_knows_better_than_variables(self):
        where("tcpserver")
        self.wait_for_port(self.start("tcpserver", "-R", "-H", "-l", "0", "127.0.0.1", self.port, "env", "TCPREMOTEIP=192.0.2.7", self.site.bin / "greeter"))
        self.assert_two_at_a_time()


class SystemdTest(StarterTest):
    def activate(self, *arguments):
        return self.start(where("systemd-socket-activate"), "-E", "MAILPIPE_CONFIG", *arguments, as_user=True)

    def test_accept_no(self):
        self.wait_for_port(self.activate("-l", f"127.0.0.1:{self.port}", self.site.bin / "greeter"))
        self.assert_two_at_a_time()

    def test_accept_no_with_several_sockets(self):
        path, other = self.site.dir / "socket", free_port()
        server = self.activate("-l", f"127.0.0.1:{self.port}", "-l", f"127.0.0.1:{other}", "-l", path, self.site.bin / "greeter")
        self.wait_for_port(server)
        self.assert_two_at_a_time()
        self.assert_two_at_a_time(other)
        with Peer(str(path)) as peer:
            self.assert_greeter(peer, "local")
            self.assertIn(f" uid={os.geteuid()} ", peer.greeting)

    def test_accept_yes_on_standard_input(self):
        self.wait_for_port(self.activate("-l", f"127.0.0.1:{self.port}", "--accept", "--inetd", self.site.bin / "greeter"))
        self.assert_two_at_a_time()

    def test_accept_yes_on_descriptor_3(self):
        self.wait_for_port(self.activate("-l", f"127.0.0.1:{self.port}", "--accept", self.site.bin / "greeter"))
        self.assert_two_at_a_time()

    def test_sockets_meant_for_another_process_are_left_alone(self):
        done = subprocess.run([BIN / "greeter"], input=b"QUIT\r\n", capture_output=True, check=True,
                              env={**os.environ, "LISTEN_FDS": "1", "LISTEN_PID": "1"})
        self.assertTrue(done.stdout.startswith(b"220 address=local "))

    def test_descriptors_that_are_no_sockets_are_an_error(self):
        done = subprocess.run(["sh", "-c", 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" 3</dev/null', BIN / "greeter"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 78)
        self.assertEqual(done.stderr, b"greeter: LISTEN_FDS: descriptor 3 is no stream socket\n")

    def test_readiness_is_told(self):
        path = self.site.dir / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(path))
            path.chmod(0o777)
            manager.settimeout(20)
            server = self.start(self.site.bin / "greeter", "--listen", f"127.0.0.1:{self.port}", as_user=True,
                                env={**self.site.environment(), "NOTIFY_SOCKET": str(path)})
            self.assertEqual(manager.recv(100), b"READY=1")
            self.assertTrue(self.is_bound(server, self.port))
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(manager.recv(100), b"STOPPING=1")

    def test_units_are_sound(self):
        where("systemd-analyze")
        units = self.site.dir / "units"
        shutil.copytree(EXAMPLES / "systemd", units, ignore=shutil.ignore_patterns("*.conf"))
        for unit in units.glob("*.service"):
            text = unit.read_text()
            program = re.search(r"^ExecStart=.*/usr/local/bin/(\w+)", text, re.M)[1]
            self.assertIn(program, ("smtpd", "imapd", "pop3d", "sendmail", "sendq"))
            unit.write_text(text.replace(f"/usr/local/bin/{program}", "/bin/true"))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", *map(str, sorted(units.iterdir()))], capture_output=True, text=True, check=False,
                              env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"})
        complaints = [line for line in done.stderr.splitlines() if "mailpipe" in line]
        self.assertEqual(complaints, [])


class ListenTest(StarterTest):
    def test_several_addresses_and_a_path(self):
        path, other = self.site.dir / "socket", free_port()
        server = self.start(self.site.bin / "greeter", "--listen", f"127.0.0.1:{self.port}", "--listen", f"127.0.0.1:{other}",
                            "--listen", f"unix:{path}", as_user=True)
        self.wait_for_port(server, other)
        self.assert_two_at_a_time()
        self.assert_two_at_a_time(other)
        with Peer(str(path)) as peer:
            self.assert_greeter(peer, "local")
        self.assertEqual(server.stop(), 0)
        self.assertFalse(path.exists())

    def test_a_port_that_is_taken_is_a_temporary_error(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", self.port))
            taken.listen()
            done = self.site.run("greeter", "--listen", f"127.0.0.1:{self.port}", check=False)
        self.assertEqual(done.returncode, 75)
        self.assertEqual(done.stderr.decode(), f"greeter: listen on 127.0.0.1:{self.port}: Address already in use\n")

    def test_an_address_that_can_not_be_meant_is_a_configuration_error(self):
        self.assertEqual(self.site.run("greeter", "--listen", "localhost:25", check=False).returncode, 78)

    def test_a_killed_parent_leaves_a_path_that_its_successor_replaces(self):
        path = self.site.dir / "socket"
        for number in (signal.SIGKILL, signal.SIGTERM):
            server = self.start(self.site.bin / "greeter", "--listen", f"unix:{path}", as_user=True)
            wait_for(lambda: server.answers(str(path)), what="the socket")
            second = self.site.run("greeter", "--listen", f"unix:{path}", check=False)
            self.assertEqual(second.returncode, 75, second.stderr)
            server.stop(number)

    def test_a_new_server_takes_over_while_old_sessions_go_on(self):
        command = [self.site.bin / "greeter", "--listen", f"127.0.0.1:{self.port}"]
        old = self.start(*command, as_user=True)
        self.wait_for_port(old)
        with Peer(("127.0.0.1", self.port)) as peer:
            old.process.send_signal(signal.SIGTERM)
            wait_for(lambda: not self.is_bound(old, self.port), what="the port to be free")
            self.wait_for_port(self.start(*command, as_user=True))
            self.assertEqual(peer.say("old"), "250 old")
            self.assert_two_at_a_time()
        self.assertEqual(old.stop(), 0)

    def test_sighup_to_all_of_them_reloads_and_ends_no_session(self):
        server = self.start(self.site.bin / "greeter", "--listen", f"127.0.0.1:{self.port}", as_user=True, start_new_session=True)
        self.wait_for_port(server)
        with Peer(("127.0.0.1", self.port)) as peer:
            os.killpg(server.pid, signal.SIGHUP)
            wait_for(lambda: "event=reloaded" in server.text(), what="the reload")
            self.assertEqual(peer.say("still here"), "250 still here")


class ProxyTest(StarterTest):
    def test_haproxy(self):
        haproxy, front = where("haproxy"), free_port()
        server = self.start(self.site.bin / "greeter", "--listen", f"127.0.0.1:{self.port}", "--proxies", "127.0.0.1", as_user=True)
        conf = self.site.dir / "haproxy.cfg"
        conf.write_text(f"defaults\n mode tcp\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n"
                        f"listen smtp\n bind 127.0.0.1:{front}\n server a 127.0.0.1:{self.port} send-proxy-v2 source 127.0.0.1\n")
        self.wait_for_port(server)
        self.wait_for_port(self.start(haproxy, "-db", "-f", conf), front)
        with Peer(("127.0.0.1", front)) as peer:
            self.assert_greeter(peer)
            self.assertIn(f" port={peer.socket.getsockname()[1]} ", peer.greeting)

    def test_a_proxy_speaks_for_others(self):
        server = self.start(self.site.bin / "greeter", "--listen", f"127.0.0.1:{self.port}", "--proxies", "127.0.0.0/8", "--max-per-client", "1", as_user=True)
        self.wait_for_port(server)
        block = socket.inet_pton(socket.AF_INET6, "2001:db8::7") + socket.inet_pton(socket.AF_INET6, "::1") + struct.pack("!HH", 99, 25)
        header = b"\r\n\r\n\0\r\nQUIT\n\x21\x21" + struct.pack("!H", len(block)) + block
        with Peer(("127.0.0.1", self.port), header) as one, Peer(("127.0.0.1", self.port), header + b"early\r\n") as two:
            self.assert_greeter(one, "IPv6:2001:db8::7", "false")
            self.assertEqual(two.line(), "250 early")


class RealServersTest(StarterTest):
    """smtpd, imapd, pop3d and deliver --lmtp by every starter: they greet, and say good-bye."""

    def starters(self, program, *arguments):
        bound = f"127.0.0.1:{self.port}"
        conf = self.site.dir / "inetd.conf"
        conf.write_text(f"{bound} stream tcp nowait.6000 {self.user} {program} {program.name} --config {self.site.config} {' '.join(arguments)}\n")
        activate = [where("systemd-socket-activate"), "-E", "MAILPIPE_CONFIG", "-l", bound]
        uid, gid = str(self.site.uid), str(self.site.gid)
        drop = ["-u", uid, "-g", gid] if os.geteuid() == 0 else []
        yield "inetd", [where("inetd"), "-i", conf], False
        yield "tcpserver", [where("tcpserver"), "-R", "-H", "-l", "0", *drop, "127.0.0.1", str(self.port), program, *arguments], False
        yield "systemd, Accept=no", [*activate, program, *arguments], True
        yield "systemd, Accept=yes", [*activate, "--accept", "--inetd", program, *arguments], True
        yield "systemd, Accept=yes, descriptor 3", [*activate, "--accept", program, *arguments], True
        yield "--listen", [program, "--listen", bound, *arguments], True

    def assert_served(self, tool, greeting, good_bye, *arguments, end="QUIT"):
        for name, command, as_user in self.starters(self.site.bin / tool, *arguments):
            with self.subTest(name):
                server = self.start(*command, as_user=as_user)
                self.wait_for_port(server)
                with Peer(("127.0.0.1", self.port)) as one, Peer(("127.0.0.1", self.port)) as two:
                    for peer in (one, two):
                        self.assertTrue(peer.greeting.startswith(greeting), peer.greeting)
                    self.assertTrue(one.say(end).startswith(good_bye))
                    while one.line():  # IMAP has one more
                        pass
                    self.assertTrue(two.say(end).startswith(good_bye))
                server.stop()

    def test_smtpd(self):
        self.assert_served("smtpd", "220 ", "221 ")

    def test_imapd(self):
        self.assert_served("imapd", "* OK [CAPABILITY IMAP4rev1 ", "* BYE", end="a LOGOUT")

    def test_pop3d(self):
        self.assert_served("pop3d", "+OK", "+OK")

    def test_deliver(self):
        self.assert_served("deliver", "220 ", "221 ", "--lmtp")


class RootTest(StarterTest):
    """Run by root, the code that talks to a stranger is somebody less; the parent stays, to read the key again."""

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("skipped: not root")

    @staticmethod
    def ids(pid):
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
        return [set(re.search(rf"^{name}:(.*)$", text, re.M)[1].split()) for name in ("Uid", "Gid", "Groups")]

    def test_smtpd_becomes_the_spool_s_owner(self):
        self.site.key.chmod(0o600)
        os.chown(self.site.key, 0, 0)
        self.site.spool.mkdir()
        self.site.give(self.site.spool)
        server = self.start(self.site.bin / "smtpd", "--listen", f"127.0.0.1:{self.port}")
        self.wait_for_port(server)
        for _ in range(2):
            with Peer(("127.0.0.1", self.port)) as peer:
                self.assertTrue(peer.greeting.startswith("220 "))
                (child,) = pathlib.Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
                uid, gid = str(self.site.uid), str(self.site.gid)
                self.assertEqual(self.ids(child), [{uid}, {gid}, {gid}])
                peer.say("EHLO x")
                while peer.line().startswith("250-"):
                    pass
                self.assertTrue(peer.say("STARTTLS").startswith("220 "))
            wait_for(lambda: not pathlib.Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(), what="its end")
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: "event=reloaded" in server.text(), what="the reload")
        self.assertEqual(self.ids(server.pid)[0], {"0"})

    def test_smtpd_refuses_to_start_with_a_spool_that_is_root_s(self):
        self.site.spool.mkdir()
        done = subprocess.run([self.site.bin / "smtpd"], input=b"QUIT\r\n", capture_output=True, check=False, env=self.site.environment())
        self.assertEqual((done.returncode, done.stdout), (78, b""))
        self.assertIn(b"smtpd: the spool is root's", done.stderr)


class CronTest(StarterTest):
    def test_example(self):
        lines = [line for line in (EXAMPLES / "cron/mailpipe").read_text().splitlines() if line and not line.startswith("#")]
        self.assertEqual(lines[:-1], ["PATH=/usr/local/bin:/usr/bin:/bin", "MAILTO=root"])
        times, user, command = re.fullmatch(r"((?:\S+\s+){5})(\S+)\s+(.*)", lines[-1]).groups()
        self.assertEqual((times.split(), user), (["*"] * 5, "root"))
        if not (self.site.bin / "sendq").exists():
            self.skipTest("skipped: no sendq yet")
        environment = {"PATH": f"{self.site.bin}:/usr/bin:/bin", "MAILPIPE_CONFIG": str(self.site.config), "HOME": "/", "SHELL": "/bin/sh"}
        done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=False, **{**self.site.as_user(), "env": environment})
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))  # what it says is mailed, each minute


class LimitTest(StarterTest):
    def test_over_the_limit_comes_the_refusal_and_each_end_makes_room(self):
        server = self.start(self.site.bin / "greeter", "--listen", f"127.0.0.1:{self.port}", "--max-per-client", "3", as_user=True)
        self.wait_for_port(server)
        peers = [Peer(("127.0.0.1", self.port)) for _ in range(3)]
        with Peer(("127.0.0.1", self.port)) as fourth:
            self.assertEqual(fourth.greeting, "421 too many connections")
            self.assertEqual(fourth.line(), "")
        with peers.pop() as one:
            one.say("QUIT")

        def welcome():
            with Peer(("127.0.0.1", self.port)) as peer:
                return peer.greeting.startswith("220 ")
        wait_for(welcome, what="room")
        for peer in peers:
            self.assertEqual(peer.say("x"), "250 x")
            peer.close()

    def test_two_hundred_connections_by_twenty_clients(self):
        server = self.start(self.site.bin / "greeter", "--listen", f"127.0.0.1:{self.port}", "--max-per-client", "500", as_user=True)
        self.wait_for_port(server)
        wrong = []

        def talk():
            for _ in range(10):
                with Peer(("127.0.0.1", self.port)) as peer:
                    if not peer.greeting.startswith("220 ") or peer.say("x") != "250 x":
                        wrong.append(peer.greeting)
        threads = [threading.Thread(target=talk) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        wait_for(lambda: not pathlib.Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(), what="the children to end")


if __name__ == "__main__":
    unittest.main()
