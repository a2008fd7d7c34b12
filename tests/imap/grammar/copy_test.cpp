// SPDX-License-Identifier: ISC
#include "imap/grammar/copy.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::Utf8;

TEST_CASE("COPY and MOVE have messages and a mailbox", "[imap][rfc9051-6.4.7]") {
    const auto request = imap::parse_copy(command("a UID MOVE 2:4,* inbox"), Utf8::off).value();
    CHECK(request.mailbox == "INBOX");
    CHECK(request.messages.numbers == imap::parse_sequence_set("2:4,*").value());
    CHECK(imap::parse_copy(command("a COPY $ {1}\r\nx"), Utf8::off).value() == imap::CopyRequest{{true, {}}, "x"});
    CHECK(imap::parse_uid_expunge(command("a UID EXPUNGE 3000:3002")).value().numbers.size() == 3);
}

TEST_CASE("What is no COPY is BAD", "[imap][rfc9051-6.4.7]") {
    const auto line = GENERATE(values<std::string_view>({"a COPY", "a COPY 1", "a COPY 1 ", "a COPY x y", "a COPY 0 x", "a COPY 1 x y", "a COPY $1 x"}));
    CAPTURE(line);
    CHECK_FALSE(imap::parse_copy(command(line), Utf8::off));
    CHECK_FALSE(imap::parse_uid_expunge(command("a UID EXPUNGE")));
    CHECK_FALSE(imap::parse_uid_expunge(command("a UID EXPUNGE 1 2")));
}
