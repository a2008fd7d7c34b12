# SPDX-License-Identifier: ISC
"""mxlookup against real name servers: where mail goes, what is wrong with that, one domain or thousands."""
import json
import os
import pty
import subprocess
import time
import unittest

from dns_site import DnsSite, SilentServer
from mailsite import BIN

MXLOOKUP = BIN / "mxlookup"
ZONE = """
two MX 20 mx2
two MX 10 mx1
mx1 A 192.0.2.1
mx1 AAAA 2001:db8::1
mx2 A 192.0.2.2
plain A 192.0.2.9
www CNAME plain
null MX 0 .
mixed MX 0 .
mixed MX 10 mx1
empty TXT "nothing for mail"
alias MX 10 www
addr MX 10 192.0.2.1.
gone MX 10 nowhere
inside MX 10 private
private A 192.168.1.1
loop1 CNAME loop2
loop2 CNAME loop1
xn--bcher-kva MX 5 mx1
whole MX 10 sender
sender A 192.0.2.50
whole TXT "v=spf1 mx " "-all"
_dmarc.whole TXT "v=DMARC1; p=reject; rua=mailto:d@whole.example"
_mta-sts.whole TXT "v=STSv1; id=1"
_smtp._tls.whole TXT "v=TLSRPTv1; rua=mailto:t@whole.example"
ed._domainkey.whole TXT "v=DKIM1; k=ed25519; p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
""" + "".join(f"wide MX {n} {name}\n{name} A 192.0.2.{n}\n" for n in range(1, 100) for name in [f"a-rather-long-name-for-a-mail-host-{n}"])
REVERSE = "50 PTR sender.example.\n1 PTR mx2.example.\n"
SIGNED = "@ MX 10 mx\n_25._tcp.mx TLSA 3 1 1 " + "ab" * 32 + "\nmx A 192.0.2.7\nbogus MX 10 mx\nbogus2 MX 10 bad\nbad A 192.0.2.8\n"


