// SPDX-License-Identifier: ISC
#include "imap/search/field_set.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace mailpipe::imap {

namespace {

// Asked for by Thunderbird, mutt, neomutt, Roundcube, K-9, FairEmail, aerc, alpine, mbsync, OfflineIMAP and Delta Chat.
// Whoever changes this table changes the version of Summary.
constexpr auto fields = std::to_array<std::string_view>({
    "auto-submitted",
    "bcc",
    "cc",
    "chat-version",
    "content-class",
    "content-description",
    "content-disposition",
    "content-language",
    "content-transfer-encoding",
    "content-type",
    "date",
    "delivered-to",
    "disposition-notification-to",
    "followup-to",
    "from",
    "importance",
    "in-reply-to",
    "keywords",
    "lines",
    "list-archive",
    "list-help",
    "list-id",
    "list-owner",
    "list-post",
    "list-subscribe",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "mail-followup-to",
    "mail-reply-to",
    "message-id",
    "mime-version",
    "newsgroups",
    "organization",
    "precedence",
    "priority",
    "references",
    "reply-to",
    "resent-from",
    "resent-message-id",
    "return-path",
    "sender",
    "subject",
    "to",
    "user-agent",
    "x-draft-info",
    "x-forwarded-message-id",
    "x-label",
    "x-mailer",
    "x-mozilla-draft-info",
    "x-offlineimap",
    "x-original-to",
    "x-priority",
    "x-spam-flag",
    "x-spam-level",
    "x-spam-score",
    "x-spam-status",
    "x-tuid",
});
static_assert(fields.size() <= 64 && std::ranges::is_sorted(fields));
constexpr std::size_t longest = std::ranges::max(fields, {}, &std::string_view::size).size();

}  // namespace

std::span<const std::string_view> known_fields() { return fields; }

std::optional<unsigned> field_place(std::string_view name) {
    std::array<char, longest> small;
    if (name.size() > small.size()) return {};
    std::ranges::transform(name, small.begin(), to_lower);
    const std::string_view lowered{small.data(), name.size()};
    const auto* const found = std::ranges::lower_bound(fields, lowered);
    if (found == fields.end() || *found != lowered) return {};
    return static_cast<unsigned>(found - fields.begin());
}

std::optional<FieldSet> field_set(std::span<const std::string> names) {
    FieldSet set = 0;
    for (const auto& name : names) {
        const auto place = field_place(name);
        if (!place) return {};
        set |= FieldSet{1} << *place;
    }
    return set;
}

}  // namespace mailpipe::imap
