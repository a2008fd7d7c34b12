// SPDX-License-Identifier: ISC
#include "imap/grammar/mailbox_filter.hpp"

#include <algorithm>
#include <iterator>

namespace mailpipe::imap {

namespace {

using Kind = MailboxFilter::Kind;

struct Name {
    std::string_view name;
    Kind kind;
};
constexpr Name names[] = {
    {"SELECTED", Kind::selected},
    {"SELECTED-DELAYED", Kind::selected_delayed},
    {"INBOXES", Kind::inboxes},
    {"PERSONAL", Kind::personal},
    {"SUBSCRIBED", Kind::subscribed},
    {"SUBTREE", Kind::subtree},
    {"SUBTREE-ONE", Kind::subtree_one},
    {"MAILBOXES", Kind::mailboxes},
};

bool has_mailboxes(Kind kind) { return kind == Kind::subtree || kind == Kind::subtree_one || kind == Kind::mailboxes; }

}  // namespace

MailboxFilter take_mailbox_filter(Arguments& in) {
    MailboxFilter filter;
    const auto word = in.word();
    const auto* name = std::ranges::find(names, word, &Name::name);
    if (name == std::end(names)) {
        in.fail("unknown choice of mailboxes", word);
        return filter;
    }
    filter.kind = name->kind;
    if (!has_mailboxes(filter.kind)) return filter;
    in.space();
    if (in.peek() != '(') {
        filter.mailboxes.push_back(in.mailbox());
        return filter;
    }
    in.list([&] {
        filter.mailboxes.push_back(in.mailbox());
        if (filter.mailboxes.size() > max_filter_mailboxes) in.fail("more mailboxes than anybody needs");
    });
    return filter;
}

}  // namespace mailpipe::imap
