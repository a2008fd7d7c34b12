// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "mime/part_number.hpp"
#include "mime/survey.hpp"
#include "support/random_message.hpp"
#include "support/recoded.hpp"

using namespace mailpipe;
using namespace mailpipe::mime;

namespace {

std::string with_crlf(std::string_view text) {
    std::string wire;
    WireText{}.append(text, wire);
    return wire;
}

std::string reasons(const Recoding& told) {
    std::string list;
    for (const auto& [part, reason] : told.kept) list += part + ":" + std::to_string(static_cast<int>(reason)) + " ";
    return list;
}

std::string reason(std::string_view part, Reason reason) { return std::string{part} + ":" + std::to_string(static_cast<int>(reason)) + " "; }

const std::string text_type = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n";
const std::string mixed = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n";
const std::string cafe = "caf\xc3\xa9 au lait\n";

}  // namespace

TEST_CASE("A text is made 7bit, and its header says how", "[mime][rfc2045-6.7]") {
    struct Case { std::string message, made; };
    const auto c = GENERATE_REF(values<Case>({
        {text_type + "Content-Transfer-Encoding: 8bit\nX: y\n\n" + cafe,
         text_type + "Content-Transfer-Encoding: quoted-printable\nX: y\n\ncaf=C3=A9 au lait\n"},
        {text_type + "X: y\n\n" + cafe, text_type + "X: y\nContent-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9 au lait\n"},
        {"X: y\n\n" + cafe, "X: y\nMIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9 au lait\n"},
        {text_type + "\n\xc3\xa9\xc3\xa9\n", text_type + "Content-Transfer-Encoding: base64\n\nw6nDqQ0K\n"},
        {text_type + "\nplain\n", text_type + "\nplain\n"},
        {text_type + "content-transfer-encoding :\n 8bit (or so)\n\nplain\n", text_type + "content-transfer-encoding : 7bit\n\nplain\n"},
        {text_type + "Content-Transfer-Encoding: quoted-printable\n\ncaf\xc3=A9\n",  // it lies
         text_type + "Content-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9\n"},
        {mixed + "Content-Transfer-Encoding: 8bit\n\n--b\n" + text_type.substr(18) + "\n\xc3\xa9 au lait\n--b--\n",
         mixed + "Content-Transfer-Encoding: 7bit\n\n--b\n" + text_type.substr(18) +
             "Content-Transfer-Encoding: quoted-printable\n\n=C3=A9 au lait\n--b--\n"},
    }));
    CAPTURE(c.message);
    CHECK(recoded(c.message, to_7bit).message == c.made);
    CHECK(recoded(with_crlf(c.message), to_7bit).message == with_crlf(c.made));
    CHECK(recoded(c.message, to_7bit).told.kept.empty());
    CHECK(recoded(c.message, to_7bit).told.is_changed == (c.message != c.made));
}

TEST_CASE("A header is changed as long as its fields are looked at", "[mime]") {
    constexpr std::size_t most = Limits{}.fields;
    struct Case { std::string last; std::size_t others; bool is_changed; };
    const std::string version = "MIME-Version: 1.0\n", encoding = "Content-Transfer-Encoding: 8bit\n";
    const auto c = GENERATE_COPY(values<Case>({
        {version + encoding, most - 2, true},
        {version + encoding, most - 1, false},
        {encoding, most - 1, true},
        {encoding, most, false},
        {version, most - 2, true},
        {version, most - 1, false},
        {"", most - 2, true},
        {"", most - 1, false},
    }));
    CAPTURE(c.last, c.others);
    std::string header;
    for (std::size_t n = 0; n < c.others; ++n) header += "X: y\n";
    const auto message = header + c.last + "\n" + cafe;
    const auto made = recoded(message, to_7bit);
    CHECK(reasons(made.told) == (c.is_changed ? "" : reason("1", Reason::header_ambiguous)));
    CHECK(made.told.is_changed == c.is_changed);
    CHECK(contents(made.message) == contents(message));
}

TEST_CASE("A line end is CRLF in what is encoded, but in what is binary", "[mime][rfc2045-6.8][rfc2045-2.8]") {
    struct Case { std::string type, encoding, content; };
    const auto c = GENERATE(values<Case>({
        {"application/x-y", "8bit", "\xc3\r\n\xa9\r\n"},
        {"text/plain", "8bit", "\xc3\r\n\xa9\r\n"},
        {"text/plain", "binary", "\xc3\r\n\xa9\r\n"},
        {"application/x-y", "binary", "\xc3\n\xa9\n"},
    }));
    CAPTURE(c.type, c.encoding);
    const auto header = "MIME-Version: 1.0\nContent-Type: " + c.type + "\nContent-Transfer-Encoding: " + c.encoding + "\n";
    CHECK(contents(recoded(header + "\n\xc3\n\xa9\n", to_7bit).message) == std::vector{c.content});
}

