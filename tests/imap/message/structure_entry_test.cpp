// SPDX-License-Identifier: ISC
#include "imap/message/structure_entry.hpp"

#include <cstring>
#include <tuple>

#include "base/hash.hpp"
#include "imap/message/body_structure.hpp"
#include "support/catch.hpp"

using namespace mailpipe;

namespace {

constexpr std::string_view letter =
    "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-ID: <1>\nContent-Transfer-Encoding: base64\n\nQQ==\n"
    "--b\nContent-Type: multipart/digest; boundary=c\n\n--c\n\nSubject: inner\r\n\r\nx\r\n--c\n\nSubject:\n\n--c--\n--b--\n";

std::string entry_of(std::string_view message) {
    return imap::make_structure_entry(message, mime::read_structure(message));
}

void check_equal(const mime::Part& a, const mime::Part& b) {
    CHECK(std::tie(a.parent, a.number, a.depth, a.kind, a.is_of_digest) == std::tie(b.parent, b.number, b.depth, b.kind, b.is_of_digest));
    CHECK((a.header == b.header && a.body == b.body));
    CHECK((a.header_extent == b.header_extent && a.body_extent == b.body_extent));
    const auto& c = a.fields;
    const auto& d = b.fields;
    CHECK((c.type == d.type && c.encoding == d.encoding && c.disposition == d.disposition && c.id == d.id));
    CHECK((c.description == d.description && c.language == d.language && c.location == d.location && c.md5 == d.md5));
}

/// With the checksum that it should have.
std::string sealed(std::string entry) {
    const auto sum = static_cast<std::uint32_t>(hash64(std::string_view{entry}.substr(5)));
    std::memcpy(entry.data() + 1, &sum, sizeof sum);
    return entry;
}

}  // namespace

TEST_CASE("an entry gives back the texts and the structure", "[imap]") {
    const auto message = GENERATE(as<std::string>{}, "", "\n", "Subject: s\n\nbody\n", "From me\nContent-Type:\nContent-MD5: x\n\n",
                                  "Content-Type: message/rfc822\n\n", std::string{letter});
    CAPTURE(message);
    const auto structure = mime::read_structure(message);
    const auto octets = entry_of(message);
    const auto entry = imap::read_structure_entry(octets, message.size());
    REQUIRE(entry);
    std::string body_structure, body;
    imap::append_body_structure(body_structure, message, structure);
    imap::append_body(body, message, structure);
    CHECK(entry->body_structure == body_structure);
    CHECK(entry->body == body);
    const auto again = imap::structure_of(*entry);
    REQUIRE(again);
    REQUIRE(again->parts.size() == structure.parts.size());
    for (std::size_t i = 0; i < structure.parts.size(); ++i) check_equal(again->parts[i], structure.parts[i]);
}

TEST_CASE("an entry is small", "[imap]") {
    const auto message = "Content-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\n" + std::string(5000, 'x') + "\n";
    const auto octets = entry_of(message);
    const auto entry = imap::read_structure_entry(octets, message.size());
    REQUIRE(entry);
    CHECK(octets.size() - entry->body_structure.size() - entry->body.size() < 40);
}

TEST_CASE("an entry of another message, torn or of another version is none", "[imap]") {
    const auto octets = entry_of(letter);
    CHECK_FALSE(imap::read_structure_entry(octets, letter.size() + 1));
    CHECK_FALSE(imap::read_structure_entry(octets + '\0', letter.size()));
    CHECK_FALSE(imap::read_structure_entry("", 0));
    for (std::size_t at = 0; at < octets.size(); ++at) {
        CHECK_FALSE(imap::read_structure_entry(octets.substr(0, at), letter.size()));
        auto changed = octets;
        changed[at] = static_cast<char>(changed[at] ^ 0x40);
        CHECK_FALSE(imap::read_structure_entry(changed, letter.size()));
    }
}

TEST_CASE("no octet of a row leads out of the message", "[imap]") {
    const auto octets = entry_of(letter);
    for (std::size_t at = 5; at < octets.size(); ++at) {
        for (const char octet : {'\0', '\1', '\2', '\3', '\x7f', '\x80', '\xff'}) {
            auto changed = octets;
            changed[at] = octet;
            changed = sealed(changed);
            const auto entry = imap::read_structure_entry(changed, letter.size());
            const auto structure = entry ? imap::structure_of(*entry) : std::nullopt;
            if (!structure) continue;
            std::string text;
            imap::append_body_structure(text, letter, *structure);
            for (const auto& part : structure->parts) CHECK((part.header.end <= letter.size() && part.body.end <= letter.size()));
        }
    }
}
