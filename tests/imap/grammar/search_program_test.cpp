// SPDX-License-Identifier: ISC
#include "imap/grammar/search_program.hpp"

#include "support/catch.hpp"

using namespace mailpipe;
using imap::SearchKey;
using imap::SearchProgram;
using Kind = imap::SearchKey::Kind;

namespace {

Result<SearchProgram> read(std::string_view text, std::string_view charset = {}) {
    imap::Arguments in{"SEARCH", text, imap::Utf8::off};
    auto program = imap::take_search_program(in, charset);
    return in.finish(std::move(program));
}

SearchKey of(Kind kind, std::uint32_t operands) {
    SearchKey key{kind};
    key.operands = operands;
    return key;
}
SearchKey flag(std::string text, bool is_wanted = true) {
    SearchKey key{Kind::flag, is_wanted};
    key.text = std::move(text);
    return key;
}
SearchKey words(Kind kind, std::string text) {
    SearchKey key{kind};
    key.text = std::move(text);
    return key;
}
SearchKey header(std::string field, std::string text) {
    SearchKey key{Kind::header};
    key.field = std::move(field);
    key.text = std::move(text);
    return key;
}
SearchKey number(Kind kind, std::uint64_t number) {
    SearchKey key{kind};
    key.number = number;
    return key;
}
SearchKey date(Kind kind, std::int64_t days) {
    SearchKey key{kind};
    key.date = days;
    return key;
}
SearchKey set(Kind kind, std::string_view numbers) {
    SearchKey key{kind};
    key.numbers = imap::parse_sequence_set(numbers).value();
    return key;
}

}  // namespace

TEST_CASE("Each search key is one", "[imap][rfc9051-6.4.4][rfc3501-6.4.4]") {
    struct Case { std::string_view text; SearchKey key; };
    const auto c = GENERATE(values<Case>({
        {"ALL", {Kind::all}}, {"all", {Kind::all}},
        {"ANSWERED", flag("\\Answered")}, {"UNANSWERED", flag("\\Answered", false)}, {"DELETED", flag("\\Deleted")}, {"UNDELETED", flag("\\Deleted", false)},
        {"DRAFT", flag("\\Draft")}, {"UNDRAFT", flag("\\Draft", false)}, {"FLAGGED", flag("\\Flagged")}, {"UNFLAGGED", flag("\\Flagged", false)},
        {"SEEN", flag("\\Seen")}, {"UNSEEN", flag("\\Seen", false)}, {"KEYWORD $Junk", flag("$Junk")}, {"UNKEYWORD $Junk", flag("$Junk", false)},
        {"KEYWORD \\seen", flag("\\Seen")}, {"RECENT", {Kind::recent}}, {"OLD", {Kind::recent, false}},
        {"1:3,7", set(Kind::numbers, "1:3,7")}, {"*", set(Kind::numbers, "*")}, {"$", {Kind::saved}},
        {"UID 5:*", set(Kind::uids, "5:*")}, {"UID $", {Kind::saved}},
        {"LARGER 1000", number(Kind::larger, 1000)}, {"SMALLER 9223372036854775807", number(Kind::smaller, INT64_MAX)},
        {"BEFORE 2-Jan-1970", date(Kind::before, 1)}, {"ON \"2-Jan-1970\"", date(Kind::on, 1)}, {"SINCE 02-jan-1970", date(Kind::since, 1)},
        {"SENTBEFORE 2-Jan-1970", date(Kind::sent_before, 1)}, {"SENTON \" 2-Jan-1970\"", date(Kind::sent_on, 1)}, {"SENTSINCE 2-Jan-1970", date(Kind::sent_since, 1)},
        {"BCC x", header("bcc", "x")}, {"CC x", header("cc", "x")}, {"FROM \"a b\"", header("from", "a b")}, {"SUBJECT {3}\r\na\"b", header("subject", "a\"b")},
        {"TO NIL", header("to", "NIL")}, {"HEADER Message-ID <x@y>", header("message-id", "<x@y>")}, {"HEADER \"X-Y\" \"\"", header("x-y", "")},
        {"BODY x", words(Kind::body, "x")}, {"TEXT \"\"", words(Kind::text, "")}, {"BODY \"\xc3\xa4\"", words(Kind::body, "\xc3\xa4")},
    }));
    CAPTURE(c.text);
    CHECK(read(c.text).value() == SearchProgram{of(Kind::all_of, 1), c.key});
}

