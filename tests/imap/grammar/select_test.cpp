// SPDX-License-Identifier: ISC
#include "imap/grammar/select.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::NumberSet;
using imap::SelectRequest;
using imap::Utf8;

TEST_CASE("SELECT has parameters of CONDSTORE and QRESYNC", "[imap][rfc7162-3.1.8][rfc7162-3.2.5]") {
    struct Case { std::string_view line; SelectRequest request; };
    const auto known = NumberSet::of({{41, 41}, {43, 211}});
    const auto c = GENERATE_COPY(values<Case>({
        {"a SELECT Inbox", {"INBOX", false, {}}},
        {"a EXAMINE \"a b\"", {"a b", false, {}}},
        {"a SELECT {5}\r\ninbox", {"INBOX", false, {}}},
        {"a SELECT x (CONDSTORE)", {"x", true, {}}},
        {"a SELECT x (QRESYNC (67890007 20050715194045000))", {"x", false, imap::Resync{67890007, 20050715194045000, {}, {}, {}}}},
        {"a SELECT x (QRESYNC (1 2 41,43:211))", {"x", false, imap::Resync{1, 2, known, {}, {}}}},
        {"a SELECT x (QRESYNC (1 2 41,43:211 (1:2 5,7)))", {"x", false, imap::Resync{1, 2, known, NumberSet::of({{1, 2}}), NumberSet::of({{5, 5}, {7, 7}})}}},
        {"a SELECT x (QRESYNC (1 2 1:4294967295))", {"x", false, imap::Resync{1, 2, NumberSet::of({{1, 4294967295}}), {}, {}}}},
        {"a SELECT x (QRESYNC (1 2 (1:2 5,7)) CONDSTORE)", {"x", true, imap::Resync{1, 2, {}, NumberSet::of({{1, 2}}), NumberSet::of({{5, 5}, {7, 7}})}}},
    }));
    CAPTURE(c.line);
    CHECK(imap::parse_select(command(c.line), Utf8::off).value() == c.request);
}

TEST_CASE("What is no SELECT is BAD", "[imap][rfc9051-6.3.2]") {
    const auto line = GENERATE(values<std::string_view>({
        "a SELECT", "a SELECT a b", "a SELECT x ()", "a SELECT x (FOO)", "a SELECT x (CONDSTORE", "a SELECT x CONDSTORE", "a SELECT x (QRESYNC)",
        "a SELECT x (QRESYNC (0 1))", "a SELECT x (QRESYNC (1))", "a SELECT x (QRESYNC (1 2 1:*))", "a SELECT x (QRESYNC (1 2 (1:2 5)))",
        "a SELECT x (QRESYNC (1 2 (1:* 5:*)))", "a SELECT x (QRESYNC (1 2 3 ()))", "a SELECT x (QRESYNC (1 2) QRESYNC (1 2))", "a SELECT &AAo-",
        "a SELECT \"x",
    }));
    CAPTURE(line);
    CHECK_FALSE(imap::parse_select(command(line), Utf8::off));
}
