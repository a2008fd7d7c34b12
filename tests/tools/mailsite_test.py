# SPDX-License-Identifier: ISC
"""The scratch site itself: what other tests rely on without a mail tool being there."""
import os
import stat
import subprocess
import unittest

from mailsite import Site, free_port, parse_logfmt, wait_for


class SiteTest(unittest.TestCase):
    def test_logfmt_values_come_back_as_they_were(self):
        self.assertEqual(parse_logfmt(r'ts=2026-11-21T20:53:22Z tool=smtpd event=refused reply="550 5.1.1 \"x\\y\" \x0a" n=1'),
                         {"ts": "2026-11-21T20:53:22Z", "tool": "smtpd", "event": "refused",
                          "reply": '550 5.1.1 "x\\y" \n', "n": "1"})
        self.assertEqual(parse_logfmt('event=x empty="" next=y'), {"event": "x", "empty": "", "next": "y"})

    def test_everything_belongs_to_who_runs_the_tools(self):
        with Site() as site:
            for path in (site.dir, site.key, site.users, site.home("bob")):
                self.assertEqual(path.stat().st_uid, site.uid, path)
            self.assertEqual(stat.S_IMODE(site.key.stat().st_mode), 0o600)
            self.assertNotEqual(site.uid, 0)
            who = subprocess.run(["id", "-u"], capture_output=True, check=True, **site.as_user()).stdout
            self.assertEqual(int(who), site.uid)

    def test_the_certificate_is_good_for_localhost(self):
        with Site() as site:
            for check in (["-verify_hostname", "localhost"], ["-verify_ip", "127.0.0.1"]):
                subprocess.run(["openssl", "verify", "-CAfile", site.cert, *check, site.cert], check=True,
                               capture_output=True)

    def test_nothing_is_left(self):
        with Site() as site:
            directory = site.dir
        self.assertFalse(os.path.exists(directory))

    def test_waiting_has_an_end(self):
        with self.assertRaises(AssertionError):
            wait_for(lambda: False, timeout=0.02)
        self.assertGreater(free_port(), 1024)


if __name__ == "__main__":
    unittest.main()
