// SPDX-License-Identifier: ISC
// A summary made of any header is read back, and says of it what the header says; of any other octets nothing is read that
// is not there. A base subject has no other base subject.
#include <cstdint>
#include <cstring>
#include <string>

#include "fuzz/require.hpp"
#include "imap/search/base_subject.hpp"
#include "imap/search/match.hpp"
#include "imap/search/summary.hpp"
#include "imap/search/summary_layout.hpp"

using namespace mailpipe;
using namespace mailpipe::imap;

namespace {

std::size_t read_all(const Summary& summary) {
    std::string all;
    summary.append_fields(all, ~FieldSet{0});
    for (auto key = Summary::Key::subject; key <= Summary::Key::display_to; key = Summary::Key{static_cast<std::uint8_t>(static_cast<int>(key) + 1)}) {
        all += summary.key(key);
    }
    all += summary.envelope();
    const auto references = summary.references();
    for (std::size_t i = 0; i < references.size(); ++i) all.append(references[i] != 0 ? 1 : 0, 'r');
    return all.size() + static_cast<std::size_t>(summary.is_reply()) + summary.sent().has_value() + summary.sent_day().has_value();
}

void require_round_trip(std::string_view header) {
    const auto text = make_summary(header);
    const auto summary = read_summary(text);
    require(summary && text.size() < 150'000 && read_all(*summary) < text.size());
    const auto references = summary->references();
    require(references.size() <= max_kept_references);
    for (std::size_t i = 0; i < references.size(); ++i) require(references[i] != 0);
    const auto kept = summary->fields();
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const auto field = kept[i];
        require(field.text.ends_with("\r\n") && field.text.find(':') != field.text.npos);
    }
}

/// What the summary knows is what the header tells.
void require_same_verdict(std::string_view header, SearchKey key) {
    const auto text = make_summary(header);
    Matcher by_summary{{key}, {}}, by_header{{key}, {}};
    (void)by_summary.match_facts({.sequence = 1, .uid = 1});
    (void)by_header.match_facts({.sequence = 1, .uid = 1});
    const auto verdict = by_summary.match_summary(*read_summary(text));
    const auto expected = by_header.match_header(header);
    require(expected != Verdict::unknown && (verdict == expected || verdict == Verdict::unknown));
}

/// As if the octets were a summary's behind its first numbers.
void read_hostile(std::string_view octets) {
    if (const auto summary = read_summary(octets)) (void)read_all(*summary);
    std::string text{octets};
    if (text.size() < sizeof(layout::Head)) return;
    auto head = layout::head_of(text);
    head.magic = layout::magic;
    head.version = summary_version;
    head.reserved = 0;
    head.ends.back() = static_cast<std::uint32_t>(text.size());
    std::memcpy(text.data(), &head, sizeof head);
    if (const auto summary = read_summary(text)) require(read_all(*summary) <= 2 * text.size() + 3);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    read_hostile(text);
    require_round_trip(text);
    const auto word = std::string{text.substr(text.size() - text.size() / 8)};
    require_same_verdict(text, {.kind = SearchKey::Kind::header, .field = "subject", .text = word});
    require_same_verdict(text, {.kind = SearchKey::Kind::header, .field = "from", .text = ""});
    require_same_verdict(text, {.kind = SearchKey::Kind::sent_since, .date = 10'000});
    const auto base = base_subject(text);
    require(base.text.size() <= text.size() && base_subject(base.text).text == base.text);
    Matcher matcher{{{.kind = SearchKey::Kind::text, .text = word}}, {}};
    (void)matcher.match_facts({.sequence = 1, .uid = 1});
    require(matcher.match_message(text) != Verdict::unknown);
    return 0;
}
