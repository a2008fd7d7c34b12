// SPDX-License-Identifier: ISC
#include "imap/message/section_text.hpp"

#include "support/catch.hpp"

using namespace mailpipe;
using imap::Section;
using Text = imap::Section::Text;

namespace {

std::string fetched(std::string_view message, const Section& section) {
    std::string out;
    const auto structure = imap::needs_structure(section) ? mime::read_structure(message) : mime::Structure{};
    imap::write_section(message, structure, section, {}, [&](std::string_view piece) { out += piece; });
    return out.substr(out.find('\n') + 1);
}

constexpr std::string_view letter =
    "Subject: outer\nContent-Type: multipart/mixed; boundary=b\n\npreamble\n"
    "--b\nContent-ID: <1>\n\none\n"
    "--b\nContent-Type: message/rfc822\n\nSubject: inner\nTo: a@b\nContent-Type: multipart/mixed; boundary=c\n\n"
    "--c\n\ninner one\n--c\nContent-Type: multipart/alternative; boundary=d\n\n--d\n\ndeep\n--d--\n--c--\n"
    "--b\nContent-Type: multipart/mixed; boundary=e\n\n--e\nContent-Type: message/rfc822\n\nSubject: s\n\nplain\n--e--\n"
    "--b--\n";

}  // namespace

TEST_CASE("a section is what the RFC's example says", "[imap][rfc9051-6.4.5.1]") {
    struct Case { std::string part; Text text; std::string_view fetched; };
    const auto c = GENERATE(values<Case>({
        {"", Text::header, "Subject: outer\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"},
        {"1", Text::all, "one"},
        {"1", Text::mime, "Content-ID: <1>\r\n\r\n"},
        {"2", Text::mime, "Content-Type: message/rfc822\r\n\r\n"},
        {"2", Text::header, "Subject: inner\r\nTo: a@b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"},
        {"2.1", Text::all, "inner one"},
        {"2.1", Text::mime, "\r\n"},
        {"2.2", Text::all, "--d\r\n\r\ndeep\r\n--d--"},
        {"2.2.1", Text::all, "deep"},
        {"3", Text::all, "--e\r\nContent-Type: message/rfc822\r\n\r\nSubject: s\r\n\r\nplain\r\n--e--"},
        {"3.1", Text::all, "Subject: s\r\n\r\nplain"},
        {"3.1", Text::text, "plain"},
        {"3.1.1", Text::all, "plain"},
        {"3.1.1", Text::mime, "Subject: s\r\n\r\n"},
    }));
    CAPTURE(c.part);
    CHECK(fetched(letter, {c.part, c.text}) == c.fetched);
}

TEST_CASE("a section that is not there is NIL", "[imap][rfc9051-6.4.5.1]") {
    struct Case { std::string part; Text text; };
    const auto c = GENERATE(values<Case>({
        {"4", Text::all}, {"1.1", Text::all}, {"1", Text::header}, {"1", Text::text}, {"3", Text::header}, {"2.3", Text::all},
        {"2.2.2", Text::all}, {"3.1.2", Text::all}, {"3.1.1.1", Text::all}, {"0", Text::all}, {"1.", Text::all},
        {".1", Text::all}, {"1..1", Text::all}, {"01", Text::all}, {"x", Text::all}, {"99999999999999", Text::all},
        {"", Text::mime},
    }));
    CAPTURE(c.part);
    CHECK(fetched(letter, {c.part, c.text}) == "NIL");
}

TEST_CASE("a message that is no multipart is its own part 1", "[imap][rfc9051-6.4.5.1]") {
    CHECK(fetched("Subject: s\n\nbody\n", {"1", Text::all}) == "body\r\n");
    CHECK(fetched("Subject: s\n\nbody\n", {"1", Text::mime}) == "Subject: s\r\n\r\n");
    CHECK(fetched("Subject: s\n\nbody\n", {"1.1", Text::all}) == "NIL");
    const std::string_view message = "Content-Type: message/rfc822\n\nSubject: s\n\nbody\n";
    CHECK(fetched(message, {"1", Text::header}) == "Subject: s\r\n\r\n");
    CHECK(fetched(message, {"1.1", Text::all}) == "body\r\n");
    CHECK(fetched(message, {"", Text::header}) == "Content-Type: message/rfc822\r\n\r\n");
    CHECK(fetched(message, {"", Text::text}) == "Subject: s\r\n\r\nbody\r\n");
}

TEST_CASE("header and text are the whole message", "[imap][rfc9051-6.4.5.1]") {
    const auto message = GENERATE(as<std::string>{}, "", "\n", "a", "a: b", "a: b\n", "a: b\n\nc", "a: b\nno field\n", "\r\n\r\nx",
                                  "From someone\nSubject: s\n\nx\n", std::string{letter});
    CAPTURE(message);
    CHECK(fetched(message, {"", Text::header}) + fetched(message, {"", Text::text}) == fetched(message, {}));
}

TEST_CASE("a subset has its fields as they stand, and the empty line", "[imap][rfc9051-6.4.5.1]") {
    struct Case { std::string_view message; std::vector<std::string> names; std::string_view named, others; };
    const auto c = GENERATE(values<Case>({
        {"To: x\n (fold)\nsubject : s\nX: y\nTO: z\n\nbody\n", {"to", "SUBJECT"},
         "To: x\r\n (fold)\r\nsubject : s\r\nTO: z\r\n\r\n", "X: y\r\n\r\n"},
        {"To: x\n\nbody\n", {"T", "Too"}, "\r\n", "To: x\r\n\r\n"},
        {"To: x\r\n\r\nbody\r\n", {"To"}, "To: x\r\n\r\n", "\r\n"},
        {"To: x", {"To"}, "To: x", ""},                        // neither the line nor a body
        {"To: x\nno field\n", {"To"}, "To: x\r\n\r\n", "\r\n"},  // a body without the line
        {"\nbody\n", {"To"}, "\r\n", "\r\n"},
        {"From me\nTo: x\n\n", {"To"}, "To: x\r\n\r\n", "\r\n"},
    }));
    CAPTURE(c.message);
    CHECK(fetched(c.message, {"", Text::header_fields, c.names}) == c.named);
    CHECK(fetched(c.message, {"", Text::header_fields_not, c.names}) == c.others);
}

TEST_CASE("a message in the message has fields, too", "[imap][rfc9051-6.4.5.1]") {
    CHECK(fetched(letter, {"2", Text::header_fields, {"To"}}) == "To: a@b\r\n\r\n");
    CHECK(fetched(letter, {"1", Text::header_fields, {"To"}}) == "NIL");
}

TEST_CASE("many names and many fields cost no more than both", "[imap]") {
    std::string header;
    Section section{"", Text::header_fields, {}};
    for (int i = 0; i < 50'000; ++i) {
        header += "f" + std::to_string(i) + ":\n";
        section.fields.push_back("F" + std::to_string(i * 2));
    }
    const auto some = fetched(header, section);
    CHECK(std::count(some.begin(), some.end(), '\n') == 25'000);
}
