# SPDX-License-Identifier: ISC
"""sendq sends to Postfix's smtp-sink, which refuses or breaks off where it is told to: a server that nobody here has written."""
import os
import pathlib
import socket
import subprocess
import sys
import unittest

from mailsite import free_port, wait_for
from remote_site import Remote

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
from harness import debian  # noqa: E402

# options: event, what the reply has
FAULTS = {
    (): ("relayed", "250"),
    ("-8",): ("relayed", "250"),
    ("-p",): ("relayed", "250"),
    ("-E",): ("relayed", "250"),
    ("-e",): ("relayed", "250"),  # HELO only
    ("-r", "mail"): ("deferred", "450"),
    ("-f", "mail"): ("failed", "500"),
    ("-r", "rcpt"): ("deferred", "450"),
    ("-f", "rcpt"): ("failed", "500"),
    ("-r", "data"): ("deferred", "450"),
    ("-f", "data"): ("failed", "500"),
    ("-r", "."): ("deferred", "450"),
    ("-f", "."): ("failed", "500"),
    ("-f", "ehlo"): ("relayed", "250"),  # by HELO
    ("-r", "connect"): ("deferred", "450"),
    ("-f", "connect"): ("deferred", "500"),  # the host may let us in tomorrow
    ("-q", "connect"): ("deferred", "4.4.2"),
    ("-q", "ehlo"): ("deferred", "4.4.2"),
    ("-q", "mail"): ("deferred", "4.4.2"),
    ("-q", "rcpt"): ("deferred", "4.4.2"),
    ("-q", "data"): ("deferred", "4.4.2"),
    ("-q", "."): ("deferred", "4.4.2"),
    ("-w", "1"): ("relayed", "250"),  # before the reply to DATA
    ("-A", "1"): ("failed", "550"),  # reads nothing of the text, refuses a second later and closes
}
LARGE = "Subject: large\n\n" + ("x" * 70 + "\n") * 100_000


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Sink(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            cls.tree, _ = debian.unpacked("postfix", "postfix")
        except (OSError, subprocess.SubprocessError) as error:
            raise unittest.SkipTest(f"skipped: Debian's Postfix can't be downloaded: {error}") from error

    def sink(self, *options):
        port = free_port()
        process = subprocess.Popen([self.tree / "usr/sbin/smtp-sink", "-u", "nobody", *options, f"127.0.0.1:{port}", "100"],
                                   env={"LD_LIBRARY_PATH": f"{self.tree}/usr/lib/postfix"}, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return port

    @unittest.skipUnless(os.geteuid() == 0, "skipped: smtp-sink's -u needs root")
    def test_each_fault_is_the_outcome_of_its_message(self):
        ports = {f"sink{number}.example": self.sink(*options) for number, options in enumerate(FAULTS)}
        for port in ports.values():
            wait_for(lambda port=port: is_listening(port), what="smtp-sink")
        with Remote(routes=[f"{domain} smtp:[127.0.0.1]:{port} tls=none" for domain, port in ports.items()]) as site:
            for domain in ports:
                site.put(f"user@{domain}", text=LARGE)
            outcomes = site.run_once()
            for domain, (options, (event, reply)) in zip(ports, FAULTS.items()):
                with self.subTest(options=options):
                    outcome = outcomes[f"user@{domain}"]
                    self.assertEqual(outcome.event, event, outcome)
                    self.assertIn(reply, f"{outcome.code} {outcome.text}")


if __name__ == "__main__":
    unittest.main()
