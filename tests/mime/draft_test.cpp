// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <random>

#include "base/ascii.hpp"
#include "mail/header.hpp"
#include "mail/message_id.hpp"
#include "mime/decoder.hpp"
#include "mime/draft.hpp"
#include "mime/attachment.hpp"
#include "mime/survey.hpp"
#include "support/recoded.hpp"
#include "text/encoded_word.hpp"

using namespace mailpipe;
using namespace mailpipe::mime;

namespace {

Result<std::string> written(const Draft& draft) {
    std::string message;
    const auto r = write_draft(draft, "=_B", [&](std::string_view piece) { message += piece; });
    if (!r) return failure(r.error());
    return message;
}

std::string content(const std::string& message, std::size_t index) {
    const auto part = read_structure(message).parts.at(index);
    return decoded(part.body.of(message), transfer_encoding(message, part));
}

}  // namespace

TEST_CASE("A text alone is the message", "[mime][rfc2045-6.2]") {
    struct Case { std::string text, end; };
    const auto c = GENERATE(values<Case>({
        {"plain\n", "Content-Type: text/plain; charset=\"us-ascii\"\nContent-Transfer-Encoding: 7bit\n\nplain\n"},
        {"", "Content-Type: text/plain; charset=\"us-ascii\"\nContent-Transfer-Encoding: 7bit\n\n"},
        {"no end", "\n\nno end\n"},
        {"caf\xc3\xa9 au lait", "utf-8\"\nContent-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9 au lait\n"},
        {"\xd0\xbf\xd1\x80\xd0\xb8\n", "utf-8\"\nContent-Transfer-Encoding: base64\n\n0L/RgNC4DQo=\n"},
        {"a\r\nb", "Content-Transfer-Encoding: 7bit\n\na\nb\n"},
        {"caf\xc3\xa9 au lait\r\n", "quoted-printable\n\ncaf=C3=A9 au lait\n"},
        {"a\rb\n", "quoted-printable\n\na=0Db\n"},
        {std::string(999, 'x'), "=\nxxxxxxxxxxxxxxxxxxxxxxxx\n"},
    }));
    CAPTURE(c.text);
    const auto message = written({{{"Subject", "x"}}, c.text, {}}).value();
    CHECK(message.starts_with("Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain;"));
    CHECK(std::string_view{message}.substr(message.size() - std::min(message.size(), c.end.size())) == c.end);
    CHECK(survey(message, Lines::any).kind() == TransferEncoding::seven_bit);
}

TEST_CASE("Files are attached with their names", "[mime][rfc2183-2.3]") {
    const auto message = written({{}, "hi\n", {{"a.bin", "application/octet-stream", {"\0\xff", 2}}, {"\xc3\xa9.txt", "text/plain", "a\n"}}}).value();
    CHECK(message ==
          "MIME-Version: 1.0\n"
          "Content-Type: multipart/mixed; boundary=\"=_B\"\n"
          "\n--=_B\n"
          "Content-Type: text/plain; charset=\"us-ascii\"\n"
          "Content-Transfer-Encoding: 7bit\n"
          "\n"
          "hi\n"
          "\n--=_B\n"
          "Content-Type: application/octet-stream\n"
          "Content-Transfer-Encoding: base64\n"
          "Content-Disposition: attachment;\n filename=\"a.bin\"\n"
          "\n"
          "AP8="
          "\n--=_B\n"
          "Content-Type: text/plain\n"
          "Content-Transfer-Encoding: 7bit\n"
          "Content-Disposition: attachment;\n filename*=utf-8''%C3%A9.txt\n"
          "\n"
          "a\n"
          "\n--=_B--\n");
}

TEST_CASE("A message is attached as it stands", "[mime][rfc2046-5.2.1]") {
    const auto message = written({{}, "", {{"a.eml", "message/rfc822", "Subject: \xc3\xa9\n\nx\n"}}}).value();
    CHECK(message.find("Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n") != message.npos);
    CHECK(message.find("boundary=\"=_B\"\nContent-Transfer-Encoding: 8bit\n") != message.npos);
    CHECK(message.find("\n\nSubject: \xc3\xa9\n\nx\n\n--=_B--\n") != message.npos);
}

