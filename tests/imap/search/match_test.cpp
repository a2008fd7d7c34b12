// SPDX-License-Identifier: ISC
#include "imap/search/match.hpp"

#include "support/catch.hpp"

using namespace mailpipe::imap;
using Kind = SearchKey::Kind;

namespace {

constexpr std::int64_t day = 86'400;

NumberSet numbers(std::string_view set) { return parse_sequence_set(set).value(); }

SearchKey header_key(std::string field, std::string text) { return {.kind = Kind::header, .field = std::move(field), .text = std::move(text)}; }
SearchKey text_key(Kind kind, std::string text) { return {.kind = kind, .text = std::move(text)}; }

/// The one key's verdict, by header and by summary, which have to agree where both know.
Verdict in_header(const SearchKey& key, const std::string& header) {
    Matcher matcher{{key}, {}};
    CHECK(matcher.match_facts({.sequence = 1, .uid = 1}) == Verdict::unknown);
    const auto text = make_summary(header);
    const auto by_summary = matcher.match_summary(read_summary(text).value());
    const auto by_header = matcher.match_header(header);
    CHECK((by_summary == by_header || by_summary == Verdict::unknown));
    Matcher again{{key}, {}};
    (void)again.match_facts({.sequence = 1, .uid = 1});
    CHECK(again.match_header(header) == by_header);
    return by_header;
}

bool in_message(const SearchKey& key, const std::string& message) {
    Matcher matcher{{key}, {}};
    CHECK(matcher.match_facts({.sequence = 1, .uid = 1}) == Verdict::unknown);
    CHECK(matcher.match_header(message) == Verdict::unknown);
    return matcher.match_message(message) == Verdict::yes;
}

}  // namespace

TEST_CASE("what the index knows decides at once", "[imap][rfc9051-6.4.4]") {
    const std::vector<std::string> keywords{"$Junk", "work"};
    const SearchScope scope{.now = 10 * day, .largest_sequence = 7, .largest_uid = 70, .keywords = keywords,
                            .saved_uids = numbers("60"), .has_save_dates = true};
    const MessageFacts facts{.sequence = 6, .uid = 60, .flags = std::uint8_t(MessageFacts::bit(SystemFlag::seen) | MessageFacts::bit(SystemFlag::draft)), .keywords = 2,
                             .internal_date = 5 * day + 100, .octets = 1000, .modseq = 40, .save_date = 7 * day, .email_id = "M1"};
    struct Case { SearchKey key; bool matches; };
    const auto c = GENERATE_REF(values<Case>({
        {{.kind = Kind::all}, true},
        {{.kind = Kind::flag, .text = "\\seen"}, true},
        {{.kind = Kind::flag, .is_wanted = false, .text = "\\Seen"}, false},
        {{.kind = Kind::flag, .text = "\\Deleted"}, false},
        {{.kind = Kind::flag, .text = "WORK"}, true},
        {{.kind = Kind::flag, .text = "$junk"}, false},
        {{.kind = Kind::flag, .text = "nobody-has-it"}, false},
        {{.kind = Kind::flag, .is_wanted = false, .text = "nobody-has-it"}, true},
        {{.kind = Kind::recent}, false},
        {{.kind = Kind::recent, .is_wanted = false}, true},
        {{.kind = Kind::numbers, .numbers = numbers("6:*")}, true},
        {{.kind = Kind::numbers, .numbers = numbers("*")}, false},
        {{.kind = Kind::uids, .numbers = numbers("60:61")}, true},
        {{.kind = Kind::saved}, true},
        {{.kind = Kind::larger, .number = 999}, true}, {{.kind = Kind::larger, .number = 1000}, false},
        {{.kind = Kind::smaller, .number = 1001}, true}, {{.kind = Kind::smaller, .number = 1000}, false},
        {{.kind = Kind::older, .number = 5 * day - 100}, true}, {{.kind = Kind::older, .number = 5 * day}, false},
        {{.kind = Kind::younger, .number = 5 * day - 100}, true}, {{.kind = Kind::younger, .number = 1}, false},
        {{.kind = Kind::modified_since, .number = 40}, true}, {{.kind = Kind::modified_since, .number = 41}, false},
        {{.kind = Kind::before, .date = 6}, true}, {{.kind = Kind::before, .date = 5}, false},
        {{.kind = Kind::on, .date = 5}, true}, {{.kind = Kind::on, .date = 4}, false},
        {{.kind = Kind::since, .date = 5}, true}, {{.kind = Kind::since, .date = 6}, false},
        {{.kind = Kind::saved_on, .date = 7}, true}, {{.kind = Kind::saved_before, .date = 7}, false},
        {{.kind = Kind::saved_since, .date = 7}, true},
        {{.kind = Kind::save_date_supported}, true},
        {{.kind = Kind::email_id, .text = "M1"}, true}, {{.kind = Kind::email_id, .text = "m1"}, false},
        {{.kind = Kind::thread_id, .text = "T1"}, false},
    }));
    CAPTURE(static_cast<int>(c.key.kind), c.key.text);
    Matcher matcher{{c.key}, scope};
    CHECK(matcher.match_facts(facts) == (c.matches ? Verdict::yes : Verdict::no));
}