class Mxlookup(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        zone = ZONE + "".join(f"d{n} MX 10 mx{n % 2 + 1}\n" for n in range(3000))
        cls.dns = DnsSite({"example": zone, "broken": None, "2.0.192.in-addr.arpa": REVERSE}, signed={"signed.example": SIGNED},
                          spoil=lambda text: text.replace("192.0.2.8", "192.0.2.88"))

    @classmethod
    def tearDownClass(cls):
        cls.dns.close()

    def run_mxlookup(self, *args, input="", status=0, server=None, **popen):
        command = [MXLOOKUP, "--resolver", server or self.dns.server, *args]
        done = subprocess.run(command, input=input, capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "MAILPIPE_CONFIG": ""}, **popen)
        self.told = done.stderr
        self.assertNotIn("Sanitizer", done.stderr)
        self.assertEqual(done.returncode, status, f"{args}\n{done.stdout}{done.stderr}")
        return done.stdout

    def objects(self, *args, **options):
        return [json.loads(line) for line in self.run_mxlookup("--json", *args, **options).splitlines()]

    def test_mx_in_the_order_of_tries(self):
        self.assertEqual(self.run_mxlookup("two.example"), """two.example: 2 MX hosts
     10 mx1.example  2001:db8::1  192.0.2.1
     20 mx2.example  192.0.2.2
""")

    def test_every_kind_of_route(self):
        for name, kind, status in [("two.example", "mx", 0), ("plain.example", "implicit-mx", 0), ("www.example", "implicit-mx", 0),
                                   ("null.example", "null-mx", 68), ("empty.example", "no-mail-host", 68),
                                   ("gone.example", "no-mail-host", 68), ("nothing.example", "no-such-domain", 68),
                                   ("[192.0.2.1]", "literal", 0), ("192.0.2.1", "literal", 0),
                                   ("any.broken", "failed", 75), ("elsewhere.test", "failed", 75), ("addr.example", "no-mail-host", 68)]:
            with self.subTest(name):
                self.assertEqual(self.objects(name, status=status)[0]["kind"], kind)

    def test_failures_are_told_apart(self):
        for name, trouble in [("any.broken", "SERVFAIL"), ("elsewhere.test", "REFUSED"), ("loop1.example", "a CNAME loop")]:
            with self.subTest(name):
                self.assertEqual(self.objects(name, status=75)[0]["trouble"], f"MX of {name}: {trouble}")

    def test_a_silent_server_is_a_result(self):
        with SilentServer() as silent:
            begin = time.monotonic()
            found = self.objects("--timeout", "1", "--tries", "2", "a.example", "[192.0.2.1]", status=75, server=silent.server)
        self.assertEqual([one["kind"] for one in found], ["failed", "literal"])
        self.assertEqual(found[0]["trouble"], "MX of a.example: timed out")
        self.assertLess(time.monotonic() - begin, 10)

    def test_what_is_wrong_with_an_mx(self):
        for name, findings, status in [("alias.example", ["alias"], 0), ("addr.example", ["address-as-name"], 68),
                                       ("gone.example", ["no-such-host"], 68), ("inside.example", ["private-address"], 0)]:
            with self.subTest(name):
                self.assertEqual(self.objects(name, status=status)[0]["hosts"][0]["findings"], findings)
        self.assertEqual(self.objects("mixed.example")[0]["findings"], ["null-mx-among-hosts"])

    def test_international_domains_and_addresses(self):
        for name in ("b\u00fccher.example", "someone@B\u00dcCHER.example", "xn--bcher-kva.example."):
            with self.subTest(name):
                found = self.objects(name)[0]
                self.assertEqual((found["query"], found["domain"]), (name, "xn--bcher-kva.example"))

    def test_what_does_not_fit_comes_over_tcp(self):
        found = self.objects("wide.example")[0]
        self.assertEqual(len(found["hosts"]), 99)
        self.assertEqual([host["preference"] for host in found["hosts"]], list(range(1, 100)))

    def test_validated_answers_and_bogus_ones(self):
        found = self.objects("signed.example", server=self.dns.validating)[0]
        self.assertTrue(found["authentic"] and found["hosts"][0]["authentic"])
        self.assertFalse(self.objects("two.example", server=self.dns.validating)[0]["authentic"])
        self.assertFalse(self.objects("signed.example")[0]["authentic"])  # nsd does not validate
        bogus = self.objects("bogus2.signed.example", server=self.dns.validating, status=75)[0]
        self.assertEqual((bogus["kind"], bogus["hosts"][0]["findings"]), ("failed", ["lookup-failed"]))
        self.assertIn(", validated by DNSSEC", self.run_mxlookup("signed.example", server=self.dns.validating))

    def test_the_rest_of_the_set_up(self):
        self.assertEqual(self.run_mxlookup("--check", "--selectors", "ed", "whole.example"), """whole.example: 1 MX host
     10 sender.example  192.0.2.50
   good spf whole.example: who is not listed is refused
        v=spf1 mx -all
   good dmarc whole.example: forged mail is to be refused
        v=DMARC1; p=reject; rua=mailto:d@whole.example
   good dkim ed._domainkey.whole.example: an Ed25519 key
        v=DKIM1; k=ed25519; p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
   good mta-sts whole.example: there is a policy at https://mta-sts.whole.example/.well-known/mta-sts.txt (not fetched)
        v=STSv1; id=1
   good tls-rpt whole.example: reports go to mailto:t@whole.example
        v=TLSRPTv1; rua=mailto:t@whole.example
   note tlsa sender.example: none: no DANE
   good ptr 192.0.2.50: sender.example, which leads back
""")

    def test_checks_for_programs_and_their_exit_status(self):
        checks = self.objects("--check", "[192.0.2.1]", status=1)[0]["checks"]
        self.assertEqual(checks, [{"check": "ptr", "name": "192.0.2.1", "verdict": "bad",
                                   "words": "mx2.example, which does not lead back"}])
        self.objects("--check", "--selectors", "none", "whole.example", status=1)
        self.assertIn("unknown", [one["verdict"] for one in self.objects("--check", "[203.0.113.1]", status=75)[0]["checks"]])
        self.assertEqual(self.objects("--check", "nothing.example", status=68)[0]["checks"], [])

    def test_dane_needs_a_resolver_that_validates(self):
        for server, verdict, status in [(self.dns.validating, "good", 0), (self.dns.server, "bad", 1)]:
            checks = self.objects("--check", "signed.example", server=server, status=status)[0]["checks"]
            self.assertEqual([one["verdict"] for one in checks if one["check"] == "tlsa"], [verdict])

    def test_scripts_get_hosts_only(self):
        self.assertEqual(self.run_mxlookup("-q", "two.example"), "mx1.example\nmx2.example\n")
        self.assertEqual(self.run_mxlookup("--quiet", "null.example", status=68), "")

    def test_thousands_in_their_order(self):
        names = [f"d{n}.example" for n in range(3000)]
        found = self.objects(input="\n".join(names))
        self.assertEqual([one["domain"] for one in found], names)
        self.assertEqual({one["hosts"][0]["addresses"][-1] for one in found}, {"192.0.2.1", "192.0.2.2"})
        unordered = self.objects("--unordered", input="\n".join(names))
        self.assertEqual(sorted(one["domain"] for one in unordered), sorted(names))

    def test_wrong_lines_are_told_and_stop_nothing(self):
        out = self.run_mxlookup("-q", input="two.example\na..b\n\nplain.example", status=65)
        self.assertEqual(out, "mx1.example\nmx2.example\nplain.example\n")
        self.assertEqual(self.told, "mxlookup: line 2: 'a..b' is no domain: a label is empty\nmxlookup: not a domain: 1 of 3\n")

    def test_an_answer_comes_before_the_next_question(self):
        with subprocess.Popen([MXLOOKUP, "-q", "--resolver", self.dns.server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                              bufsize=1, env={**os.environ, "MAILPIPE_CONFIG": ""}) as process:
            for _ in range(2):
                process.stdin.write("plain.example\n")
                self.assertEqual(process.stdout.readline(), "plain.example\n")
            process.stdin.close()
            self.assertEqual(process.wait(20), 0)

    def test_a_closed_standard_input_is_told(self):
        done = subprocess.run(["sh", "-c", f"exec {MXLOOKUP} --resolver {self.dns.server} <&-"], stderr=subprocess.PIPE, text=True, timeout=20)
        self.assertEqual((done.returncode, done.stderr), (75, "mxlookup: read standard input: Bad file descriptor\n"))

    def test_a_rate_is_kept(self):
        begin = time.monotonic()
        self.run_mxlookup("--rate", "20", *["null.example"] * 30, status=68)
        self.assertGreater(time.monotonic() - begin, 1.3)

    def test_progress_on_a_terminal(self):
        ours, theirs = pty.openpty()
        command = [MXLOOKUP, "-q", "--rate", "20", "--resolver", self.dns.server, *["null.example"] * 40]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs,
                                   env={**os.environ, "MAILPIPE_CONFIG": ""})
        os.close(theirs)
        screen = b""
        try:
            while piece := os.read(ours, 4096):
                screen += piece
        except OSError:  # the other side is closed
            pass
        os.close(ours)
        self.assertEqual(process.wait(20), 68)
        self.assertRegex(screen.decode(), r"\r\d+ domains, \d+ a second, 0 not known\x1b\[K")
        self.assertIn("\r\x1b[Kmxlookup: without a mail host: 40 of 40", screen.decode())

    def test_wrong_usage_and_configuration(self):
        for args, status in [(["--json", "-q", "a"], 64), (["--in-flight", "0", "a"], 64), (["--in-flight", "4097", "a"], 64),
                             (["--tries", "0", "a"], 64), (["--tries", "11", "a"], 64), (["--rate", "x", "a"], 64),
                             (["--check", "-q", "a"], 64),
                             (["--selectors", "s", "a"], 64), (["--check", "--selectors", "a b", "a"], 64), (["--timeout", "0", "a"], 64),
                             (["--no-such-option"], 64), (["a b"], 65)]:
            with self.subTest(args):
                self.run_mxlookup(*args, status=status)
        self.run_mxlookup("a", server="localhost:53", status=78)
        self.assertEqual(self.told, "mxlookup: resolver: address 'localhost:53': "
                         "'localhost' is not an IP address (names are not looked up)\n")

    def test_an_option_that_would_not_be_used_is_told(self):
        for args, told in [(["--port", "25"], "--port goes with --connect"), (["--port=2525"], "--port goes with --connect"),
                           (["--connect-timeout", "1s"], "--connect-timeout goes with --connect"),
                           (["--hostname", "here.example"], "--hostname goes with --connect"),
                           (["--tls-trust", "/etc/ssl/certs"], "--tls-trust goes with --connect"),
                           (["--check", "--port", "25"], "--port goes with --connect"),
                           (["--selectors", "s"], "--selectors goes with --check"), (["--selectors="], "--selectors goes with --check")]:
            with self.subTest(args):
                self.run_mxlookup(*args, "two.example", status=64)
                self.assertEqual(self.told, f"mxlookup: {told}\n")
        self.run_mxlookup("--", "--port", status=75)  # a domain that nobody has

    def test_a_key_of_the_configuration_may_go_unused(self):
        config = self.dns.dir / "unused.conf"
        config.write_text(f'''hostname = "here.example"
tls-trust = "/nowhere"
resolver = "{self.dns.server}"
[mxlookup]
port = 2525
connect-timeout = "5s"
selectors = "s1"
''')
        done = subprocess.run([MXLOOKUP, "--config", config, "plain.example"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_resolver_of_the_configuration(self):
        config = self.dns.dir / "mailpipe.conf"
        config.write_text(f'resolver = "{self.dns.server}"\n[mxlookup]\nquiet = true\n')
        done = subprocess.run([MXLOOKUP, "--config", config, "plain.example"], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "plain.example\n")


if __name__ == "__main__":
    unittest.main()
