# SPDX-License-Identifier: ISC
"""cmake --install puts everything where Debian looks for it: `man smtpd` and Tab work, each tool runs."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from mailsite import BIN, ROOT


class InstallTest(unittest.TestCase):
    def test_every_tool_with_manual_and_completions(self):
        with tempfile.TemporaryDirectory() as directory:
            prefix = pathlib.Path(directory)
            subprocess.run(["cmake", "--install", BIN.parent, "--prefix", prefix], check=True, capture_output=True)
            tools = sorted(path.name for path in (prefix / "bin").iterdir())
            self.assertIn("smtpd", tools)
            for tool in tools:
                with self.subTest(tool):
                    self.check(prefix, tool)
            pages = {path.name for path in (prefix / "share/man").rglob("*.[1-8]")}
            self.assertEqual(pages, {path.name for path in (ROOT / "man").glob("*.[1-8]")})

    def check(self, prefix, tool):
        environment = {**os.environ, "MAILPIPE_CONFIG": ""}
        subprocess.run([prefix / "bin" / tool, "--version"], check=True, capture_output=True, env=environment)
        for name in (f"bash-completion/completions/{tool}", f"zsh/vendor-completions/_{tool}",
                     f"fish/vendor_completions.d/{tool}.fish"):
            self.assertTrue((prefix / "share" / name).is_file(), name)
        self.assertEqual(len(list((prefix / "share/man").glob(f"man*/{tool}.[1-8]"))), 1)


if __name__ == "__main__":
    unittest.main()
