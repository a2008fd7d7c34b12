# SPDX-License-Identifier: ISC
"""cmake --install, and a Debian package, put everything where Debian looks for it: `man smtpd` and Tab work, each tool runs, a
site can begin."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from mailsite import BIN, NOBODY, ROOT

RELEASE = ROOT / "build/release"
TOOLS = [path.name for path in (ROOT / "completions/bash").iterdir()]


def install(directory, prefix):
    """The whole of it below directory, as it would be below / with that prefix."""
    subprocess.run(["cmake", "--install", BIN.parent, "--prefix", prefix], check=True, capture_output=True,
                   env={**os.environ, "DESTDIR": str(directory)})
    return pathlib.Path(directory) / prefix.lstrip("/")


def build_to_pack():
    """The preset release's build if all is there, else the one under test: for programs with sanitizers dpkg-shlibdeps
    takes half a minute."""
    if not all((RELEASE / "bin" / tool).exists() for tool in TOOLS):
        return BIN.parent
    output_of("cmake", RELEASE)
    return RELEASE


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def first_site():
    """The lines of README's section."""
    block = re.search(r"## A first site\n\n```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    return block.splitlines()


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def check(self, prefix, zsh):
        """All that should stand below the prefix. zsh: the directory of its completions."""
        tools = sorted(path.name for path in (prefix / "bin").iterdir())
        self.assertIn("smtpd", tools)
        for tool in tools:
            with self.subTest(tool):
                self.check_tool(prefix, tool, zsh)
        pages = {path.name for path in (prefix / "share/man").rglob("*.[1-8]")}
        self.assertEqual(pages, {path.name for path in (ROOT / "man").glob("*.[1-8]")})
        documents = prefix / "share/doc/mailpipe"
        self.assertEqual((documents / "copyright").read_text(), (ROOT / "LICENSE").read_text())
        self.assertTrue(os.access(documents / "examples/filters/bogofilter", os.X_OK))
        self.assertTrue((prefix / "lib/systemd/system/mailpipe-smtpd.socket").is_file())

    def check_tool(self, prefix, tool, zsh):
        environment = {**os.environ, "MAILPIPE_CONFIG": ""}
        subprocess.run([prefix / "bin" / tool, "--version"], check=True, capture_output=True, env=environment)
        for name in (f"bash-completion/completions/{tool}", f"zsh/{zsh}/_{tool}", f"fish/vendor_completions.d/{tool}.fish"):
            self.assertTrue((prefix / "share" / name).is_file(), name)
        self.assertEqual(len(list((prefix / "share/man").glob(f"man*/{tool}.[1-8]"))), 1)


class LinkingTest(unittest.TestCase):
    def test_a_program_needs_nothing_but_glibc(self):
        """Nothing of a version that differs between hosts, few pages to relocate; and yet at random addresses."""
        programs = [RELEASE / "bin" / tool for tool in TOOLS]
        if not all(program.exists() for program in programs):
            self.skipTest("skipped: preset release is not built")
        for program in programs:
            text = output_of("readelf", "--wide", "--file-header", "--dynamic", program)
            self.assertIn("DYN (Position-Independent Executable file)", text)
            self.assertIn("BIND_NOW", text)
            self.assertLessEqual(set(re.findall(r"\(NEEDED\).*\[(.*)\]", text)), {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"})


class InstallTest(Case):
    def test_every_tool_with_manual_and_completions(self):
        self.check(install(self.dir, "/usr/local"), "site-functions")

    def test_zsh_looks_where_its_completions_are(self):
        if not shutil.which("zsh"):
            self.skipTest("skipped: no zsh")
        looked = subprocess.run(["zsh", "-fc", "print -l $fpath"], capture_output=True, text=True, check=True).stdout.splitlines()
        for number, prefix in enumerate(("/usr", "/usr/local")):
            directory = self.dir / str(number)
            install(directory, prefix)
            found, = directory.rglob("_smtpd")
            self.assertIn("/" + str(found.parent.relative_to(directory)), looked)

    def test_what_starts_a_tool_has_its_path(self):
        for prefix in ("/usr", "/usr/local", "/opt/mailpipe"):
            directory = self.dir / prefix.replace("/", "_")
            installed = install(directory, prefix)
            services = sorted((installed / "lib/systemd/system").glob("*.service"))
            self.assertEqual({path.name for path in services}, {path.name for path in (ROOT / "examples/systemd").glob("*.service")})
            examples = installed / "share/doc/mailpipe/examples"
            for path in (*services, *(examples / "inetd").iterdir(), *(examples / "tcpserver").iterdir()):
                programs = re.findall(r"(/\S+/(?:imapd|smtpd|pop3d|sendmail|sendq))\b", path.read_text())
                self.assertEqual({os.path.dirname(program) for program in programs}, {f"{prefix}/bin"}, path)

    def test_a_first_site(self):
        """README's lines below a scratch root, but for what systemd itself does; then a message."""
        for program in ("systemd-sysusers", "systemd-tmpfiles"):
            if os.geteuid() != 0 or not shutil.which(program):
                self.skipTest(f"skipped: not root, or no {program}")
        self.dir.chmod(0o755)
        prefix = install(self.dir, "/usr/local")
        (self.dir / "etc").mkdir()
        lines = first_site()
        self.assertEqual(lines[0], "sudo cmake --install build/release")
        units = re.findall(r"mailpipe-\w+\.\w+", lines[-1])
        self.assertTrue(lines[-1].startswith("sudo systemctl enable --now ") and units)
        for unit in units:
            self.assertTrue((prefix / "lib/systemd/system" / unit).is_file(), unit)
        script = "\n".join(lines[1:-2]).replace("/etc/", f"{self.dir}/etc/")
        script = script.replace("systemd-sysusers", f"systemd-sysusers --root={self.dir}")
        script = script.replace("systemd-tmpfiles --create", f"systemd-tmpfiles --root={self.dir} --create mailpipe.conf")
        home = self.dir / "home/you"
        home.mkdir(parents=True)
        os.chown(home, NOBODY, NOBODY)
        you = f'sudo() {{ "$@"; }}; id() {{ if [ "$1" = -un ]; then echo you; else echo {NOBODY}; fi; }}\n'
        subprocess.run(["bash", "-euc", you + script], check=True, capture_output=True, env={**os.environ, "HOME": str(home)})
        self.send_through(prefix, home)

    def send_through(self, prefix, home):
        etc, spool = self.dir / "etc/mailpipe", self.dir / "var/spool/mailpipe"
        self.assertEqual(oct((etc / "users").stat().st_mode & 0o777), "0o640")
        self.assertEqual((etc / "users").stat().st_gid, spool.stat().st_gid)
        self.assertNotEqual(spool.stat().st_uid, 0)
        environment = {**os.environ, "PATH": f"{prefix}/bin:{os.environ['PATH']}", "MAILPIPE_CONFIG": str(etc / "mailpipe.conf")}
        site = ["--spool", spool, "--users", etc / "users", "--aliases", etc / "aliases"]
        letter = b"HELO me\r\nMAIL FROM:<>\r\nRCPT TO:<you@example.org>\r\nDATA\r\nSubject: first\r\n\r\n.\r\nQUIT\r\n"
        done = subprocess.run([prefix / "bin/smtpd", *site], input=letter, capture_output=True, check=False, env=environment)
        self.assertIn(b"queued as", done.stdout, done.stderr)
        # sendq becomes mailpipe by its name, which only the scratch root's passwd(5) knows.
        mounts = 'for file in passwd group; do mount --bind "$0/etc/$file" "/etc/$file" || exit 77; done; exec "$@"'
        done = subprocess.run(["unshare", "--mount", "sh", "-c", mounts, self.dir, prefix / "bin/sendq", *site],
                              capture_output=True, check=False, env=environment)
        if done.returncode == 77 or done.stderr.startswith(b"unshare:"):
            self.skipTest("skipped: sendq, since nothing can be mounted here")
        self.assertEqual([path.stat().st_uid for path in (home / "Maildir").glob("new/*")], [NOBODY], done.stderr)
        self.assertEqual(done.returncode, 0)


@unittest.skipUnless(shutil.which("dpkg-shlibdeps") and shutil.which("file"), "no dpkg-dev, or no file")
class PackageTest(Case):
    def setUp(self):
        super().setUp()
        output_of("cpack", "--config", build_to_pack() / "CPackConfig.cmake", "-B", self.dir)
        self.package, = self.dir.glob("mailpipe_*.deb")

    def test_the_package_holds_all_and_works(self):
        output_of("dpkg-deb", "-x", self.package, self.dir / "root")
        self.check(self.dir / "root/usr", "vendor-completions")
        for line in output_of("dpkg-deb", "-c", self.package).splitlines():
            mode, owner, _, _, _, name = line.split()[:6]
            self.assertEqual(owner, "root/root", line)
            self.assertRegex(mode, "^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--)$", line)
            self.assertTrue(name.startswith("./usr/"), line)
        output_of("dpkg-deb", "-e", self.package, self.dir / "control")
        self.assertTrue(os.access(self.dir / "control/postinst", os.X_OK))
        self.assertRegex(output_of("dpkg-deb", "-f", self.package, "Depends"), r"libc6 \(>= 2\.\d+\)")


if __name__ == "__main__":
    unittest.main()
