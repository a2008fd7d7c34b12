// SPDX-License-Identifier: ISC
#include "imap/grammar/string.hpp"

#include "support/catch.hpp"

using namespace mailpipe::imap;

TEST_CASE("a string is quoted where it may be, else a literal", "[imap][rfc3501-4.3]") {
    struct Case { std::string text, sent; };
    const auto c = GENERATE(values<Case>({
        {"", "\"\""},
        {"a b", "\"a b\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\x01\x7f\t", "\"\x01\x7f\t\""},
        {"a\nb", "{3}\r\na\nb"},
        {"a\r", "{2}\r\na\r"},
        {"\xc3\xa4", "{2}\r\n\xc3\xa4"},
        {std::string("a\0b", 3), "{3}\r\na?b"},
        {std::string(max_quoted_octets, 'x'), "\"" + std::string(max_quoted_octets, 'x') + "\""},
        {std::string(max_quoted_octets + 1, 'x'), "{1001}\r\n" + std::string(max_quoted_octets + 1, 'x')},
    }));
    std::string out = "(";
    append_string(out, c.text);
    CHECK(out == "(" + c.sent);
}

TEST_CASE("no string is NIL", "[imap][rfc3501-4.5]") {
    std::string out;
    append_nstring(out, {});
    append_nstring(out, "");
    CHECK(out == "NIL\"\"");
}
