// SPDX-License-Identifier: ISC
#include "mta/operator/selection.hpp"

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace mailpipe::mta {

namespace {

Error usage(std::string what) { return {Fault::permanent, std::move(what), ExitStatus::usage}; }

}  // namespace

Result<AddressPattern> AddressPattern::parse(std::string_view text) {
    AddressPattern pattern;
    if (text == "<>") return pattern;
    auto address = text;
    if (address.starts_with('<') && address.ends_with('>')) address = address.substr(1, address.size() - 2);
    if (address.starts_with('@')) {
        pattern.domain_ = address.substr(1);
        if (pattern.domain_.empty() || pattern.domain_.find('@') != std::string::npos) {
            return failure(usage(fmt::format("{}: no domain", text)));
        }
        return pattern;
    }
    const auto mailbox = mail::parse_mailbox(address);
    if (!mailbox) return failure(usage(fmt::format("{}: no address: {}", text, mailbox.error().what)));
    pattern.local_part_ = mailbox->local_part;
    pattern.domain_ = mailbox->domain;
    return pattern;
}

bool AddressPattern::matches(const mail::ReversePath& path) const {
    if (is_null() || !path) return is_null() && !path;
    return iequals(domain_, path->domain) && (!local_part_ || iequals(*local_part_, path->local_part));
}

bool Selection::means(const queue::Message& message, const queue::RecipientState& state) const {
    bool by_address = !recipient || recipient->matches(state.recipient.mailbox);
    for (auto up = state.alias_of; up != 0 && !by_address; up = message.recipients()[up - 1].alias_of) {
        by_address = recipient->matches(message.recipients()[up - 1].recipient.mailbox);
    }
    if (!by_address || site.empty()) return by_address;
    const auto& domain = state.recipient.mailbox.domain;
    if (site.front() == '@') return iequals(site.substr(1), domain);
    return iequals(site, domain) || (!state.site.empty() && iequals(site, state.site));
}

std::vector<std::size_t> Selection::recipients_of(const queue::Message& message) const {
    std::vector<std::size_t> numbers;
    if (sender && !sender->matches(message.envelope().sender)) return numbers;
    const bool all_done = message.is_done();
    const auto& recipients = message.recipients();
    for (std::size_t n = 0; n < recipients.size(); ++n) {
        if ((all_done || !recipients[n].is_done()) && means(message, recipients[n])) numbers.push_back(n);
    }
    return numbers;
}

Result<Selection> parse_selection(const std::optional<std::string>& sender, const std::optional<std::string>& recipient,
                                  const std::optional<std::string>& site) {
    Selection selection;
    for (const auto& [text, pattern] : {std::pair{&sender, &selection.sender}, std::pair{&recipient, &selection.recipient}}) {
        if (!*text) continue;
        auto parsed = AddressPattern::parse(**text);
        if (!parsed) return failure(parsed.error());
        *pattern = std::move(*parsed);
    }
    if (selection.recipient && selection.recipient->is_null()) return failure(usage("<>: that is no recipient"));
    if (site && (site->empty() || *site == "@")) return failure(usage("the name of a site is empty"));
    selection.site = site.value_or("");
    return selection;
}

}  // namespace mailpipe::mta