TEST_CASE("A text is made 8bit where it can be lines", "[mime][rfc2045-6.2]") {
    struct Case { std::string message, made, kept; };
    const std::string quoted = text_type + "Content-Transfer-Encoding: quoted-printable\n\n";
    const std::string base64 = text_type + "Content-Transfer-Encoding: base64\n\n";
    const std::string part = "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n";
    const auto c = GENERATE_REF(values<Case>({
        {quoted + "caf=C3=A9 au=\n lait=20\n", text_type + "Content-Transfer-Encoding: 8bit\n\ncaf\xc3\xa9 au lait \n", ""},
        {quoted + "plain=3D\n", text_type + "Content-Transfer-Encoding: 7bit\n\nplain=\n", ""},
        {quoted + "a=0D=0Ab\n", text_type + "Content-Transfer-Encoding: 7bit\n\na\nb\n", ""},
        {base64 + "w6kNCg==\n", text_type + "Content-Transfer-Encoding: 8bit\n\n\xc3\xa9\n", ""},
        {base64 + "w6kK\n", {}, reason("1", Reason::no_lines)},  // LF alone
        {base64 + "w6k=\n", {}, reason("1", Reason::no_lines)},  // no line end at all
        {base64 + "w6k!=\n", {}, reason("1", Reason::damaged)},
        {quoted + "a=00b\n", {}, reason("1", Reason::no_lines)},
        {quoted + "a=0Db\n", {}, reason("1", Reason::no_lines)},
        {quoted + std::string(999, 'x') + "\n", {}, reason("1", Reason::no_lines)},
        {quoted + "a=zz\n", {}, reason("1", Reason::damaged)},
        {"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\nQQ==\n", {}, ""},
        {mixed + "\n--b\n" + part + "=2D-b1\n--b--\n", {}, reason("1", Reason::delimiter)},
        {mixed + "\n--b\n" + part + "=C3=A9\n--b--\n",
         mixed + "Content-Transfer-Encoding: 8bit\n\n--b\nContent-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\n\xc3\xa9\n--b--\n", ""},
    }));
    CAPTURE(c.message);
    const auto made = c.made.empty() ? c.message : c.made;
    for (const auto& [from, to] : {std::pair{c.message, made}, std::pair{with_crlf(c.message), with_crlf(made)}}) {
        const auto got = recoded(from, to_8bit);
        CHECK(got.message == to);
        CHECK(reasons(got.told) == c.kept);
    }
}

TEST_CASE("What may not be changed stays, and is told", "[mime]") {
    struct Case { std::string message, kept; };
    const std::string partial = "Content-Type: message/partial; id=x\n";
    const auto c = GENERATE_REF(values<Case>({
        {"Content-Type: multipart/signed; boundary=b\n\n--b\n\n" + cafe + "--b\n\nx\n--b--\n", reason("1", Reason::sealed)},
        {mixed + "\n--b\nContent-Type: multipart/encrypted; boundary=c\nContent-Transfer-Encoding: 8bit\n\n--c\n\n" + cafe + "--c--\n--b--\n",
         reason("1.1", Reason::sealed)},
        {"Content-Type: application/x-pkcs7-mime\n\n" + cafe, reason("1", Reason::sealed)},
        {partial + "\n" + cafe, reason("1", Reason::composite)},
        {"Content-Type: multipart/mixed\n\n" + cafe, reason("1", Reason::composite)},  // no boundary
        {"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n\n" + cafe + "--b--\n",
         reason("1", Reason::encoded_composite)},
        {"Subject: \xc3\xa9\n\nx\n", reason("1", Reason::header)},
        {"From \xc3\xa9\nX: y\n\nx\n", reason("1", Reason::header)},
        {mixed + "\n\xc3\xa9\n--b\n\nx\n--b--\n", reason("", Reason::outside)},
        {mixed + "\n--b\n\nx\n--b--\n\xc3\xa9\n", reason("", Reason::outside)},
        {"Content-Transfer-Encoding: x-uuencode\n\n" + cafe, reason("1", Reason::encoding_unknown)},
        {"Content-Transfer-Encoding: gzip\n\n" + cafe, reason("1", Reason::encoding_unknown)},
        {"Content-Transfer-Encoding: base64\n\nQ\xc3\xa9==\n", reason("1", Reason::damaged)},
        {"Content-Transfer-Encoding: 8bit\nContent-Transfer-Encoding: 7bit\n\n" + cafe, reason("1", Reason::header_ambiguous)},
        {"X\xe4: y\n\n" + cafe, reason("1", Reason::header) + reason("1", Reason::header_ambiguous)},
        {"X: y\n" + cafe + "\n" + cafe, reason("1", Reason::header_ambiguous)},  // no empty line
    }));
    CAPTURE(c.message);
    const auto got = recoded(c.message, to_7bit);
    CHECK(got.message == c.message);
    CHECK(reasons(got.told) == c.kept);
    CHECK_FALSE(got.told.is_changed);
    for (const auto& kept : got.told.kept) CHECK_FALSE(explain(kept.reason).empty());
}

