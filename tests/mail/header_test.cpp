// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <vector>

#include "mail/header.hpp"

using namespace mailpipe::mail;

namespace {

struct Read {
    std::vector<Field> fields;
    std::size_t body;
    bool empty_line;
};
Read read(std::string_view message) {
    HeaderReader reader{message};
    Read result{};
    while (const auto field = reader.next()) result.fields.push_back(*field);
    result.body = reader.body();
    result.empty_line = reader.ended_by_empty_line();
    return result;
}

}  // namespace

TEST_CASE("Fields are read where they stand", "[mail][rfc5322-2.2]") {
    const std::string_view message = "From: a@b\nSubject:folded\n\tline\n more\nX-Empty:\n\nbody: no field\n";
    const auto got = read(message);
    REQUIRE(got.fields.size() == 3);
    CHECK(got.fields[0].name == "From");
    CHECK(got.fields[0].value == " a@b");
    CHECK(got.fields[1].value == "folded\n\tline\n more");
    CHECK(got.fields[2].value == "");
    CHECK(message.substr(got.fields[1].begin, got.fields[1].end - got.fields[1].begin) ==
          "Subject:folded\n\tline\n more\n");
    CHECK(got.fields[2].begin == got.fields[1].end);
    CHECK(message.substr(got.body) == "body: no field\n");
    CHECK(got.empty_line);
}

TEST_CASE("Lines end with LF or CRLF", "[mail][rfc5322-2.2]") {
    const std::string_view message = "From: a@b\r\nSubject: x\r\n y\r\n\r\nbody";
    const auto got = read(message);
    REQUIRE(got.fields.size() == 2);
    CHECK(got.fields[0].value == " a@b");
    CHECK(got.fields[1].value == " x\r\n y");
    CHECK(message.substr(got.body) == "body");
}

TEST_CASE("A header ends where no field follows", "[mail][rfc5322-2.2]") {
    struct Case { std::string_view message; std::size_t fields, body; bool empty_line; };
    const auto c = GENERATE(values<Case>({
        {"", 0, 0, false},
        {"\nbody", 0, 1, true},
        {"\r\nbody", 0, 2, true},
        {"no colon\n", 0, 0, false},
        {"A: b\nno colon\n", 1, 5, false},   // the empty line is missing
        {"A: b\n: no name\n", 1, 5, false},
        {"A: b\nbad name: c\n", 1, 5, false},
        {" folded: nothing\n", 0, 0, false},
        {"A: b", 1, 4, false},               // a piece of a file
        {"A: b\n c", 1, 7, false},
        {"A : b\n\n", 1, 7, true},           // RFC 5322 section 4.5.8
        {"A: b\nB\xe4: c\n\n", 2, 12, true},  // a name that is not ASCII
        {"A: b\nB\x7f: c\n\n", 1, 5, false},
        {"A: b\n\t\n\n", 1, 8, true},        // a line of blanks belongs to the field
    }));
    CAPTURE(c.message);
    const auto got = read(c.message);
    CHECK(got.fields.size() == c.fields);
    CHECK(got.body == c.body);
    CHECK(got.empty_line == c.empty_line);
    if (!got.fields.empty()) CHECK(got.fields[0].name == "A");
}

TEST_CASE("A header is read for one MiB, no more", "[mail]") {
    const std::string line = "A: " + std::string(60, 'x') + "\n";  // 64 octets
    std::string message;
    while (message.size() < HeaderReader::max_octets + 640) message += line;
    const auto got = read(message);
    CHECK(got.fields.size() == HeaderReader::max_octets / line.size());
    CHECK(got.body == HeaderReader::max_octets);
}

TEST_CASE("A field is found by its name, whatever its case", "[mail]") {
    const std::string_view message = "From: a\nSubject: first\nsubject: second\n\nTo: body\n";
    CHECK(find_field(message, "SUBJECT")->value == " first");
    CHECK_FALSE(find_field(message, "To"));
}

TEST_CASE("A header that comes in pieces ends behind its empty line", "[mail]") {
    const std::string message = "A: b\nC: d\n\nbody\n\n";
    for (std::size_t size = 0; size <= message.size(); ++size) {
        for (std::size_t searched = 0; searched <= std::min(size, std::size_t{10}); ++searched) {
            CAPTURE(size, searched);
            const auto octets = header_octets(std::string_view{message}.substr(0, size), searched);
            CHECK(octets == (size < 11 ? std::nullopt : std::optional<std::size_t>{11}));
        }
    }
    CHECK(header_octets("\nbody") == 1);
    CHECK_FALSE(header_octets(""));
}

TEST_CASE("Fields are taken out of a header, folded ones whole, and nothing of the body", "[mail]") {
    struct Case { std::string_view before, after; };
    const auto c = GENERATE(values<Case>({
        {"A: 1\nX: 2\nB: 3\n\nX: body\n", "A: 1\nB: 3\n\nX: body\n"},
        {"x: 1\n\t2\nX : 3\n\n", "\n"},
        {"A: 1\n\n", "A: 1\n\n"},
        {"no field\nX: 1\n", "no field\nX: 1\n"},
        {"X: 1", ""},
        {"", ""},
    }));
    CAPTURE(c.before);
    CHECK(without_fields(c.before, "X") == c.after);
}

TEST_CASE("Unfolding takes line ends away, and nothing else inside", "[mail][rfc5322-2.2.3]") {
    CHECK(unfold(" a\r\n b\n\tc  d \n") == "a b\tc  d");
    CHECK(unfold("  ") == "");
}

TEST_CASE("An mbox's line before the header is told by its first word", "[mail]") {
    CHECK(mbox_line_octets("From a Thu\nX: y\n") == 11);
    CHECK(mbox_line_octets("From a") == 6);
    CHECK(mbox_line_octets("From: a\n") == 0);
    CHECK(mbox_line_octets("") == 0);
}
