// SPDX-License-Identifier: ISC
#include "view/safe_name.hpp"

#include "support/catch.hpp"

using namespace mailpipe::view;

TEST_CASE("a stranger's file name stays in its directory and harms no terminal", "[view][rfc2183-2.3]") {
    struct Case { std::string name, safe; };
    const auto c = GENERATE(values<Case>({
        {"report.pdf", "report.pdf"},
        {"\xc3\x9c" "bersicht 1.pdf", "\xc3\x9c" "bersicht 1.pdf"},
        {"../../etc/passwd", "passwd"},
        {"C:\\WINDOWS\\evil.exe", "evil.exe"},
        {"/", ""},
        {"..", "_."},
        {".bashrc", "_bashrc"},
        {"-rf", "_rf"},
        {"  a b \t", "a b"},
        {std::string("a\0b\nc\x1b[2J", 9), "a_b_c_[2J"},
        {"x\xff\xc2\x9by", "x__y"},
        {"cod\xe2\x80\xaegpj.exe", "cod_gpj.exe"},
        {"a\xe2\x81\xa6" "b", "a_b"},
        {"", ""},
    }));
    CAPTURE(c.name);
    CHECK(safe_name(c.name) == c.safe);
}

TEST_CASE("a long name is cut between two characters and keeps its extension", "[view]") {
    CHECK(safe_name(std::string(max_name_octets, 'x')).size() == max_name_octets);
    CHECK(safe_name(std::string(max_name_octets + 1, 'x')).size() == max_name_octets);
    const auto cut = safe_name(std::string(300, 'x') + ".pdf");
    CHECK(cut == std::string(max_name_octets - 4, 'x') + ".pdf");
    std::string wide = "x";
    for (int i = 0; i < 200; ++i) wide += "\xc3\xa4";
    CHECK(safe_name(wide).size() == max_name_octets - 1);
    CHECK(safe_name("a." + std::string(300, 'e')).size() == max_name_octets);  // that is no extension
}

TEST_CASE("a number stands before the extension", "[view]") {
    CHECK(numbered_name("a.tar.gz", 2) == "a.tar-2.gz");
    CHECK(numbered_name("a", 12) == "a-12");
    CHECK(numbered_name("_bashrc", 2) == "_bashrc-2");
}
