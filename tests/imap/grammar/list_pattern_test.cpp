// SPDX-License-Identifier: ISC
#include "imap/grammar/list_pattern.hpp"

#include <string>

#include "support/catch.hpp"

using mailpipe::imap::matches_pattern;

TEST_CASE("Wildcards match names, % within a level", "[imap][rfc9051-6.3.9]") {
    struct Case { std::string_view name, pattern; bool matches; };
    const auto c = GENERATE(values<Case>({
        {"a", "a", true}, {"a", "b", false}, {"a", "A", false}, {"a", "", false}, {"", "", true}, {"", "*", true}, {"", "%", true},
        {"a/b", "*", true}, {"a/b", "%", false}, {"a/b", "%/%", true}, {"a/b/c", "%/%", false}, {"a/b/c", "*/%", true}, {"a/b/c", "%/*", true},
        {"a/b", "a*", true}, {"a/b", "a%", false}, {"ab", "a%", true}, {"a", "a%", true}, {"a", "a*", true}, {"a", "a/%", false}, {"a/", "a/%", true},
        {"foo/bar/baz", "*b%", true}, {"foo/bar/baz", "*o/b%", false}, {"foo/bar/baz", "*r/b%", true}, {"aXbXc", "%X%X%", true}, {"aXb", "%X%X%", false},
        {"a/xa/y", "*a%y", false}, {"a/xay", "*a%y", true}, {"ab/ab", "%b/%b", true}, {"aab", "%ab", true}, {"a.b", "%", true}, {"a/b", "**%%/**", true},
        {"INBOX", "inbox", true}, {"INBOX", "InB%", true}, {"INBOX/x", "inbox/x", true}, {"INBOX/x", "inbox/X", false}, {"INBOX", "%nbo%", true},
        {"INBOXES", "inboxes", false}, {"a/INBOX", "a/inbox", false}, {"Entwürfe", "Entw*fe", true}, {"Entwürfe", "Entwü%", true},
    }));
    CAPTURE(c.name, c.pattern);
    CHECK(matches_pattern(c.name, c.pattern, '/') == c.matches);
}

TEST_CASE("No pattern takes long", "[imap]") {
    std::string pattern;
    for (int i = 0; i < 500; ++i) pattern += "*a%";
    CHECK_FALSE(matches_pattern(std::string(2000, 'a') + "b", pattern + "c", '/'));
    pattern.clear();
    for (int i = 0; i < 30'000; ++i) pattern += i % 2 == 0 ? "%*" : "%%";
    for (int i = 0; i < 100; ++i) CHECK_FALSE(matches_pattern("a folder", pattern + "x", '/'));
}
