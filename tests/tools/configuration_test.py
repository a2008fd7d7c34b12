# SPDX-License-Identifier: ISC
"""Where the configuration comes from when nobody names it: /etc/mailpipe/mailpipe.conf, if it is there."""
import subprocess
import unittest

from mailsite import Site

DEFAULT = "/etc/mailpipe/mailpipe.conf"


class DefaultConfigurationTest(unittest.TestCase):
    def list_queue(self, error, *args):
        """sendq --list where opening the default configuration gives that error, and an empty spool."""
        with Site(tls=False) as site:
            user = site.as_user()
            del user["env"]["MAILPIPE_CONFIG"]
            user["env"]["ASAN_OPTIONS"] = "detect_leaks=0"
            strace = ["strace", "-o", site.dir / "strace", "-P", DEFAULT, "-e", f"inject=all:error={error}"]
            done = subprocess.run([*strace, site.bin / "sendq", "--spool", site.spool, *args, "--list"], capture_output=True,
                                  check=False, **user)
            return done.returncode, done.stderr.decode(), DEFAULT in (site.dir / "strace").read_text()

    def test_it_may_be_missing(self):
        for error in ("ENOENT", "ENOTDIR"):
            self.assertEqual(self.list_queue(error), (0, "", True))

    def test_what_may_not_be_looked_for_is_not_missing(self):
        self.assertEqual(self.list_queue("EACCES"), (78, f"sendq: open {DEFAULT}: Permission denied\n", True))
        self.assertEqual(self.list_queue("EIO")[0], 75)

    def test_none_is_not_the_default_one(self):
        self.assertEqual(self.list_queue("EACCES", "--config", ""), (0, "", False))


if __name__ == "__main__":
    unittest.main()
