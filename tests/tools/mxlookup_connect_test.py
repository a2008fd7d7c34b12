# SPDX-License-Identifier: ISC
"""mxlookup --connect against real servers on the loopback: smtpd with one certificate or another, and hosts that misbehave."""
import contextlib
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import threading
import time
import unittest

from authority import Authority
from dns_site import DnsSite
from mailsite import BIN, Site, free_port, wait_for

RIGHT, SELF, EXPIRED, PLAIN, CLOSING, SILENT, GONE, HEARING = (f"127.0.0.{n}" for n in range(11, 19))  # all on one port
ZONE = f"""
right A {RIGHT}
a.pool A {RIGHT}
wrong A {RIGHT}
expired A {EXPIRED}
plain A {PLAIN}
closing A {CLOSING}
silent A {SILENT}
gone A {GONE}
hearing A {HEARING}
dane A {SELF}
spoiled A {SELF}
unusable A {RIGHT}
several MX 20 plain
several MX 10 gone
several MX 30 dane
dead MX 10 gone
dead MX 20 silent
null MX 0 .
"""
TLSA = """
_{port}._tcp.dane TLSA 3 1 1 {digest}
_{port}._tcp.spoiled TLSA 3 1 1 {other}
_{port}._tcp.unusable TLSA 1 1 1 {other}
"""