TEST_CASE("A message that can't be lines is attached as octets", "[mime][rfc2046-5.2.1]") {
    struct Case { std::string type, content; bool is_lines; };
    const auto c = GENERATE(values<Case>({
        {"message/rfc822", "X: y\r\n\r\nz\r\n", true},
        {"message/rfc822", "X: y\n\n\xc3\xa9\r\n", true},
        {"message/rfc822", "", true},
        {"message/rfc822", "X: y\n\n" + std::string(998, 'x') + "\r\n", true},
        {"message/rfc822", "X: y\n\n" + std::string(999, 'x') + "\n", false},
        {"message/rfc822", std::string("X: y\n\n\0\n", 8), false},
        {"message/rfc822", "X: y\r\n\r\na\rb\r\n", false},
        {"message/rfc822", "X: y\r\n\r\na\r", false},
        {"message/global", "X: \xc3\xa9\n\n", true},
        {"message/partial; id=x; number=1", "X: y\n\nz\n", true},
        {"message/partial; id=x; number=1", "X: \xc3\xa9\n\n", false},  // RFC 2046 section 5.2.2
    }));
    CAPTURE(c.type, c.content);
    const auto message = written({{}, "", {{"\xc3\xa9.eml", c.type, c.content}}}).value();
    const auto structure = read_structure(message);
    const auto& part = structure.parts.at(1);
    const auto encoding = transfer_encoding(message, part);
    CHECK(file_name(message, part) == "\xc3\xa9.eml");
    CHECK((content_type(message, part).type == "message") == c.is_lines);
    CHECK((encoding == TransferEncoding::base64) == !c.is_lines);
    CHECK(survey(message, Lines::any).kind() <= TransferEncoding::eight_bit);
    CHECK(transfer_encoding(message, structure.parts[0]) == survey(message, Lines::any).kind());
    auto given = c.content;
    if (c.is_lines) std::erase(given, '\r');
    CHECK(content(message, 1) == given);
}

TEST_CASE("No line of a header has more than 998 octets", "[mime][rfc5322-2.1.1]") {
    struct Case { std::string name, value; bool fits; };
    const auto id = [](std::size_t octets) { return "<" + std::string(octets - 4, 'x') + "@a>"; };
    const auto address = [](std::size_t octets) { return std::string(octets - 10, 'x') + "@a.example"; };
    const auto many = [](const std::string& one, std::string_view between) {
        auto all = one;
        for (int n = 0; n < 500; ++n) all.append(between).append(one);
        return all;
    };
    const auto c = GENERATE_COPY(values<Case>({
        {"In-Reply-To", id(985), true},  // 998 with the name
        {"In-Reply-To", id(997), true},  // in a line of its own, behind a blank
        {"In-Reply-To", id(998), false},
        {"References", id(20) + " " + id(997), true},
        {"References", id(20) + " " + id(998), false},
        {"References", many(id(30), ""), true},
        {"References", many(id(30), "\t"), true},
        {"References", many("<\"><\"@a>", ""), true},
        {"Message-ID", id(2000), false},
        {"To", address(997), true},
        {"To", address(998), false},
        {"To", many(address(30), ","), true},
        {"To", "a@a.example, " + address(996) + ", b@a.example", true},
        {"To", "a@a.example, " + address(997) + ", b@a.example", false},  // the comma
        {"To", "\"" + std::string(2000, 'x') + "\" <a@a.example>", true},
        {"Subject", std::string(2000, 'x'), true},
        {"Subject", many("word", "  "), true},
        {"Received", many("word", " "), true},
        {"Received", std::string(999, 'x'), false},
    }));
    CAPTURE(c.name, c.value);
    const auto message = written({{{c.name, c.value}}, "x\n", {}});
    REQUIRE(message.has_value() == c.fits);
    if (c.fits) {
        CHECK(survey(*message, Lines::any).kind() == TransferEncoding::seven_bit);
    } else {
        CHECK(message.error().fault == Fault::permanent);
        CHECK(message.error().what.find("field " + c.name + ": ") == 0);
        CHECK(message.error().what.find("998") != std::string::npos);
    }
}

TEST_CASE("A field that was folded is the same", "[mime][rfc5322-2.2.3]") {
    const std::string ids = "<1@a><2@a> <\"><\"@a><3@a>";
    const auto message = written({{{"References", ids}}, "x\n", {}}).value();
    CHECK(mail::parse_message_ids(mail::find_field(message, "References")->value) == mail::parse_message_ids(ids));
}

