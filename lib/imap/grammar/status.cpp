// SPDX-License-Identifier: ISC
#include "imap/grammar/status.hpp"

#include <algorithm>
#include <iterator>

namespace mailpipe::imap {

namespace {

struct Name {
    std::string_view name;
    StatusItem item;
};
constexpr Name names[] = {
    {"MESSAGES", StatusItem::messages},
    {"RECENT", StatusItem::recent},
    {"UIDNEXT", StatusItem::uid_next},
    {"UIDVALIDITY", StatusItem::uid_validity},
    {"UNSEEN", StatusItem::unseen},
    {"DELETED", StatusItem::deleted},
    {"SIZE", StatusItem::size},
    {"DELETED-STORAGE", StatusItem::deleted_storage},
    {"HIGHESTMODSEQ", StatusItem::highest_mod_seq},
    {"APPENDLIMIT", StatusItem::append_limit},
    {"MAILBOXID", StatusItem::mailbox_id},
};

}  // namespace

std::vector<StatusItem> take_status_items(Arguments& in) {
    std::vector<StatusItem> items;
    in.list([&] {
        const auto word = in.word();
        const auto* name = std::ranges::find(names, word, &Name::name);
        if (name == std::end(names)) in.fail("unknown item", word);
        else if (std::ranges::find(items, name->item) == items.end()) items.push_back(name->item);
    });
    return items;
}

Result<StatusRequest> parse_status(const Command& command, Utf8 utf8) {
    Arguments in{command, utf8};
    StatusRequest request;
    request.mailbox = in.mailbox();
    in.space();
    request.items = take_status_items(in);
    return in.finish(std::move(request));
}

std::string_view name_of(StatusItem item) { return std::ranges::find(names, item, &Name::item)->name; }

}  // namespace mailpipe::imap