class Peer:
    """A host that does something with each connection."""

    def __init__(self, address, port, act):
        self.listener = socket.create_server((address, port))
        self.act = act
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                with self.listener.accept()[0] as connection:
                    self.act(connection)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class MxlookupConnect(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port, cls.heard = free_port(), []
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.authority = Authority()
        cls.stack.callback(shutil.rmtree, cls.authority.dir)
        own = cls.authority.self_signed("self")
        tlsa = TLSA.format(port=cls.port, digest=cls.authority.key_digest("self"), other="ab" * 32)
        cls.dns = cls.stack.enter_context(DnsSite({"unsigned.example": ZONE + tlsa}, signed={"signed.example": ZONE + tlsa}))
        cls.site = cls.stack.enter_context(Site(tls=False))
        names = [f"{host}.signed.example" for host in ("right", "*.pool", "unusable")]
        for address, options in [(RIGHT, cls.authority.certificate("right", *names)), (SELF, own), (PLAIN, []),
                                 (EXPIRED, cls.authority.certificate("expired", "expired.signed.example", end="20240201000000Z"))]:
            smtpd = cls.site.start("smtpd", "--listen", f"{address}:{cls.port}", *options)
            wait_for(lambda: smtpd.answers((address, cls.port)), what="smtpd")
        for address, act in [(CLOSING, lambda connection: None), (SILENT, lambda connection: connection.recv(1)), (HEARING, cls.hear)]:
            cls.stack.callback(Peer(address, cls.port, act).close)

    @classmethod
    def hear(cls, connection):
        connection.sendall(b"220 hearing ESMTP\r\n")
        with connection.makefile("rb") as lines:
            for line in lines:
                cls.heard.append(line)
                connection.sendall(b"250-hearing\r\n250 SIZE 1000\r\n" if line.startswith(b"EHLO") else b"250 fine\r\n")

    def run_mxlookup(self, *args, status=0, server=None, trust=None, env=(), **popen):
        command = [BIN / "mxlookup", "--resolver", server or self.dns.validating, "--connect", "--port", str(self.port),
                   "--hostname", "client.example", "--tls-trust", trust or self.authority.ca, *args]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "MAILPIPE_CONFIG": "", **dict(env)}, **popen)
        self.told = done.stderr
        self.assertNotIn("Sanitizer", done.stderr)
        self.assertEqual(done.returncode, status, f"{args}\n{done.stdout}{done.stderr}")
        return done.stdout

    def connection(self, name, **options):
        found = json.loads(self.run_mxlookup("--json", name, **options))
        self.assertEqual((len(found["connections"]), found["left-out"]), (1, 0))
        return found["connections"][0]

    def levels(self, connection):
        return " ".join(connection["mail"][level] for level in ("default", "none", "opportunistic", "encrypted", "verify", "dane"))

    def test_a_ca_of_this_host_vouches_for_a_name(self):
        for name, matched in [("right.signed.example", "right.signed.example"), ("a.pool.signed.example", "*.pool.signed.example")]:
            with self.subTest(name):
                found = self.connection(name)
                self.assertEqual((found["host"], found["address"], found["port"]), (name, RIGHT, self.port))
                self.assertEqual((found["tls"]["proven-by"], found["tls"]["matched"]), ("pkix", matched))
                self.assertEqual(self.levels(found), "tls clear-text tls tls tls none")
                self.assertEqual(found["greeting"]["code"], 220)
                self.assertIn("STARTTLS", found["extensions"])
                self.assertNotIn("STARTTLS", found["tls"]["extensions"])
                self.assertRegex(found["tls"]["description"], "^TLSv1.3 TLS_")
                certificate = found["tls"]["certificate"]
                self.assertEqual((certificate["subject"], certificate["issuer"]), ("CN=right", "CN=Test CA"))
                self.assertEqual((certificate["not-before"], certificate["not-after"]), ("2024-01-01T00:00:00Z", "2099-01-01T00:00:00Z"))
                self.assertGreater(certificate["days-left"], 10000)

    def test_who_cannot_be_known_gets_mail_under_tls_where_nobody_asks(self):
        for name, trouble in [("wrong.signed.example", "hostname mismatch"), ("expired.signed.example", "certificate has expired"),
                              ("dane.unsigned.example", "self-signed certificate")]:
            with self.subTest(name):
                found = self.connection(name)
                self.assertEqual((found["tls"]["proven-by"], found["tls"]["trouble"]), ("none", trouble))
                self.assertEqual(self.levels(found), "tls clear-text tls tls none none")
        self.assertLess(self.connection("expired.signed.example")["tls"]["certificate"]["days-left"], -300)

    def test_without_its_ca_a_right_host_is_nobody(self):
        self.assertEqual(self.connection("right.signed.example", trust="/etc/ssl/certs")["tls"]["proven-by"], "none")

    def test_tlsa_records_decide_where_they_are_validated(self):
        found = self.connection("dane.signed.example")
        self.assertEqual((found["tlsa"], found["tls"]["proven-by"]), ("usable", "dane"))
        self.assertEqual(self.levels(found), "tls clear-text tls tls tls tls")
        spoiled = self.connection("spoiled.signed.example", status=1)
        self.assertEqual((spoiled["tlsa"], spoiled["tls"]["proven-by"]), ("usable", "none"))
        self.assertEqual(self.levels(spoiled), "none clear-text tls none none none")
        unusable = self.connection("unusable.signed.example")
        self.assertEqual((unusable["tlsa"], self.levels(unusable)), ("unusable", "tls clear-text tls tls tls none"))
        self.assertEqual(self.connection("dane.signed.example", server=self.dns.server)["tlsa"], "none")  # nsd does not validate

    def test_a_host_without_tls(self):
        found = self.connection("plain.signed.example")
        self.assertNotIn("STARTTLS", found["extensions"])
        self.assertNotIn("tls", found)
        self.assertEqual(self.levels(found), "clear-text clear-text clear-text none none none")

    def test_hosts_that_misbehave_are_results(self):
        for name, step, trouble, status in [("closing", "greeting", "peer closed the connection", 1),
                                            ("silent", "greeting", "wait for the peer", 1),
                                            ("gone", "connect", f"connect to {GONE}:{self.port}: Connection refused", 75)]:
            with self.subTest(name):
                out = self.run_mxlookup("--json", "--connect-timeout", "1", f"{name}.signed.example", status=status)
                found = json.loads(out)["connections"][0]
                self.assertEqual((found["failed"], self.levels(found)), (step, "none none none none none none"))
                self.assertIn(trouble, found["trouble"])

    def test_a_host_that_is_silent_holds_up_no_other(self):
        begin = time.monotonic()
        found = json.loads(self.run_mxlookup("--json", "--connect-timeout", "2", "dead.signed.example", status=1))["connections"]
        self.assertEqual([one["host"] for one in found], ["gone.signed.example", "silent.signed.example"])
        self.assertLess(time.monotonic() - begin, 10)

    def test_without_threads_hosts_are_talked_to_in_turns(self):
        found = json.loads(self.run_mxlookup("--json", "several.signed.example", env={"ASAN_OPTIONS": "detect_leaks=0"},  # that needs one, too
                                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))))
        self.assertEqual([one.get("failed", "") for one in found["connections"]], ["connect", "", ""])

    def test_every_host_in_the_order_of_tries_for_people(self):
        out = self.run_mxlookup("several.signed.example")
        begin = out.index("connect ")
        self.assertEqual(out[:begin], f"""several.signed.example: 3 MX hosts, validated by DNSSEC
     10 gone.signed.example  {GONE}
        ! an address cannot be reached over the Internet (RFC 6890)
     20 plain.signed.example  {PLAIN}
        ! an address cannot be reached over the Internet (RFC 6890)
     30 dane.signed.example  {SELF}
        ! an address cannot be reached over the Internet (RFC 6890)
""")
        gone, plain, dane = re.split("^connect ", out[begin:], flags=re.M)[1:]
        self.assertIn("Connection refused", gone)
        self.assertIn("        mail in clear text: default, tls=none, tls=opportunistic\n", plain)
        self.assertIn("        identity: proven by a TLSA record (DANE)\n", dane)
        self.assertIn("        mail under TLS: default, tls=opportunistic, tls=encrypted, tls=verify, tls=dane\n", dane)
        self.assertRegex(dane, r"certificate: \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, (29|30) days left\n")

    def test_nothing_but_ehlo_and_quit_is_said(self):
        self.run_mxlookup("hearing.signed.example")
        self.assertEqual(self.heard, [b"EHLO client.example\r\n", b"QUIT\r\n"])

    def test_checks_and_connections_in_one_report(self):
        out = self.run_mxlookup("--check", "dane.signed.example")
        self.assertLess(out.index(" spf dane.signed.example"), out.index("connect dane.signed.example"))
        found = json.loads(self.run_mxlookup("--check", "--json", "null.signed.example", status=68))
        self.assertEqual((found["connections"], bool(found["checks"])), ([], True))

    def test_twenty_domains_at_most_and_no_list(self):
        self.run_mxlookup(*["null.signed.example"] * 20, status=68)
        for args in (["null.signed.example"] * 21, []):
            with self.subTest(len(args)):
                self.run_mxlookup(*args, status=64)
                self.assertEqual(self.told, "mxlookup: --connect takes 1 to 20 domains as arguments\n")

    def test_wrong_usage_and_configuration(self):
        for args in (["-q", "a"], ["-u", "a"], ["--port", "0", "a"], ["--port", "65536", "a"], ["--connect-timeout", "0", "a"]):
            with self.subTest(args):
                self.run_mxlookup(*args, status=64)
        self.run_mxlookup("a", trust="/nowhere", status=78)
        self.assertRegex(self.told, "^mxlookup: tls-trust: /nowhere has no CA certificates")


if __name__ == "__main__":
    unittest.main()
