// SPDX-License-Identifier: ISC
#include "imap/grammar/words.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using Words = std::vector<std::string>;

TEST_CASE("Commands without arguments have none", "[imap]") {
    CHECK(imap::parse_no_arguments(command("a NOOP")));
    CHECK(imap::parse_no_arguments(command("a NOOP  ")));
    CHECK(imap::parse_no_arguments(command("a NOOP x")).error().what == "NOOP: too much: 'x'");
    CHECK_FALSE(imap::parse_no_arguments(command("a EXPUNGE 1:*")));
}

TEST_CASE("ENABLE has capabilities, known or not", "[imap][rfc5161-3.1]") {
    CHECK(imap::parse_enable(command("a ENABLE condstore UTF8=ACCEPT X-FOO")).value() == Words{"CONDSTORE", "UTF8=ACCEPT", "X-FOO"});
    CHECK(imap::parse_enable(command("a ENABLE IMAP4rev2 ")).value() == Words{"IMAP4REV2"});
    CHECK_FALSE(imap::parse_enable(command("a ENABLE")));
    CHECK_FALSE(imap::parse_enable(command("a ENABLE (QRESYNC)")));
}

TEST_CASE("COMPRESS has an algorithm", "[imap][rfc4978-3]") {
    CHECK(imap::parse_compress(command("a COMPRESS deflate")).value() == "DEFLATE");
    CHECK_FALSE(imap::parse_compress(command("a COMPRESS")));
    CHECK_FALSE(imap::parse_compress(command("a COMPRESS DEFLATE 9")));
}

TEST_CASE("CANCELUPDATE has tags", "[imap][rfc5267-4.3.2]") {
    CHECK(imap::parse_cancel_update(command("a CANCELUPDATE \"B01\" \"b 2\"")).value() == Words{"B01", "b 2"});
    CHECK_FALSE(imap::parse_cancel_update(command("a CANCELUPDATE")));
    CHECK_FALSE(imap::parse_cancel_update(command("a CANCELUPDATE B01")));
}
