# SPDX-License-Identifier: ISC
"""README's one-liners, each run in a scratch site as it stands there; and every file that README names is there."""
import re
import subprocess
import unittest

from mailsite import ROOT, Site

README = (ROOT / "README.md").read_text()


def one_liners():
    block = re.search(r"## Five one-liners\n\n[^`]*`[^`]*`[^`]*```sh\n(.*?)```", README, re.DOTALL)[1]
    return [line for line in block.splitlines() if line and not line.startswith("#")]


class ReadmeTest(unittest.TestCase):
    def test_the_one_liners_do_what_they_say(self):
        server, queue, reader, disks, size = one_liners()
        with Site(passwords={"alice": "other", "bob": "secret"}) as site:
            def run(line):
                environment = {**site.environment(), "HOME": str(site.home("alice"))}
                done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, timeout=60, check=False,
                                      **{**site.as_user(), "env": environment})
                self.assertEqual(done.returncode, 0, f"{line}\n{done.stdout}\n{done.stderr}")
                return done.stdout.decode()

            self.assertRegex(run(server), r"\n250 2\.\S+ [^\n]*\n221 2.0.0")
            self.assertRegex(run(queue), r"^event=delivered .*id=\S+ .*delay=[\d.]+\n$")
            text = run(reader)
            self.assertIn("\r\nSubject: tea\r\n\r\nNow?\r\n.\r\n", text)
            run(disks)
            path, = site.messages("alice")
            self.assertIn(b"Subject: disks\n\nFilesystem ", path.read_bytes())
            self.assertEqual(run(size), f"{path.stat().st_size} octets\n")

    def test_what_it_links_to_is_there(self):
        for name in re.findall(r"\]\(([\w./@-]+)\)", README):
            self.assertTrue((ROOT / name).exists(), name)


if __name__ == "__main__":
    unittest.main()
