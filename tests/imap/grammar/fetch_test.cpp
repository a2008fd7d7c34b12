// SPDX-License-Identifier: ISC
#include "imap/grammar/fetch.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::FetchItem;
using imap::Section;
using Kind = imap::FetchItem::Kind;
using Text = imap::Section::Text;

namespace {

imap::FetchRequest fetched(std::string_view line) { return imap::parse_fetch(command(line)).value(); }

FetchItem section(Section part, bool is_peek, std::optional<imap::Partial> partial = {}) {
    return {Kind::body_section, is_peek, std::move(part), partial};
}

/// What a response calls the items, with blanks between them.
std::string names(const std::vector<FetchItem>& items) {
    std::string out;
    for (const auto& item : items) {
        if (!out.empty()) out += ' ';
        append_name(out, item);
    }
    return out;
}

}  // namespace

TEST_CASE("FETCH names its items in the order asked", "[imap][rfc9051-6.4.5]") {
    struct Case { std::string_view line, names; };
    const auto c = GENERATE(values<Case>({
        {"a FETCH 1 FLAGS", "FLAGS"},
        {"a fetch 1 (flags)", "FLAGS"},
        {"a FETCH 1 (UID FLAGS INTERNALDATE RFC822.SIZE)", "UID FLAGS INTERNALDATE RFC822.SIZE"},
        {"a FETCH 1 (ENVELOPE BODY BODYSTRUCTURE)", "ENVELOPE BODY BODYSTRUCTURE"},
        {"a FETCH 1 (RFC822 RFC822.HEADER RFC822.TEXT)", "RFC822 RFC822.HEADER RFC822.TEXT"},
        {"a FETCH 1 ALL", "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE"},
        {"a FETCH 1 FAST", "FLAGS INTERNALDATE RFC822.SIZE"},
        {"a FETCH 1 full", "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY"},
        {"a UID FETCH 1 FLAGS", "UID FLAGS"},  // UID is in the answer, and first
        {"a UID FETCH 1 (FLAGS UID)", "FLAGS UID"},
        {"a UID FETCH 1 ALL", "UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE"},
        {"a FETCH 1 BODY[]", "BODY[]"},
        {"a FETCH 1 BODY.PEEK[]<0.2048>", "BODY[]<0>"},
        {"a FETCH 1 body.peek[header.fields (from \"To\")]", "BODY[HEADER.FIELDS (from To)]"},
        {"a FETCH 1 (BODY[HEADER.FIELDS.NOT (Received)] UID)", "BODY[HEADER.FIELDS.NOT (Received)] UID"},
        {"a FETCH 1 BODY[HEADER.FIELDS ({4}\r\nFrom {2}\r\nTo)]", "BODY[HEADER.FIELDS (From To)]"},
        {"a FETCH 1 BODY[HEADER.FIELDS (\"a b\")]", "BODY[HEADER.FIELDS (\"a b\")]"},
        {"a FETCH 1 (BODY[1] BODY[1.2.3] BODY[1.MIME] BODY[2.HEADER] BODY[3.TEXT])", "BODY[1] BODY[1.2.3] BODY[1.MIME] BODY[2.HEADER] BODY[3.TEXT]"},
        {"a FETCH 1 BODY[1.HEADER.FIELDS (From)]<10.5>", "BODY[1.HEADER.FIELDS (From)]<10>"},
        {"a FETCH 1 (BINARY[1] BINARY.PEEK[1.2]<5.6> BINARY.SIZE[2] BINARY[])", "BINARY[1] BINARY[1.2]<5> BINARY.SIZE[2] BINARY[]"},
        {"a FETCH 1 (MODSEQ EMAILID THREADID SAVEDATE PREVIEW)", "MODSEQ EMAILID THREADID SAVEDATE PREVIEW"},
        {"a FETCH 1 (PREVIEW (LAZY) UID)", "PREVIEW UID"},
        {"a FETCH 1 PREVIEW (LAZY)", "PREVIEW"},
        {"a FETCH 1 PREVIEW (CHANGEDSINCE 5)", "PREVIEW"},
        {"a FETCH 1 (UID UID)", "UID UID"},
    }));
    CAPTURE(c.line);
    CHECK(names(fetched(c.line).items) == c.names);
}

TEST_CASE("An item says what of the message it is", "[imap][rfc9051-6.4.5.1]") {
    struct Case { std::string_view line; FetchItem item; };
    const auto c = GENERATE(values<Case>({
        {"a FETCH 1 BODY[]", section({}, false)},
        {"a FETCH 1 BODY.PEEK[]<0.9223372036854775807>", section({}, true, imap::Partial{0, INT64_MAX})},
        {"a FETCH 1 BODY[1.2.MIME]", section({"1.2", Text::mime, {}}, false)},
        {"a FETCH 1 BODY[TEXT]", section({"", Text::text, {}}, false)},
        {"a FETCH 1 BODY[1.TEXT]", section({"1", Text::text, {}}, false)},
        {"a FETCH 1 BODY.PEEK[HEADER.FIELDS (From to)]", section({"", Text::header_fields, {"From", "to"}}, true)},
        {"a FETCH 1 RFC822", {Kind::rfc822}},
        {"a FETCH 1 RFC822.HEADER", {Kind::rfc822_header, true, {"", Text::header, {}}, {}}},
        {"a FETCH 1 RFC822.TEXT", {Kind::rfc822_text, false, {"", Text::text, {}}, {}}},
        {"a FETCH 1 BINARY.PEEK[1]", {Kind::binary, true, {"1", Text::all, {}}, {}}},
        {"a FETCH 1 PREVIEW (LAZY)", {Kind::preview}},
        {"a FETCH 1 (PREVIEW)", {Kind::preview}},
    }));
    CAPTURE(c.line);
    CHECK(fetched(c.line).items == std::vector{c.item});
}

