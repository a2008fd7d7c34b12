// SPDX-License-Identifier: ISC
#include "imap/verbs/chosen_mailboxes.hpp"

#include "store/tree/subscriptions.hpp"

namespace mailpipe::imap {

using Kind = MailboxFilter::Kind;

Result<void> MailboxChoice::add(const Session& session, const MailboxFilter& filter) {
    if (filter.kind == Kind::personal || filter.kind == Kind::inboxes) is_all_ = true;
    const bool is_selected = filter.kind == Kind::selected || filter.kind == Kind::selected_delayed;
    if (is_selected && session.mailbox) names_.insert(session.mailbox->name);
    if (filter.kind == Kind::subscribed) {
        const auto& tree = session.mail->tree;
        const auto subscribed = store::read_subscriptions(tree.root(), tree.rules());
        if (!subscribed) return failure(subscribed.error());
        names_.insert(subscribed->begin(), subscribed->end());
    }
    for (const auto& mailbox : filter.mailboxes) {
        const auto name = canonical_name(session, mailbox);
        if (!name) continue;
        names_.insert(*name);
        if (filter.kind == Kind::subtree) roots_.insert(*name);
        if (filter.kind == Kind::subtree_one) parents_.insert(*name);
    }
    return {};
}

Result<MailboxChoice> MailboxChoice::read(const Session& session, const std::vector<MailboxFilter>& filters) {
    MailboxChoice choice;
    choice.separator_ = session.settings.names.separator;
    for (const auto& filter : filters) {
        if (auto r = choice.add(session, filter); !r) return failure(r.error());
    }
    return choice;
}

bool MailboxChoice::contains(std::string_view name) const {
    if (is_all_ || names_.contains(name)) return true;
    auto end = name.rfind(separator_);
    if (end != std::string_view::npos && parents_.contains(name.substr(0, end))) return true;
    for (; end != std::string_view::npos && end > 0; end = name.rfind(separator_, end - 1)) {
        if (roots_.contains(name.substr(0, end))) return true;
    }
    return false;
}

Result<std::vector<std::string>> chosen_mailboxes(const Session& session, const std::vector<MailboxFilter>& filters) {
    const auto choice = MailboxChoice::read(session, filters);
    if (!choice) return failure(choice.error());
    auto folders = session.mail->tree.list();
    if (!folders) return failure(folders.error());
    std::vector<std::string> chosen;
    for (auto& folder : *folders) {
        if (folder.exists() && choice->contains(folder.name)) chosen.push_back(std::move(folder.name));
    }
    return chosen;
}

}  // namespace mailpipe::imap
