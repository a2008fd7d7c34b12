// SPDX-License-Identifier: ISC
#include "imap/grammar/store.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::StoreRequest;
using Change = imap::StoreRequest::Change;

namespace {

const imap::MessageSet one{false, imap::NumberSet::of({{1, 1}})};

}  // namespace

TEST_CASE("STORE changes flags", "[imap][rfc9051-6.4.6][rfc7162-3.1.3]") {
    struct Case { std::string_view line; StoreRequest request; };
    const auto c = GENERATE(values<Case>({
        {"a STORE 1 FLAGS (\\Seen)", {one, {}, Change::replace, false, {{"\\Seen"}, {}}}},
        {"a STORE 1 FLAGS ()", {one, {}, Change::replace, false, {}}},
        {"a store 1 +flags.silent (\\deleted)", {one, {}, Change::add, true, {{"\\Deleted"}, {}}}},
        {"a STORE 1 -FLAGS $Junk", {one, {}, Change::remove, false, {{"$Junk"}, {}}}},
        {"a STORE 1 -FLAGS.SILENT \\Seen x", {one, {}, Change::remove, true, {{"\\Seen", "x"}, {}}}},
        {"a UID STORE $ +FLAGS \\Seen", {{true, {}}, {}, Change::add, false, {{"\\Seen"}, {}}}},
        {"a STORE 1 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted)", {one, 12121230045, Change::add, true, {{"\\Deleted"}, {}}}},
        {"a STORE 1 (unchangedsince 0) FLAGS ()", {one, 0, Change::replace, false, {}}},
        {"a STORE 1 +FLAGS (\\Recent)", {one, {}, Change::add, false, {{}, {"\\Recent"}}}},
    }));
    CAPTURE(c.line);
    CHECK(imap::parse_store(command(c.line)).value() == c.request);
}

TEST_CASE("What is no STORE is BAD", "[imap][rfc9051-6.4.6]") {
    const auto line = GENERATE(values<std::string_view>({
        "a STORE", "a STORE 1", "a STORE 1 FLAGS", "a STORE 1 FLAGS ", "a STORE 1 FLAG (x)", "a STORE 1 *FLAGS (x)", "a STORE 1 FLAGS.LOUD (x)",
        "a STORE 1 FLAGS (x", "a STORE 1 FLAGS x)", "a STORE 1 () FLAGS (x)", "a STORE 1 (UNCHANGEDSINCE) FLAGS (x)", "a STORE 1 (FOO 1) FLAGS (x)",
        "a STORE 1 (UNCHANGEDSINCE 1 UNCHANGEDSINCE 2) FLAGS (x)", "a STORE 1 (UNCHANGEDSINCE 9223372036854775808) FLAGS (x)", "a STORE 0 FLAGS (x)",
    }));
    CAPTURE(line);
    CHECK_FALSE(imap::parse_store(command(line)));
}