TEST_CASE("Extensions have search keys, too", "[imap][rfc5032-3][rfc7162-3.1.5][rfc8474-7][rfc8514-5]") {
    struct Case { std::string_view text; SearchKey key; };
    const auto c = GENERATE(values<Case>({
        {"OLDER 259200", number(Kind::older, 259200)}, {"YOUNGER 1", number(Kind::younger, 1)},
        {"MODSEQ 620162338", number(Kind::modified_since, 620162338)}, {"MODSEQ 0", number(Kind::modified_since, 0)},
        {"MODSEQ \"/flags/\\\\draft\" all 620162338", number(Kind::modified_since, 620162338)}, {"MODSEQ \"/flags/$x\" PRIV 1", number(Kind::modified_since, 1)},
        {"MODSEQ \"/flags/$x\" shared 1", number(Kind::modified_since, 1)},
        {"EMAILID M6d99ac3275bb4e", words(Kind::email_id, "M6d99ac3275bb4e")}, {"THREADID T64b478a75b7ea9", words(Kind::thread_id, "T64b478a75b7ea9")},
        {"SAVEDBEFORE 2-Jan-1970", date(Kind::saved_before, 1)}, {"SAVEDON 2-Jan-1970", date(Kind::saved_on, 1)}, {"SAVEDSINCE 2-Jan-1970", date(Kind::saved_since, 1)},
        {"SAVEDATESUPPORTED", {Kind::save_date_supported}},
    }));
    CAPTURE(c.text);
    CHECK(read(c.text).value() == SearchProgram{of(Kind::all_of, 1), c.key});
}

TEST_CASE("Keys stand in prefix order", "[imap][rfc9051-6.4.4]") {
    struct Case { std::string_view text; SearchProgram program; };
    const SearchKey all{Kind::all};
    const auto c = GENERATE_COPY(values<Case>({
        {"ALL ALL", {of(Kind::all_of, 2), all, all}},
        {"SEEN OR BODY x BODY y", {of(Kind::all_of, 2), flag("\\Seen"), of(Kind::any_of, 2), words(Kind::body, "x"), words(Kind::body, "y")}},
        {"NOT SEEN ALL", {of(Kind::all_of, 2), of(Kind::none_of, 1), flag("\\Seen"), all}},
        {"NOT NOT ALL", {of(Kind::all_of, 1), of(Kind::none_of, 1), of(Kind::none_of, 1), all}},
        {"(ALL)", {of(Kind::all_of, 1), of(Kind::all_of, 1), all}},
        {"(ALL ALL) ALL", {of(Kind::all_of, 2), of(Kind::all_of, 2), all, all, all}},
        {"((ALL) ALL)", {of(Kind::all_of, 1), of(Kind::all_of, 2), of(Kind::all_of, 1), all, all}},
        {"OR (ALL ALL) NOT ALL", {of(Kind::all_of, 1), of(Kind::any_of, 2), of(Kind::all_of, 2), all, all, of(Kind::none_of, 1), all}},
        {"OR OR ALL ALL ALL", {of(Kind::all_of, 1), of(Kind::any_of, 2), of(Kind::any_of, 2), all, all, all}},
        {"NOT (OR ALL ALL)", {of(Kind::all_of, 1), of(Kind::none_of, 1), of(Kind::all_of, 1), of(Kind::any_of, 2), all, all}},
        {"NEW ALL", {of(Kind::all_of, 2), of(Kind::all_of, 2), {Kind::recent}, flag("\\Seen", false), all}},
        {"NOT NEW", {of(Kind::all_of, 1), of(Kind::none_of, 1), of(Kind::all_of, 2), {Kind::recent}, flag("\\Seen", false)}},
        {"ALL ", {of(Kind::all_of, 1), all}},
    }));
    CAPTURE(c.text);
    CHECK(read(c.text).value() == c.program);
}

