# SPDX-License-Identifier: ISC
"""Each lint finds what it is there for, in a small tree made for it, and nothing in a clean one."""
import pathlib
import tempfile
import unittest

import capabilities
import events
import layers
import manuals
import names
import options
import references
import scripts
import sizes

LAYERS = "# table\n0 base:\n1 io: base\n2 io/fast: base io\n6 tools: *\nonly openssl/: io\n"


class LintTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def complaints(self, check):
        return list(check(self.root))

    def assert_complains(self, check, *words):
        found = self.complaints(check)
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])


class Layers(LintTest):
    def setUp(self):
        super().setUp()
        self.write("lib/LAYERS", LAYERS)

    def test_allowed_includes_pass(self):
        self.write("lib/io/a.cpp", '#include "io/a.hpp"\n#include "base/b.hpp"\n#include <openssl/ssl.h>\n#include <string>\n')
        self.write("tools/smtpd.cpp", '#include "io/a.hpp"\n#include "site.hpp"\n')
        self.assertEqual(self.complaints(layers.check), [])

    def test_an_include_of_a_higher_layer_fails(self):
        self.write("lib/base/a.cpp", '  # include "io/b.hpp"\n')
        self.assert_complains(layers.check, "lib/base/a.cpp", "io/b.hpp")

    def test_a_folder_in_a_folder_is_one_by_itself(self):
        self.write("lib/io/fast/a.cpp", '#include "io/fast/a.hpp"\n#include "io/b.hpp"\n')
        self.assertEqual(self.complaints(layers.check), [])
        self.write("lib/io/a.cpp", '#include "io/fast/a.hpp"\n')
        self.assert_complains(layers.check, "lib/io/a.cpp", "io may not include io/fast")

    def test_a_foreign_header_outside_its_folder_fails(self):
        self.write("tools/smtpd.cpp", "#include <openssl/ssl.h>\n")
        self.assert_complains(layers.check, "openssl/ssl.h", "io only")

    def test_a_folder_without_a_layer_fails(self):
        self.write("lib/utils/a.cpp", "")
        self.assert_complains(layers.check, "utils is not in lib/LAYERS")

    def test_an_include_that_is_not_from_the_root_fails(self):
        self.write("lib/io/a.cpp", '#include "a.hpp"\n')
        self.assert_complains(layers.check, "from the root")


class Sizes(LintTest):
    def setUp(self):
        super().setUp()
        self.write("tools/CMakeLists.txt", "set(MAILPIPE_TOOLS\n    smtpd)\n")

    def test_a_tool_has_120_lines(self):
        self.write("tools/smtpd.cpp", "\n" * 120)
        self.assertEqual(self.complaints(sizes.check), [])
        self.write("tools/smtpd.cpp", "\n" * 121)
        self.assert_complains(sizes.check, "tools/smtpd.cpp: 121 lines")

    def test_a_source_has_400_lines(self):
        self.write("lib/io/a.cpp", "\n" * 400)
        self.write("tools/site.cpp", "\n" * 400)
        self.assertEqual(self.complaints(sizes.check), [])
        self.write("lib/io/a.cpp", "\n" * 401)
        self.assert_complains(sizes.check, "lib/io/a.cpp: 401 lines")


class Names(LintTest):
    SPDX = "SPDX-License-Identifier: ISC\n"

    def test_what_begins_with_the_licence_passes(self):
        self.write("lib/a.cpp", "// " + self.SPDX)
        self.write("man/a.1", '.\\" ' + self.SPDX)
        self.write("tests/run", "#!/bin/sh\n# " + self.SPDX)
        self.write(".ci/run", "#!/bin/sh\n# " + self.SPDX)
        self.assertEqual(self.complaints(names.check), [])

    def test_a_missing_licence_fails(self):
        for name, text in (("lib/a.hpp", "#pragma once\n"), ("tests/run", "#!/bin/sh\ntrue\n"), ("tests/a.py", "")):
            self.write(name, text)
            self.assert_complains(names.check, name, "SPDX")
            (self.root / name).unlink()

    def test_empty_words_fail(self):
        for name in ("lib/utils/a", "lib/io/string_helpers", "lib/misc", "tests/session-manager"):
            self.write(name, "")
            self.assert_complains(names.check, name)
            (self.root / name).unlink()

    def test_the_top_level_stays_as_it_is(self):
        self.write("src/a", "")
        self.assert_complains(names.check, "src/a", "top level")