TEST_CASE("a date before 1970 has its day, too", "[imap][rfc9051-6.4.4]") {
    Matcher matcher{{{.kind = Kind::on, .date = -1}}, {}};
    CHECK(matcher.match_facts({.sequence = 1, .uid = 1, .internal_date = -1}) == Verdict::yes);
}

TEST_CASE("what is unknown decides only where it matters", "[imap][rfc9051-6.4.4]") {
    const SearchKey yes{.kind = Kind::all}, no{.kind = Kind::recent}, later = text_key(Kind::body, "x");
    const auto op = [](Kind kind, std::uint32_t operands) { return SearchKey{.kind = kind, .operands = operands}; };
    struct Case { SearchProgram program; Verdict verdict; };
    const auto c = GENERATE_REF(values<Case>({
        {{op(Kind::all_of, 2), yes, yes}, Verdict::yes},
        {{op(Kind::all_of, 2), later, no}, Verdict::no},
        {{op(Kind::all_of, 2), yes, later}, Verdict::unknown},
        {{op(Kind::any_of, 2), later, yes}, Verdict::yes},
        {{op(Kind::any_of, 2), no, later}, Verdict::unknown},
        {{op(Kind::any_of, 2), no, no}, Verdict::no},
        {{op(Kind::none_of, 1), yes}, Verdict::no},
        {{op(Kind::none_of, 1), no}, Verdict::yes},
        {{op(Kind::none_of, 1), later}, Verdict::unknown},
        {{op(Kind::all_of, 3), yes, op(Kind::any_of, 2), op(Kind::none_of, 1), yes, later, yes}, Verdict::unknown},
        {{op(Kind::all_of, 3), yes, op(Kind::any_of, 2), op(Kind::none_of, 1), yes, later, no}, Verdict::no},
        {{op(Kind::none_of, 1), op(Kind::all_of, 2), later, op(Kind::any_of, 2), no, no}, Verdict::yes},
        {{}, Verdict::yes},
    }));
    Matcher matcher{c.program, {}};
    CHECK(matcher.match_facts({.sequence = 1, .uid = 1}) == c.verdict);
    if (c.verdict == Verdict::unknown) CHECK(matcher.match_message("\nx") != Verdict::unknown);
    CHECK(matcher.match_facts({.sequence = 1, .uid = 1}) == c.verdict);  // nothing is left of the one before
}

TEST_CASE("fields are searched decoded and unfolded", "[imap][rfc9051-6.4.4]") {
    const std::string header =
        "From: =?utf-8?q?J=C3=BCrgen?= <jo@example.com>\nTo: a@b\nTo: c@d\nSubject: one\n two =?iso-8859-1?q?=E4?=\n"
        "X-Empty:\nX-Own: value\nReceived: from somewhere\n\n";
    struct Case { std::string field, text; Verdict verdict; };
    const auto c = GENERATE_REF(values<Case>({
        {"from", "J\xc3\x9cRGEN <jo", Verdict::yes}, {"from", "j\xc3\xb6rgen", Verdict::no}, {"from", "=?utf-8", Verdict::no},
        {"to", "C@D", Verdict::yes}, {"cc", "", Verdict::no}, {"subject", "one two \xc3\x84", Verdict::yes},
        {"x-empty", "", Verdict::yes}, {"x-own", "VAL", Verdict::yes}, {"received", "SOMEWHERE", Verdict::yes}, {"x-gone", "", Verdict::no},
    }));
    CAPTURE(c.field, c.text);
    CHECK(in_header(header_key(c.field, c.text), header) == c.verdict);
}

