# SPDX-License-Identifier: ISC
"""Each lint finds what it is there for, in a small tree made for it, and nothing in a clean one."""
import pathlib
import tempfile
import unittest

import layers

LAYERS = "# table\n0 base:\n1 io: base\n6 tools: *\nonly openssl/: io\n"


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

    def test_a_foreign_header_outside_its_folder_fails(self):
        self.write("tools/smtpd.cpp", "#include <openssl/ssl.h>\n")
        self.assert_complains(layers.check, "openssl/ssl.h", "io only")

    def test_a_folder_without_a_layer_fails(self):
        self.write("lib/utils/a.cpp", "")
        self.assert_complains(layers.check, "utils is not in lib/LAYERS")

    def test_an_include_that_is_not_from_the_root_fails(self):
        self.write("lib/io/a.cpp", '#include "a.hpp"\n')
        self.assert_complains(layers.check, "from the root")


if __name__ == "__main__":
    unittest.main()