class References(LintTest):
    def setUp(self):
        super().setUp()
        self.write("man/mailpipe.7", ".It RFC 5321 Ta yes\n")
        self.root = self.root / "project"  # with the RFCs beside it
        self.write("man/mailpipe.7", ".It RFC 5321 Ta yes\n")
        self.write("../shared/data/rfc/rfc5321.txt", "4.5.2.  Transparency\n\n   text 4.5.3. in a line\n")

    def test_the_one_spelling_passes_over_a_line_end_too(self):
        self.write("lib/a.cpp", "// RFC 5321 section 4.5.2, RFC 5321\n/// section 4.5.2\n[rfc5321-4.5.2] RFC822.SIZE\n")
        self.assertEqual(self.complaints(references.check), [])

    def test_other_spellings_fail(self):
        for text in ("RFC5321", "RFC 5321 Section 4.5.2", "RFC 5321, sec. 4", "rfc 5321", "\u00a7 4.5.2", "RFC-5321"):
            self.write("lib/a.cpp", f"// {text}\n")
            self.assert_complains(references.check, "lib/a.cpp:1", "not spelt")

    def test_an_rfc_outside_the_table_fails(self):
        for text in ("RFC 9999", "RFC 9999 section 1", "[rfc9999-1]"):
            self.write("tests/a.cpp", f"\n// {text}\n")
            self.assert_complains(references.check, "tests/a.cpp:2", "9999")

    def test_a_section_that_does_not_exist_fails(self):
        for text in ("RFC 5321 section 4.5.3", "[rfc5321-4.5.3]", "RFC 5321\n// section 4.5.3"):
            self.write("lib/a.cpp", f"// {text}\n")
            self.assert_complains(references.check, "no section 4.5.3")


class Scripts(LintTest):
    def test_a_careless_script_fails(self):
        self.write("tests/run", "#!/bin/sh\nrm $1\n")
        self.assert_complains(scripts.check, "tests/run", "shellcheck")

    def test_broken_python_fails(self):
        self.write("tests/a.py", "def f(:\n")
        self.assert_complains(scripts.check, "tests/a.py")

    def test_completions_for_another_tool_fail(self):
        self.write("completions/bash/smtpd", "complete -W '--tls' smptd\n")
        self.assert_complains(scripts.check, "completions/bash/smtpd")
        (self.root / "completions/bash/smtpd").unlink()
        self.write("completions/zsh/_smtpd", "#compdef smptd\n_arguments '--tls'\n")
        self.assert_complains(scripts.check, "completions/zsh/_smtpd")
        (self.root / "completions/zsh/_smtpd").unlink()
        self.write("completions/fish/smtpd.fish", "complete -c smptd -l tls\n")
        self.assert_complains(scripts.check, "completions/fish/smtpd.fish")


class Events(LintTest):
    def setUp(self):
        super().setUp()
        self.write("man/mailpipe.7", ".Sh LOG\n.It Ic received\n.It Ic refused\n.It Ic failed\n.Sh STANDARDS\n.It Ic x\n")
        self.write("lib/a.cpp", 'LogLine line{reply.is_positive() ? "received" : "refused"};\n'
                                'event_names[] = {"failed", "notified"};\n')

    def test_what_agrees_passes(self):
        self.assertEqual(self.complaints(events.check), [])

    def test_an_event_that_the_manual_does_not_tell_fails(self):
        for text in ('LogLine("new").write();', 'LogLine line{"new"};', 'log_line(session, "new")'):
            self.write("lib/b.cpp", text)
            self.assert_complains(events.check, "lib/b.cpp", "new")

    def test_an_event_that_nothing_logs_fails(self):
        self.write("lib/a.cpp", 'LogLine("received"); LogLine("refused");')
        self.assert_complains(events.check, "failed")


class Capabilities(LintTest):
    def setUp(self):
        super().setUp()
        self.write("lib/imap/session/capabilities.cpp", '    {"IDLE", always},\n    {"SASL-IR", before_login},\n')
        self.write_manuals("IDLE Ta RFC 2177 Ta now", "SASL-IR Ta RFC 4959 Ta yes")

    def write_manuals(self, *items, standard="RFC 2177 Ta yes"):
        table = "".join(f".It {item}\n" for item in items)
        self.write("man/imapd.8", f".Sh CAPABILITIES\n.It Sy name\n{table}.Sh LIMITS\n.It X Ta RFC 1\n")
        self.write("man/mailpipe.7", f".Sh STANDARDS\n.It {standard} Ta it\n")

    def test_what_agrees_passes(self):
        self.assertEqual(self.complaints(capabilities.check), [])

    def test_one_that_the_manual_does_not_tell_fails(self):
        self.write_manuals("IDLE Ta RFC 2177 Ta now")
        self.assert_complains(capabilities.check, "SASL-IR is missing")

    def test_one_that_is_not_offered_fails(self):
        self.write_manuals("IDLE Ta RFC 2177 Ta now", "SASL-IR Ta RFC 4959 Ta yes", "MOVE Ta RFC 6851 Ta it")
        self.assert_complains(capabilities.check, "MOVE is no capability")

    def test_one_that_the_standards_deny_fails(self):
        self.write_manuals("IDLE Ta RFC 2177 Ta now", "SASL-IR Ta RFC 4959 Ta yes", standard="RFC 2177 Ta no")
        self.assert_complains(capabilities.check, "IDLE of RFC 2177")


