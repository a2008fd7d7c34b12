// SPDX-License-Identifier: ISC
#include "imap/verbs/chosen_mailboxes.hpp"

#include <set>

#include "store/tree/subscriptions.hpp"

namespace mailpipe::imap {

namespace {

using Kind = MailboxFilter::Kind;
using Names = std::set<std::string, std::less<>>;

struct Choice {
    bool is_all = false;
    Names names{};
    Names roots{};    ///< what is below them, too
    Names parents{};  ///< their children, too
};

Result<void> add(const Session& session, const MailboxFilter& filter, Choice& choice) {
    if (filter.kind == Kind::personal || filter.kind == Kind::inboxes) choice.is_all = true;
    const bool is_selected = filter.kind == Kind::selected || filter.kind == Kind::selected_delayed;
    if (is_selected && session.mailbox) choice.names.insert(session.mailbox->name);
    if (filter.kind == Kind::subscribed) {
        const auto& tree = session.mail->tree;
        const auto subscribed = store::read_subscriptions(tree.root(), tree.rules());
        if (!subscribed) return failure(subscribed.error());
        choice.names.insert(subscribed->begin(), subscribed->end());
    }
    for (const auto& mailbox : filter.mailboxes) {
        const auto name = canonical_name(session, mailbox);
        if (!name) continue;
        choice.names.insert(*name);
        if (filter.kind == Kind::subtree) choice.roots.insert(*name);
        if (filter.kind == Kind::subtree_one) choice.parents.insert(*name);
    }
    return {};
}

bool is_meant(const Choice& choice, std::string_view name, char separator) {
    if (choice.is_all || choice.names.contains(name)) return true;
    auto end = name.rfind(separator);
    if (end != std::string_view::npos && choice.parents.contains(name.substr(0, end))) return true;
    for (; end != std::string_view::npos && end > 0; end = name.rfind(separator, end - 1)) {
        if (choice.roots.contains(name.substr(0, end))) return true;
    }
    return false;
}

}  // namespace

Result<std::vector<std::string>> chosen_mailboxes(const Session& session, const std::vector<MailboxFilter>& filters) {
    Choice choice;
    for (const auto& filter : filters) {
        if (auto r = add(session, filter, choice); !r) return failure(r.error());
    }
    auto folders = session.mail->tree.list();
    if (!folders) return failure(folders.error());
    std::vector<std::string> chosen;
    for (auto& folder : *folders) {
        if (folder.exists() && is_meant(choice, folder.name, session.settings.names.separator)) chosen.push_back(std::move(folder.name));
    }
    return chosen;
}

}  // namespace mailpipe::imap
