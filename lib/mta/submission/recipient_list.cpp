// SPDX-License-Identifier: ISC
#include "mta/submission/recipient_list.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "mail/address_list.hpp"
#include "mail/header.hpp"

namespace mailpipe::mta {

namespace {

std::vector<mail::Address> members(const mail::AddressList& list) {
    std::vector<mail::Address> all;
    for (const auto& group : list.groups) all.insert(all.end(), group.members.begin(), group.members.end());
    return all;
}

std::size_t ats(std::string_view text) { return static_cast<std::size_t>(std::ranges::count(text, '@')); }

/// A list of names without a domain is none that RFC 5322 knows, so it counts as guessed. What was guessed otherwise must not
/// send mail to somebody else: "bob@" is not bob, and only in quotes an '@' is a part of a name.
bool is_plain(std::string_view value, const mail::AddressList& list) {
    if (list.is_valid) return true;
    const auto quotes = std::ranges::count(value, '"');
    std::size_t known = 0;
    for (const auto& a : members(list)) {
        known += ats(a.route) + (a.domain.empty() ? 0 : 1);
        if (quotes > 0) known += ats(a.name) + ats(a.local_part);
    }
    return known == ats(value) && quotes % 2 == 0;
}

constexpr std::string_view recipient_fields[] = {"To", "Cc", "Bcc"};
constexpr std::string_view resent_prefix = "Resent-";

bool names_recipients(std::string_view name) {
    return std::ranges::any_of(recipient_fields, [&](auto known) { return iequals(name, known); });
}

bool is_resent(const mail::Field& field) { return istarts_with(field.name, resent_prefix); }

/// Where the fields of the last resending end: before the first Received field below one of them. 0: it was never resent.
std::size_t resent_octets(std::string_view header) {
    mail::HeaderReader fields{header};
    std::size_t end = 0;
    bool is_resent_above = false;
    while (const auto field = fields.next()) {
        if (is_resent_above && iequals(field->name, "Received")) return end;
        if (!is_resent(*field)) continue;
        is_resent_above = true;
        end = field->end;
    }
    return end;
}

}  // namespace

/// Gives how many addresses there were.
Result<std::size_t> RecipientList::add(std::string_view addresses, Place place) {
    const auto wrong = [&](std::string_view what, std::string_view why) {
        return failure({Fault::permanent, fmt::format("{}: '{}' {}", place.name, what, why), place.status});
    };
    const auto list = mail::parse_address_list(addresses);
    const auto found = members(list);
    const auto is_named = [](const mail::Group& group) { return group.name.has_value(); };
    const auto count = found.size() + static_cast<std::size_t>(std::ranges::count_if(list.groups, is_named));
    if (!list.is_valid && count >= mail::max_addresses) {  // the rest was left out
        return failure({Fault::permanent, fmt::format("{}: {} addresses or more", place.name, mail::max_addresses), place.status});
    }
    if (!is_plain(addresses, list)) return wrong(mail::unfold(addresses), "is no list of addresses");
    std::vector<mail::Mailbox> parsed;
    for (const auto& address : found) {
        if (address.local_part.empty()) {
            const auto shown = address.domain.empty() ? mail::decoded_name(address.name) : "@" + address.domain;
            return wrong(shown, "is no address");
        }
        const auto text = mail::addr_spec(address);
        auto mailbox = mail::parse_address(text);
        if (mailbox && mailbox->domain.empty()) mailbox = mail::parse_mailbox(fmt::format("{}@{}", text, domain_));
        if (!mailbox) return wrong(text, "is no address: " + mailbox.error().what);
        parsed.push_back(std::move(*mailbox));
    }
    for (auto& mailbox : parsed) {
        if (known_.contains(mailbox)) continue;
        known_.add(mailbox);
        all_.push_back(std::move(mailbox));
    }
    return parsed.size();
}

Result<void> RecipientList::add_argument(std::string_view addresses) {
    const auto added = add(addresses, {"recipient", ExitStatus::usage});
    if (!added) return failure(added.error());
    if (*added > 0) return {};
    return failure({Fault::permanent, fmt::format("recipient: '{}' is no address", addresses), ExitStatus::usage});
}

Result<void> RecipientList::add_header(std::string_view header) {
    const auto resent = resent_octets(header);
    mail::HeaderReader fields{resent > 0 ? header.substr(0, resent) : header};
    while (const auto field = fields.next()) {
        auto name = field->name;
        if (resent > 0) {
            if (!is_resent(*field)) continue;
            name.remove_prefix(resent_prefix.size());
        }
        if (!names_recipients(name)) continue;
        if (const auto r = add(field->value, {field->name, ExitStatus::data}); !r) return failure(r.error());
    }
    return {};
}

}  // namespace mailpipe::mta