class Manuals(LintTest):
    PAGE = ('.\\" SPDX\n.Dd November 21, 2026\n.Dt SMTPD 8\n.Os\n.Sh NAME\n.Nm smtpd\n.Nd receive\n'
            ".Sh DESCRIPTION\nText.\n.Sh SEE ALSO\n.Xr users {}\n")

    def setUp(self):
        super().setUp()
        self.write("tools/CMakeLists.txt", "set(MAILPIPE_TOOLS smtpd)\n")
        self.write("man/CMakeLists.txt", "foreach(page smtpd.8 users.5)\n")
        self.write("man/users.5", self.PAGE.format(5).replace("users 5", "passwd 5").replace("SMTPD 8", "USERS 5"))
        self.write("man/smtpd.8", self.PAGE.format(5))

    def test_a_page_passes(self):
        self.assertEqual(self.complaints(manuals.check), [])

    def test_wrong_mdoc_fails(self):
        self.write("man/smtpd.8", self.PAGE.format(5) + ".El\n")
        self.assert_complains(manuals.check, "man/smtpd.8", "El")

    def test_a_reference_to_another_section_fails(self):
        self.write("man/smtpd.8", self.PAGE.format(1))
        self.assert_complains(manuals.check, "users is not in section 1")

    def test_a_page_that_is_missing_or_not_installed_fails(self):
        self.write("tools/CMakeLists.txt", "set(MAILPIPE_TOOLS smtpd sendq)\n")
        self.assert_complains(manuals.check, "man/sendq: missing")
        self.write("tools/CMakeLists.txt", "set(MAILPIPE_TOOLS smtpd)\n")
        self.write("man/CMakeLists.txt", "foreach(page users.5)\n")
        self.assert_complains(manuals.check, "man/smtpd.8: not installed")


class Options(LintTest):
    def setUp(self):
        super().setUp()
        self.write("tools/CMakeLists.txt", "set(MAILPIPE_TOOLS smtpd)\n")
        self.write("bin/smtpd", "#!/bin/sh\nprintf '  -h,--help  x\\n  --hostname NAME  x\\n  --tls  like --submission\\n'\n")
        (self.root / "bin/smtpd").chmod(0o755)
        self.write("lib/cli/known_keys.cpp", 'site_keys[] = {"hostname"};\ntools[] = {"smtpd"};\n')
        self.write("man/mailpipe.conf.5", ".It Ic hostname\n")
        self.write("man/smtpd.8", ".It Fl -hostname Ar NAME\n.It Fl t , Fl -tls\n")
        self.write("completions/bash/smtpd", "--help --hostname --tls")
        self.write("completions/zsh/_smtpd", "'--help[x]' '--hostname[x]' '--tls[x]'")
        self.write("completions/fish/smtpd.fish", "complete -c smtpd -l help -l hostname -s t -l tls\n")

    def check(self, root):
        return options.check(root, root / "bin")

    def test_what_agrees_passes(self):
        self.assertEqual(self.complaints(self.check), [])

    def test_a_missing_option_fails_everywhere(self):
        for name, text in (("man/smtpd.8", ".It Fl -hostname\n"), ("completions/bash/smtpd", "--help --hostname"),
                           ("completions/zsh/_smtpd", "--help --hostname"),
                           ("completions/fish/smtpd.fish", "complete -c smtpd -l help -l hostname")):
            before = (self.root / name).read_text()
            self.write(name, text)
            self.assert_complains(self.check, name, "--tls is missing")
            self.write(name, before)

    def test_an_option_that_is_gone_fails(self):
        self.write("man/smtpd.8", ".It Fl -hostname\n.It Fl -tls\n.It Fl -gone\n")
        self.assert_complains(self.check, "man/smtpd.8: --gone is no option")

    def test_site_keys_are_the_same_in_source_and_manual(self):
        self.write("man/mailpipe.conf.5", "")
        self.assert_complains(self.check, "man/mailpipe.conf.5", "hostname")
        self.write("man/mailpipe.conf.5", ".It Ic hostname\n.It Ic gone\n")
        self.assert_complains(self.check, "known_keys.cpp", "gone")

    def test_a_site_key_is_an_option_of_some_tool(self):
        self.write("lib/cli/known_keys.cpp", 'site_keys[] = {"hostname", "tlx"};\ntools[] = {"smtpd"};\n')
        self.write("man/mailpipe.conf.5", ".It Ic hostname\n.It Ic tlx\n")
        self.assert_complains(self.check, "tlx is no option of any tool")


if __name__ == "__main__":
    unittest.main()
