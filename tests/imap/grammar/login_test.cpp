// SPDX-License-Identifier: ISC
#include "imap/grammar/login.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::AuthenticateRequest;
using imap::LoginRequest;

TEST_CASE("LOGIN's arguments are atoms, quoted strings or literals", "[imap][rfc9051-6.2.3]") {
    struct Case { std::string_view line; LoginRequest request; };
    const auto c = GENERATE(values<Case>({
        {"a LOGIN smith sesame", {"smith", "sesame"}},
        {"a LOGIN \"smith@example.org\" \"se\\\"sa\\\\me\"", {"smith@example.org", "se\"sa\\me"}},
        {"a LOGIN {5}\r\nalice {3}\r\nabc", {"alice", "abc"}},
        {"a LOGIN alice {3+}\r\na b", {"alice", "a b"}},
        {"a LOGIN NIL \"\"", {"NIL", ""}},
        {"a LOGIN alice p]ss ", {"alice", "p]ss"}},
    }));
    CAPTURE(c.line);
    CHECK(imap::parse_login(command(c.line)).value() == c.request);
}

TEST_CASE("No error of LOGIN shows a password", "[imap]") {
    const auto line = GENERATE(values<std::string_view>({"a LOGIN", "a LOGIN alice", "a LOGIN alice a b", "a LOGIN alice a(b", "a LOGIN alice \"secret", "a LOGIN (a) b", "a LOGIN alice p%ss"}));
    CHECK(imap::parse_login(command(line)).error().what == "LOGIN: two strings or atoms expected");
}

TEST_CASE("AUTHENTICATE may bring a response", "[imap][rfc4959-3]") {
    struct Case { std::string_view line; AuthenticateRequest request; };
    const auto c = GENERATE(values<Case>({
        {"a AUTHENTICATE PLAIN", {"PLAIN", {}}},
        {"a AUTHENTICATE plain ", {"PLAIN", {}}},
        {"a AUTHENTICATE SCRAM-SHA-256 YWJj", {"SCRAM-SHA-256", "abc"}},
        {"a AUTHENTICATE PLAIN =", {"PLAIN", ""}},
    }));
    CAPTURE(c.line);
    CHECK(imap::parse_authenticate(command(c.line)).value() == c.request);
}

TEST_CASE("What is no AUTHENTICATE is BAD, and not shown", "[imap][rfc9051-6.2.2]") {
    const auto line = GENERATE(values<std::string_view>({"a AUTHENTICATE", "a AUTHENTICATE PLAIN secret!", "a AUTHENTICATE PLAIN YWJj YWJj", "a AUTHENTICATE PLAIN(secret", "a AUTHENTICATE (secret)"}));
    CAPTURE(line);
    const auto request = imap::parse_authenticate(command(line));
    REQUIRE_FALSE(request);
    CHECK(request.error().what.find("secret") == std::string::npos);
}
