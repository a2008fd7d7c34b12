// SPDX-License-Identifier: ISC
#include "imap/grammar/id.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::IdFields;

TEST_CASE("ID is NIL or names with values", "[imap][rfc2971-3]") {
    struct Case { std::string_view line; IdFields fields; std::string_view sent; };
    const auto c = GENERATE(values<Case>({
        {"a ID NIL", {}, "NIL"},
        {"a id nil", {}, "NIL"},
        {"a ID ()", {}, "NIL"},
        {"a ID (\"name\" \"x y\" \"os\" NIL)", {{"name", "x y"}, {"os", std::nullopt}}, "(\"name\" \"x y\" \"os\" NIL)"},
        {"a ID ({4}\r\nname {1}\r\nx)", {{"name", "x"}}, "(\"name\" \"x\")"},
    }));
    CAPTURE(c.line);
    CHECK(imap::parse_id(command(c.line)).value() == c.fields);
    std::string out;
    imap::append_id(out, c.fields);
    CHECK(out == c.sent);
}

TEST_CASE("What is no ID is BAD", "[imap][rfc2971-3]") {
    const auto line = GENERATE(values<std::string_view>({"a ID", "a ID x", "a ID (\"a\")", "a ID (\"a\" b)", "a ID (\"a\" \"b\"", "a ID NIL NIL", "a ID (NIL)"}));
    CAPTURE(line);
    CHECK_FALSE(imap::parse_id(command(line)));
}

TEST_CASE("Of an ID max_id_fields fields are kept", "[imap]") {
    std::string line = "a ID (\"a\" \"b\"";
    for (int i = 0; i < 100; ++i) line += " \"a\" \"b\"";
    line += ")";
    CHECK(imap::parse_id(command(line)).value().size() == imap::max_id_fields);
}