TEST_CASE("FETCH has modifiers", "[imap][rfc7162-3.1.4.1][rfc9394-3.4]") {
    const auto request = fetched("a UID FETCH 1:* (FLAGS) (CHANGEDSINCE 12345 VANISHED)");
    CHECK(request.changed_since == 12345);
    CHECK(request.vanished);
    CHECK(to_string(request.messages.numbers) == "1:*");
    CHECK(fetched("a FETCH 1 FLAGS (CHANGEDSINCE 0)").changed_since == 0);
    CHECK(fetched("a UID FETCH 1:* FLAGS (PARTIAL -1:-30)").partial == imap::PartialRange{1, 30, true});
    CHECK(fetched("a UID FETCH 1:* FLAGS (partial 500:400)").partial == imap::PartialRange{400, 500, false});
    CHECK(fetched("a FETCH $ FLAGS").messages.is_saved);
}

TEST_CASE("What is no FETCH is BAD", "[imap][rfc9051-6.4.5]") {
    struct Case { std::string_view line, what; };
    const auto c = GENERATE(values<Case>({
        {"a FETCH", "FETCH: not a set of numbers"},
        {"a FETCH 0 FLAGS", "FETCH: not a set of numbers"},
        {"a FETCH 1", "FETCH: a blank expected, not nothing"},
        {"a FETCH 1 FOO", "FETCH: unknown item 'FOO'"},
        {"a UID FETCH 1 ()", "UID FETCH: a word expected, not ')'"},
        {"a FETCH 1 (ALL)", "FETCH: unknown item 'ALL'"},
        {"a FETCH 1 (FLAGS", "FETCH: ')' expected, not nothing"},
        {"a FETCH 1 (FLAGS  UID)", "FETCH: a word expected, not ' UID)'"},
        {"a FETCH 1 FLAGS UID", "FETCH: too much: 'UID'"},
        {"a FETCH 1 BODY[", "FETCH: ']' expected, not nothing"},
        {"a FETCH 1 BODY[0]", "FETCH: a number from 1 to 4294967295 expected, not '0]'"},
        {"a FETCH 1 BODY[1.0]", "FETCH: a number from 1 to 4294967295 expected, not '0]'"},
        {"a FETCH 1 BODY[1.]", "FETCH: a word expected, not ']'"},
        {"a FETCH 1 BODY[1..2]", "FETCH: unknown section '.2'"},
        {"a FETCH 1 BODY[MIME]", "FETCH: unknown section 'MIME'"},
        {"a FETCH 1 BODY[FOO]", "FETCH: unknown section 'FOO'"},
        {"a FETCH 1 BODY[HEADER.FIELDS]", "FETCH: a blank expected, not ']'"},
        {"a FETCH 1 BODY[HEADER.FIELDS ()]", "FETCH: a string or atom expected, not ')]'"},
        {"a FETCH 1 BODY[]<0>", "FETCH: '.' expected, not '>'"},
        {"a FETCH 1 BODY[]<0.0>", "FETCH: a part of 0 octets"},
        {"a FETCH 1 BODY[]<-1.5>", "FETCH: a number expected, not '-1.5>'"},
        {"a FETCH 1 BODY.PEEK", "FETCH: unknown item 'BODY.PEEK'"},
        {"a FETCH 1 BINARY", "FETCH: '[' expected, not nothing"},
        {"a FETCH 1 BINARY[1.MIME]", "FETCH: only a part's number may stand in BINARY's section"},
        {"a FETCH 1 BINARY[TEXT]", "FETCH: ']' expected, not 'TEXT]'"},
        {"a FETCH 1 BINARY.SIZE[1]<0.5>", "FETCH: too much: '<0.5>'"},
        {"a FETCH 1 (PREVIEW (FAST))", "FETCH: a word expected, not '(FAST))'"},
        {"a FETCH 1 PREVIEW (LAZY FAST)", "FETCH: unknown modifier of PREVIEW: 'FAST)'"},
        {"a FETCH 1 FLAGS (CHANGEDSINCE)", "FETCH: a blank expected, not ')'"},
        {"a FETCH 1 FLAGS (FOO 1)", "FETCH: unknown modifier 'FOO'"},
        {"a FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)", "FETCH: VANISHED needs UID and CHANGEDSINCE"},
        {"a UID FETCH 1 FLAGS (VANISHED)", "UID FETCH: VANISHED needs UID and CHANGEDSINCE"},
        {"a FETCH 1 FLAGS (PARTIAL 1:2)", "FETCH: PARTIAL needs UID"},
        {"a UID FETCH 1 FLAGS (PARTIAL -1:2)", "UID FETCH: '-' expected, not '2)'"},
        {"a UID FETCH 1 FLAGS (PARTIAL 1:*)", "UID FETCH: a number from 1 to 4294967295 expected, not '*)'"},
    }));
    CAPTURE(c.line);
    const auto request = imap::parse_fetch(command(c.line));
    REQUIRE_FALSE(request);
    CHECK(request.error().what == c.what);
}

TEST_CASE("FETCH has max_fetch_items items at most", "[imap]") {
    std::string line = "a FETCH 1 (UID";
    for (std::size_t i = 1; i < imap::max_fetch_items; ++i) line += " UID";
    const auto whole = line + ")";
    CHECK(imap::parse_fetch(command(whole)).value().items.size() == imap::max_fetch_items);
    const auto longer = line + " UID)";
    CHECK_FALSE(imap::parse_fetch(command(longer)));
}