TEST_CASE("A date is written as it has to be", "[mime][rfc5322-3.3]") {
    struct Case { std::string value, date; };
    const auto c = GENERATE(values<Case>({
        {"Tue, 1 Oct 2024 10:00:00 +0200", "Tue, 01 Oct 2024 10:00:00 +0200"},
        {"Mon, 1 Oct 2024 10:00 -0330 (wrong day)", "Tue, 01 Oct 2024 10:00:00 -0330"},
        {"2024-10-01T10:00:00Z", "Tue, 01 Oct 2024 10:00:00 +0000"},
        {"Tue Oct  1 10:00:00 EST 2024", "Tue, 01 Oct 2024 10:00:00 -0500"},
    }));
    CHECK(written({{{"Date", c.value}}, "x\n", {}}).value().starts_with("Date: " + c.date + "\n"));
    CHECK(written({{{"resent-date", c.value}}, "x\n", {}}).value().starts_with("resent-date: " + c.date + "\n"));
}

TEST_CASE("Controls get into no field", "[mime][rfc5322-3.2]") {
    const auto control = GENERATE(as<std::string>{}, "\x1b", "\x01", "\x7f", "\v");
    for (const auto* name : {"Return-Path", "References", "Message-ID", "Received", "To", "Sender"}) {
        const auto message = written({{{name, "<\"a" + control + "b\"@c>"}}, "x\n", {}});
        REQUIRE_FALSE(message);
        CHECK(message.error().what.find(name) != std::string::npos);
    }
    for (const auto* name : {"Subject", "X-Y", "Comments"}) {
        const auto message = written({{{name, "a" + control + "b"}}, "x\n", {}}).value();
        CHECK(message.find(control) == message.npos);
        CHECK(text::decode_words(mail::find_field(message, name)->value) == "a" + control + "b");
    }
    CHECK(written({{{"To", "\"a" + control + "b\" <a@b>"}}, "x\n", {}}).value().find(control) == std::string::npos);
}

TEST_CASE("Fields are encoded where they may be", "[mime][rfc2047]") {
    const auto message = written({{{"From", "J\xc3\xb6rg <j@a.example>"}, {"Bcc", "b@a.example"}, {"Subject", " caf\xc3\xa9teria "}, {"Message-ID", "<1@a>"}}, "x\n", {}}).value();
    CHECK(message.starts_with("From: =?utf-8?b?SsO2cmc=?= <j@a.example>\nBcc: b@a.example\nSubject: =?utf-8?q?caf=C3=A9teria?=\nMessage-ID: <1@a>\nMIME-Version"));
}

TEST_CASE("What can't be written is told by its name", "[mime]") {
    struct Case { std::string name, value, what; };
    const auto c = GENERATE(values<Case>({
        {"Subject", "x\nBcc: y", "Subject"},
        {"Subject", "x\n y", "Subject"},
        {"Subject", "x\r", "Subject"},
        {"X-Y", std::string("\0", 1), "X-Y"},
        {"To", "nobody at all", "To"},
        {"Reply-To", "nobody at all", "Reply-To"},
        {"Resent-From", "a b@c", "Resent-From"},
        {"Sender", "a@b, c@d", "Sender: must be one address"},
        {"Resent-Sender", "us: a@b;", "Resent-Sender: must be one address"},
        {"Cc", "\xc3\xa9@a.example", "Cc: must be ASCII"},
        {"Date", "garbage", "Date: not a date: day, month or year"},
        {"Resent-Date", "1 Oct 2024", "Resent-Date: not a date: no time of day"},
        {"References", "<\xc3\xa9@a>", "References"},
        {"Content-Type", "text/html", "Content-Type"},
        {"mime-version", "1.0", "mime-version"},
        {"X Y", "z", "X Y"},
        {"X:", "z", "X:"},
        {"X\nBcc", "z", "X"},
        {"", "z", "field"},
    }));
    CAPTURE(c.name, c.value);
    const auto message = written({{{c.name, c.value}}, "x\n", {}});
    REQUIRE_FALSE(message);
    CHECK(message.error().fault == Fault::permanent);
    CHECK(message.error().what.find(c.what) != std::string::npos);
    CHECK(message.error().what.find('\n') == std::string::npos);
}

