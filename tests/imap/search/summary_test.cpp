// SPDX-License-Identifier: ISC
#include "imap/search/summary.hpp"

#include <array>

#include "imap/message/envelope.hpp"
#include "support/catch.hpp"

using namespace mailpipe::imap;

namespace {

constexpr std::string_view header =
    "Received: from x\nFrom: =?utf-8?q?J=C3=BCrgen?= <Jo@example.com>,\n second@example.com\nTo: friends: a@b;\n"
    "Cc: c@d.example\nSubject: Re: [list]\n Hello\nDate: Tue, 2 Jan 2001 00:30:00 +0100\n"
    "Message-ID: <\"one\"@x>\nReferences: <a@x> <b@x>\nX-Unknown: 1\nX-Priority: 3\n\nbody\n";

std::vector<std::uint64_t> references_of(const Summary& summary) {
    std::vector<std::uint64_t> all;
    for (std::size_t i = 0; i < summary.references().size(); ++i) all.push_back(summary.references()[i]);
    return all;
}

std::vector<std::uint64_t> hashes_of(const std::vector<std::string>& ids) {
    std::vector<std::uint64_t> all;
    for (const auto& id : ids) all.push_back(hash_of_id(id));
    return all;
}

std::string fields_of(const Summary& summary, const std::vector<std::string>& names) {
    std::string out;
    summary.append_fields(out, field_set(names).value());
    return out;
}

}  // namespace

TEST_CASE("a summary has of a header what clients ask for", "[imap][rfc5256-3]") {
    const auto text = make_summary(header);
    const auto summary = read_summary(text);
    REQUIRE(summary);
    CHECK(summary->sent() == 978391800);
    CHECK(summary->sent_day() == 11324);
    CHECK(summary->is_reply());
    CHECK(summary->key(Summary::Key::subject) == "HELLO");
    CHECK(summary->key(Summary::Key::from) == "JO");
    CHECK(summary->key(Summary::Key::display_from) == "JU\xcc\x88RGEN");
    CHECK(summary->key(Summary::Key::to) == "FRIENDS");
    CHECK(summary->key(Summary::Key::display_to) == "FRIENDS");
    CHECK(summary->key(Summary::Key::cc) == "C");
    CHECK(summary->message_id() == hash_of_id("one@x"));
    CHECK(references_of(*summary) == hashes_of({"a@x", "b@x"}));
    std::string envelope;
    append_envelope(envelope, header);
    CHECK(summary->envelope() == envelope);
    CHECK(fields_of(*summary, {"X-PRIORITY", "from"}) ==
          "From: =?utf-8?q?J=C3=BCrgen?= <Jo@example.com>,\r\n second@example.com\r\nX-Priority: 3\r\n");
    CHECK(summary->has_all(~FieldSet{0}));
    CHECK_FALSE(field_set(std::vector<std::string>{"from", "x-unknown"}));
}

TEST_CASE("DISPLAYFROM takes the name, else the address, else what there is", "[imap][rfc5957-3]") {
    struct Case { std::string_view from, key; };
    const auto c = GENERATE(values<Case>({
        {"A B <c@d>", "A B"}, {"c@d (A B)", "A B"}, {"<c@d>", "C@D"}, {"\"\" <c@d>", "C@D"}, {"c", "C"}, {"", ""},
        {"group: a@b;", "GROUP"}, {"=?utf-8?q?=00b?= <c@d>", "B"},
    }));
    CAPTURE(c.from);
    const auto text = make_summary("From: " + std::string{c.from} + "\n\n");
    CHECK(read_summary(text)->key(Summary::Key::display_from) == c.key);
}

TEST_CASE("without References the first of In-Reply-To is the parent", "[imap][rfc5256-3]") {
    struct Case { std::string_view fields; std::vector<std::string> references; };
    const auto c = GENERATE(values<Case>({
        {"In-Reply-To: <a@x> <b@x>\n", {"a@x"}},
        {"References: none here\nIn-Reply-To: <a@x>\n", {"a@x"}},
        {"References: <c@x>\nIn-Reply-To: <a@x>\n", {"c@x"}},
        {"In-Reply-To: Your message of Monday\n", {}},
    }));
    CAPTURE(c.fields);
    const auto text = make_summary(c.fields);
    CHECK(references_of(*read_summary(text)) == hashes_of(c.references));
}

TEST_CASE("what is too long is not kept, and that is told", "[imap]") {
    const std::string many(max_kept_field_octets, 'x');
    std::string references = "References:";
    std::vector<std::string> ids;
    for (std::size_t i = 0; i <= max_kept_references; ++i) {
        ids.push_back(std::to_string(i) + "@x");
        references += "\n <" + ids.back() + ">";
    }
    ids.erase(ids.begin() + 1);
    const auto text = make_summary("To: " + many + "\nSubject: s\n" + references + "\n\n");
    const auto summary = read_summary(text);
    REQUIRE(summary);
    const auto set = [](const std::string& name) { return *field_set(std::array{name}); };
    CHECK_FALSE(summary->has_all(set("to")));
    CHECK_FALSE(summary->has_all(set("references")));
    CHECK(summary->has_all(set("subject") | set("cc")));
    CHECK(fields_of(*summary, {"to", "subject"}) == "Subject: s\r\n");
    CHECK(references_of(*summary) == hashes_of(ids));
    CHECK(text.size() < 100'000);
}

TEST_CASE("no header is a summary too, and is dated by others", "[imap][rfc5256-2.2]") {
    const auto empty = make_summary("");
    REQUIRE(read_summary(empty));
    CHECK_FALSE(read_summary(empty)->sent());
    CHECK(read_summary(empty)->fields().size() == 0);
    const auto mbox = make_summary("From me\nSubject: s\n");
    CHECK(read_summary(mbox)->key(Summary::Key::subject) == "S");
}

TEST_CASE("torn or changed octets are refused, or stay within", "[imap]") {
    const auto text = make_summary(header);
    for (std::size_t size = 0; size < text.size(); ++size) CHECK_FALSE(read_summary(std::string_view{text}.substr(0, size)));
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char bits : {'\x01', '\x80', '\xff'}) {
            auto changed = text;
            changed[at] = static_cast<char>(changed[at] ^ bits);
            const auto summary = read_summary(changed);
            if (!summary) continue;
            std::string all;
            summary->append_fields(all, ~FieldSet{0});
            all.append(summary->key(Summary::Key::display_to));
            CHECK(all.size() + references_of(*summary).size() <= 2 * text.size());
        }
    }
}
