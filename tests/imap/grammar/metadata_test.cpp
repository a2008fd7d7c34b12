// SPDX-License-Identifier: ISC
#include "imap/grammar/metadata.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::GetMetadataRequest;
using imap::SetMetadataRequest;
using imap::Utf8;
using Depth = imap::GetMetadataRequest::Depth;

TEST_CASE("GETMETADATA has options in front or behind, one entry or several", "[imap][rfc5464-4.2]") {
    struct Case { std::string_view line; GetMetadataRequest request; };
    const auto c = GENERATE(values<Case>({
        {"a GETMETADATA \"\" /shared/comment", {"", {"/shared/comment"}, {}, Depth::entry}},
        {"a GETMETADATA inbox (/shared/comment /Private/Comment)", {"INBOX", {"/shared/comment", "/private/comment"}, {}, Depth::entry}},
        {"a GETMETADATA \"INBOX\" (MAXSIZE 1024) (/shared/comment /private/comment)", {"INBOX", {"/shared/comment", "/private/comment"}, 1024, Depth::entry}},
        {"a GETMETADATA (MAXSIZE 1024 DEPTH infinity) INBOX /private/a", {"INBOX", {"/private/a"}, 1024, Depth::infinity}},
        {"a GETMETADATA (DEPTH 1) INBOX /private/a", {"INBOX", {"/private/a"}, {}, Depth::children}},
        {"a GETMETADATA INBOX (DEPTH 0) /private/a", {"INBOX", {"/private/a"}, {}, Depth::entry}},
        {"a GETMETADATA INBOX /private/a /shared/b", {"INBOX", {"/private/a", "/shared/b"}, {}, Depth::entry}},
        {"a GETMETADATA INBOX ({10}\r\n/private/a \"/shared/b\")", {"INBOX", {"/private/a", "/shared/b"}, {}, Depth::entry}},
    }));
    CAPTURE(c.line);
    CHECK(imap::parse_get_metadata(command(c.line), Utf8::off).value() == c.request);
}

TEST_CASE("SETMETADATA has values of any octets, or none", "[imap][rfc5464-4.3]") {
    using namespace std::string_view_literals;
    struct Case { std::string_view line; SetMetadataRequest request; };
    const auto c = GENERATE(values<Case>({
        {"a SETMETADATA INBOX (/private/comment \"x\")", {"INBOX", {{"/private/comment", "x"}}}},
        {"a SETMETADATA \"\" (/private/a NIL /shared/b {3}\r\na\r\n)", {"", {{"/private/a", std::nullopt}, {"/shared/b", "a\r\n"}}}},
        {"a SETMETADATA INBOX (/private/a ~{3}\r\na\0b)"sv, {"INBOX", {{"/private/a", std::string("a\0b", 3)}}}},
    }));
    CHECK(imap::parse_set_metadata(command(c.line), Utf8::off).value() == c.request);
}

TEST_CASE("What is no GETMETADATA or SETMETADATA is BAD", "[imap][rfc5464-4.2]") {
    const auto line = GENERATE(values<std::string_view>({
        "a GETMETADATA", "a GETMETADATA INBOX", "a GETMETADATA INBOX ()", "a GETMETADATA INBOX (DEPTH 2) /private/a", "a GETMETADATA INBOX (DEPTH 1)",
        "a GETMETADATA INBOX (FOO 1) /private/a", "a GETMETADATA INBOX (MAXSIZE) /private/a", "a GETMETADATA (MAXSIZE 1)", "a GETMETADATA INBOX (/private/a) x",
    }));
    CAPTURE(line);
    CHECK_FALSE(imap::parse_get_metadata(command(line), Utf8::off));
    CHECK_FALSE(imap::parse_set_metadata(command("a SETMETADATA INBOX ()"), Utf8::off));
    CHECK_FALSE(imap::parse_set_metadata(command("a SETMETADATA INBOX (/private/a)"), Utf8::off));
    CHECK_FALSE(imap::parse_set_metadata(command("a SETMETADATA INBOX (/private/a b)"), Utf8::off));
}
