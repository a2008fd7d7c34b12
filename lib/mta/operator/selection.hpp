// SPDX-License-Identifier: ISC
// Which messages, and which of their recipients, an operator means: --sender, --recipient and --site of sendq(8).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "mail/mailbox.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

/// "bob@example.org", "@example.org" for everybody there, or "<>" for the null sender; with angle brackets or without. The case
/// of ASCII letters does not matter, not even left of the '@': a person typed it.
class AddressPattern {
public:
    /// Errors: permanent, 64.
    static Result<AddressPattern> parse(std::string_view text);
    bool is_null() const { return domain_.empty(); }
    bool matches(const mail::ReversePath& path) const;

private:
    std::optional<std::string> local_part_;  // nothing: whoever it is
    std::string domain_;                     // empty: the null sender
};

struct Selection {
    std::optional<AddressPattern> sender{};
    std::optional<AddressPattern> recipient{};
    std::string site{};  ///< a site's name, a domain, or "@domain"; empty: any

    bool is_empty() const { return !sender && !recipient && site.empty(); }

    /// Numbers (from 0) of those who still wait and are meant; a recipient is also who an alias stood for. Where nobody waits any
    /// more, as in what is held because nobody can get its report, all are looked at.
    std::vector<std::size_t> recipients_of(const queue::Message& message) const;
    bool matches(const queue::Message& message) const { return !recipients_of(message).empty(); }

private:
    bool means(const queue::Message& message, const queue::RecipientState& state) const;
};

/// As the options were given; nothing for one that was not. Errors: permanent, 64.
Result<Selection> parse_selection(const std::optional<std::string>& sender, const std::optional<std::string>& recipient,
                                  const std::optional<std::string>& site);

}  // namespace mailpipe::mta