TEST_CASE("Strings are made UTF-8", "[imap][rfc9051-6.4.4]") {
    CHECK(read("BODY {1}\r\n\xe4", "ISO-8859-1").value().back().text == "ä");
    CHECK(read("HEADER X {2}\r\n\x82\xa0", "shift_jis").value().back().text == "あ");
    CHECK(read("BODY {1}\r\n\xe4").value().back().text == "ä");  // neither UTF-8 nor ASCII: windows-1252
}

TEST_CASE("What is no search program is BAD", "[imap][rfc9051-6.4.4]") {
    struct Case { std::string_view text, what; };
    const auto c = GENERATE(values<Case>({
        {"", "SEARCH: a word expected, not nothing"},
        {"FOO", "SEARCH: unknown search key 'FOO'"},
        {"FUZZY BODY x", "SEARCH: unknown search key 'FUZZY'"},
        {"X-GM-RAW x", "SEARCH: unknown search key 'X-GM-RAW'"},
        {"()", "SEARCH: a word expected, not ')'"},
        {"(ALL", "SEARCH: a word expected, not nothing"},
        {"(ALL ", "SEARCH: a word expected, not nothing"},
        {"ALL)", "SEARCH: a blank expected, not ')'"},
        {"(ALL))", "SEARCH: a blank expected, not ')'"},
        {"( ALL)", "SEARCH: a word expected, not ' ALL)'"},
        {"NOT", "SEARCH: a blank expected, not nothing"},
        {"NOT ", "SEARCH: a word expected, not nothing"},
        {"OR ALL", "SEARCH: a word expected, not nothing"},
        {"(OR ALL)", "SEARCH: a blank expected, not ')'"},
        {"(NOT)", "SEARCH: a blank expected, not ')'"},
        {"ALL  ALL", "SEARCH: a word expected, not ' ALL'"},
        {"0", "SEARCH: not a set of numbers"},
        {"UID", "SEARCH: a blank expected, not nothing"},
        {"UID x", "SEARCH: not a set of numbers"},
        {"LARGER x", "SEARCH: a number expected, not 'x'"},
        {"LARGER 9223372036854775808", "SEARCH: a number expected, not '9223372036854775808'"},
        {"OLDER 0", "SEARCH: a number from 1 to 4294967295 expected, not '0'"},
        {"BEFORE 30-Feb-2024", "SEARCH: a date like 1-Feb-2024 expected, not '30-Feb-2024'"},
        {"BODY", "SEARCH: a blank expected, not nothing"},
        {"HEADER x", "SEARCH: a blank expected, not nothing"},
        {"KEYWORD (x)", "SEARCH: an atom expected, not '(x)'"},
        {"EMAILID \"a b\"", "SEARCH: no object identifier: 'a b'"},
        {"EMAILID \"\"", "SEARCH: no object identifier: nothing"},
        {"MODSEQ \"/x\" all 1", "SEARCH: MODSEQ knows no entry '/x'"},
        {"MODSEQ \"/flags/x\" foo 1", "SEARCH: MODSEQ knows no type 'FOO'"},
        {"MODSEQ \"/flags/x\" 1", "SEARCH: MODSEQ knows no type '1'"},
    }));
    CAPTURE(c.text);
    const auto program = read(c.text);
    REQUIRE_FALSE(program);
    CHECK(program.error().what == c.what);
}

TEST_CASE("A program has max_search_keys keys and max_search_depth levels at most", "[imap]") {
    std::string wide;
    for (std::size_t i = 1; i < imap::max_search_keys; ++i) wide += "ALL ";
    CHECK(read(wide).value().size() == imap::max_search_keys);
    wide += "ALL";
    CHECK(read(wide).error().what == "SEARCH: more keys than anybody needs");

    const auto deep = [](std::size_t depth, std::string_view opening) {
        std::string text;
        for (std::size_t i = 1; i < depth; ++i) text += opening;
        text += "ALL";
        if (opening == "(") text.append(depth - 1, ')');
        return text;
    };
    const auto opening = GENERATE(values<std::string_view>({"(", "NOT "}));
    CHECK(read(deep(imap::max_search_depth, opening)));
    CHECK(read(deep(imap::max_search_depth + 1, opening)).error().what == "SEARCH: keys within keys deeper than anybody needs");
    CHECK_FALSE(read(std::string(100'000, '(')));
}