TEST_CASE("the date sent is its own day", "[imap][rfc9051-6.4.4]") {
    const std::string header = "Date: Fri, 2 Jan 1970 00:30:00 +0200\n\n";
    CHECK(in_header({.kind = Kind::sent_on, .date = 1}, header) == Verdict::yes);
    CHECK(in_header({.kind = Kind::sent_before, .date = 1}, header) == Verdict::no);
    CHECK(in_header({.kind = Kind::sent_since, .date = 1}, header) == Verdict::yes);
    for (const auto kind : {Kind::sent_before, Kind::sent_on, Kind::sent_since}) {
        CHECK(in_header({.kind = kind, .date = 1}, "Date: some day\n\n") == Verdict::no);
        CHECK(in_header({.kind = kind, .date = 1}, "\n") == Verdict::no);
    }
}

TEST_CASE("text is searched decoded, part by part", "[imap][rfc9051-6.4.4]") {
    const std::string message =
        "Subject: outer =?utf-8?q?=C3=A4?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n"
        "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        "gr=FC=DFe soft=\r\nbreak\r\nnext\r\n--b\r\n"
        "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+Ym9sZDwvYj4=\r\n--b\r\n"
        "Content-Type: image/png; name=picture.png\r\n\r\npixels\r\n--b\r\n"
        "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninside\r\n--b\r\n"
        "Content-Type: text/plain; charset=x-nobody-knows\r\n\r\nstr\xe4nge\r\n--b--\r\n";
    struct Case { std::string text; bool in_body, in_text; };
    const auto c = GENERATE_REF(values<Case>({
        {"GR\xc3\x9c\xc3\x9f" "E", true, true}, {"softbreak", true, true}, {"softbreak\r\nnext", true, true}, {"softbreak\nnext", true, true},
        {"<b>bold", true, true}, {"PGI+", false, false}, {"pixels", false, false}, {"picture.png", false, true},
        {"outer \xc3\xa4", false, true}, {"subject: outer", false, true}, {"inner", false, true}, {"inside", true, true},
        {"str\xc3\xa4nge", true, true}, {"preamble", false, false}, {"=FC", false, false}, {"", true, true},
    }));
    CAPTURE(c.text);
    CHECK(in_message(text_key(Kind::body, c.text), message) == c.in_body);
    CHECK(in_message(text_key(Kind::text, c.text), message) == c.in_text);
}

TEST_CASE("a string that straddles pieces of a long part is found", "[imap][rfc9051-6.4.4]") {
    std::string lines;
    while (lines.size() < 200'000) lines += "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n";  // AAA...
    const auto message = [&](std::size_t at) {
        return "Content-Transfer-Encoding: base64\n\n" + lines.substr(0, at * 69) + "bmVlZGxl\n" + lines.substr(at * 69);
    };
    for (const std::size_t at : {0, 948, 949, 950, 951, 1899, 1900}) {
        CHECK(in_message(text_key(Kind::body, "aneedlea"), message(at)) == (at > 0));
        CHECK(in_message(text_key(Kind::body, "needle"), message(at)));
    }
}

TEST_CASE("several strings are looked for in one reading", "[imap][rfc9051-6.4.4]") {
    const SearchProgram program{{.kind = Kind::all_of, .operands = 3}, text_key(Kind::body, "a"), text_key(Kind::text, "b"),
                                {.kind = Kind::none_of, .operands = 1}, text_key(Kind::body, "b")};
    Matcher matcher{program, {}};
    (void)matcher.match_facts({.sequence = 1, .uid = 1});
    CHECK(matcher.match_message("X: b\n\na\n") == Verdict::yes);
    (void)matcher.match_facts({.sequence = 1, .uid = 1});
    CHECK(matcher.match_message("X: b\n\nab\n") == Verdict::no);
}