TEST_CASE("Parts that are not told apart any more stay", "[mime]") {
    auto message = mixed + "\n";
    for (std::size_t n = 0; n < Limits{}.parts + 5; ++n) message += "--b\n\n" + cafe;
    message += "--b--\n";
    const auto got = recoded(message, to_7bit);
    CHECK(reasons(got.told) == reason("", Reason::outside));
    CHECK(contents(got.message) == contents(message));
}

TEST_CASE("No line of an encoded body is a delimiter", "[mime][rfc2046-5.1.1]") {
    const auto long_line = std::string(75, 'x') + "--b\xc3\xa9\n";  // a soft break comes before the dashes
    const auto message = mixed + "\n--b\n\n" + long_line + "--b--\n";
    const auto got = recoded(message, to_7bit).message;
    CHECK(contents(got) == contents(message));
    const std::string like_a_code = "Content-Type: multipart/mixed; boundary=\"=C3=A9\"\n\n--=C3=A9\n\n--\xc3\xa9 text\n--=C3=A9--\n";
    CHECK(contents(recoded(like_a_code, to_7bit).message) == contents(like_a_code));
}

TEST_CASE("A signature that a change breaks is told", "[mime]") {
    const std::string signature = "DKIM-Signature: v=1\n";
    CHECK(recoded(signature + "\n" + cafe, to_7bit).told.breaks_signature);
    CHECK(recoded("From x\n" + signature + "\n" + cafe, to_7bit).told.breaks_signature);
    CHECK_FALSE(recoded(signature + "\nplain\n", to_7bit).told.breaks_signature);
    CHECK_FALSE(recoded("X: y\n\n" + cafe, to_7bit).told.breaks_signature);
}

TEST_CASE("Whatever the message, its content stays and nothing else changes", "[mime]") {
    int with_sealed = 0;
    for (std::uint32_t seed = 0; seed < 1500; ++seed) {
        CAPTURE(seed);
        RandomMessage random{seed, seed % 2 == 0 ? "\n" : "\r\n"};
        const auto message = random.make();
        with_sealed += random.sealed() > 0;
        const auto seven = recoded(message, to_7bit);
        const auto eight = recoded(message, to_8bit);
        for (const auto& one : {seven, eight, recoded(seven.message, to_8bit), recoded(eight.message, to_7bit)}) {
            CHECK(contents(one.message) == contents(message));
            CHECK(outside(one.message) == outside(message));
        }
        if (seven.told.kept.empty()) CHECK(survey(seven.message, Lines::any).kind() == TransferEncoding::seven_bit);
        CHECK_FALSE(recoded(seven.message, to_7bit).told.is_changed);
        CHECK_FALSE(recoded(eight.message, to_8bit).told.is_changed);
        CHECK(seven.told.is_changed == (seven.message != message));
    }
    CHECK(with_sealed > 50);
}

TEST_CASE("A part is 7bit, or is told", "[mime]") {
    for (std::uint32_t seed = 0; seed < 1500; ++seed) {
        CAPTURE(seed);
        const auto message = RandomMessage{seed, "\n"}.make();
        const auto seven = recoded(message, to_7bit);
        const auto structure = read_structure(seven.message);
        for (std::size_t index = 0; index < structure.parts.size(); ++index) {
            const auto& part = structure.parts[index];
            if (part.kind != Part::Kind::leaf) continue;
            const auto number = part_number(structure, index);
            const bool is_told = std::ranges::any_of(seven.told.kept, [&](const Kept& kept) { return kept.part == number; });
            CHECK((is_told || survey(part.body.of(seven.message), Lines::any).kind() == TransferEncoding::seven_bit));
        }
    }
}

TEST_CASE("A signed subtree keeps its octets", "[mime]") {
    const std::string sealed = "Content-Type: multipart/signed; boundary=s\nContent-Transfer-Encoding: 8bit\n\n--s\n\n" + cafe +
                               "--s\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A9\n--s--\n";
    const auto message = mixed + "\n--b\n\n" + cafe + "--b\n" + sealed + "--b--\n";
    for (const auto recode : {to_7bit, to_8bit}) {
        const auto got = recoded(message, recode);
        CHECK(got.message.find(sealed) != std::string::npos);
    }
    CHECK(reasons(recoded(message, to_7bit).told) == reason("2.1", Reason::sealed));
    CHECK(reasons(recoded(message, to_8bit).told) == reason("2.2", Reason::sealed));
}

TEST_CASE("A large body goes through in small pieces", "[mime]") {
    std::string message = "Content-Type: application/octet-stream\nContent-Transfer-Encoding: binary\n\n";
    message.resize(5'000'000, '\xff');
    std::size_t largest = 0;
    to_7bit(message, [&](std::string_view piece) { largest = std::max(largest, piece.size()); });
    CHECK(largest < 300'000);
}
