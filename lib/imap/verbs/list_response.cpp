// SPDX-License-Identifier: ISC
#include "imap/verbs/list_response.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "imap/grammar/mailbox_name.hpp"
#include "store/tree/subscriptions.hpp"

namespace mailpipe::imap {

const store::Folder* Names::find(std::string_view name) const {
    if (!folders.empty() && folders.front().name == name) return &folders.front();
    const auto behind_inbox = std::ranges::subrange(folders.begin() + (folders.empty() ? 0 : 1), folders.end());
    const auto found = std::ranges::lower_bound(behind_inbox, name, {}, &store::Folder::name);
    return found == folders.end() || found->name != name ? nullptr : &*found;
}

Result<Names> read_names(const store::Tree& tree) {
    auto folders = tree.list();
    if (!folders) return failure(folders.error());
    auto subscribed = store::read_subscriptions(tree.root(), tree.rules());
    if (!subscribed) return failure(subscribed.error());
    auto uses = store::read_special_uses(tree.root(), tree.rules());
    if (!uses) return failure(uses.error());
    return Names{std::move(*folders), {subscribed->begin(), subscribed->end()}, std::move(*uses)};
}

void tell_name(Session& session, const Names& names, std::string_view name, std::string_view more) {
    const auto* const folder = names.find(name);
    std::string attributes = folder != nullptr && folder->exists() ? "" : "\\NonExistent ";
    attributes += folder != nullptr && folder->has_children ? "\\HasChildren" : "\\HasNoChildren";
    if (names.subscribed.contains(name)) attributes += " \\Subscribed";
    for (const auto& use : names.uses.of(name)) attributes.append(" ").append(use);
    tell_name(session, "LIST", attributes, name, more);
}

void tell_name(Session& session, std::string_view response, std::string_view attributes, std::string_view name, std::string_view more) {
    std::string out = fmt::format("* {} ({}) \"{}\" ", response, attributes, session.settings.names.separator);
    append_mailbox(out, name, session.utf8());
    session.channel.write(out.append(more).append("\r\n"));
}

}  // namespace mailpipe::imap