TEST_CASE("Files and texts that can't be sent are told", "[mime]") {
    CHECK_FALSE(written({{}, "caf\xe9\n", {}}));
    CHECK_FALSE(written({{}, "", {{"a\nb", "text/plain", ""}}}));
    CHECK_FALSE(written({{}, "", {{"a", "multipart/mixed; boundary=b", ""}}}));
    CHECK_FALSE(written({{}, "", {{"a", "text", ""}}}));
    CHECK_FALSE(written({{}, "", {{"a", "text/plain\nBcc: y", ""}}}));
    CHECK_FALSE(written({{}, "", {{"a", "text/plain; name=\"a\\\"b\"", ""}}}));
    CHECK_FALSE(written({{}, "a --=_B b", {{"a", "text/plain", ""}}}));
}

TEST_CASE("A date and an identifier are added once", "[mime]") {
    Draft draft{{{"date", "Sat, 21 Nov 2026 21:53:22 +0100"}}, "x\n", {}};
    add_origin(draft, Time{}, "a.example");
    add_origin(draft, Time{}, "a.example");
    REQUIRE(draft.fields.size() == 2);
    CHECK(draft.fields[1].first == "Message-ID");
    CHECK(draft.fields[1].second.ends_with("@a.example>"));
}

TEST_CASE("Whatever is attached, and how it is called, is read back", "[mime]") {
    std::mt19937 random{1};
    constexpr std::string_view odd[] = {"\n", "\r\n", "\r", " ", "--", "=_", ".", "\xc3\xa9", "text ", "\nFrom ", "\xd0\xbf\xd1\x80", "\t"};
    constexpr std::string_view names[] = {"a", "\"", "\\", "\xc3\xa9", " ", ";", "'", "%41", "*", "\xf0\x9f\x98\x80", "=?utf-8?q?x?=", "longer"};
    const auto some = [&](auto& from, std::size_t most) {
        std::string made;
        for (auto n = random() % most; n > 0; --n) made += from[random() % std::size(from)];
        return made;
    };
    for (int n = 0; n < 500; ++n) {
        const auto text = some(odd, 100) + "x", first = some(odd, 200), second = some(odd, 50) + '\xff' + '\0';
        const auto subject = some(names, 60), name = some(names, 60) + "x";
        CAPTURE(text, first, subject, name);
        const auto message = written({{{"Subject", subject}}, text, {{name, "text/plain", first}, {"b", "image/png", second}}}).value();
        CHECK(survey(message, Lines::any).kind() == TransferEncoding::seven_bit);
        const auto structure = read_structure(message);
        REQUIRE(structure.parts.size() == 4);
        CHECK(structure.findings.empty());
        std::string on_the_wire;
        WireText{}.append(text, on_the_wire);
        CHECK(contents(message)[0] == on_the_wire);
        CHECK(content(message, 2) == first);
        CHECK(content(message, 3) == second);
        CHECK(file_name(message, structure.parts[2]) == name);
        CHECK(text::decode_words(mail::find_field(message, "Subject")->value) == trim(subject));
        for (auto left = std::string_view{message}.substr(0, structure.parts[3].header.end); !left.empty();) {
            const auto line = left.substr(0, left.find('\n'));
            CHECK(line.size() <= 998);
            left.remove_prefix(std::min(line.size() + 1, left.size()));
        }
    }
}

TEST_CASE("A large file goes through in small pieces", "[mime]") {
    const std::string content(5'000'000, '\xff');
    std::size_t largest = 0, all = 0;
    REQUIRE(write_draft({{}, "x\n", {{"a", "image/png", content}}}, "=_B", [&](std::string_view piece) {
        largest = std::max(largest, piece.size());
        all += piece.size();
    }));
    CHECK(largest < 300'000);
    CHECK(all > 6'600'000);
}

TEST_CASE("a message identifier stands in brackets and has no blank", "[mime][rfc5322-3.6.4]") {
    for (const auto* value : {"", "1@a", "<>", "<a b>", "x y"}) {
        CAPTURE(value);
        const auto message = written({{{"From", "j@a.example"}, {"Message-ID", value}}, "x\n", {}});
        REQUIRE_FALSE(message);
        CHECK(message.error().what == "field Message-ID: must be an identifier like <left@right>");
    }
}
