// SPDX-License-Identifier: ISC
#include "imap/grammar/mailbox.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::string_view special_uses[] = {"\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Junk", "\\Sent", "\\Trash"};

std::string take_use(Arguments& in) {
    in.expect('\\');
    const auto attribute = "\\" + in.atom();
    const auto spelling = special_use(attribute);
    return spelling.empty() ? attribute : std::string(spelling);
}

void take_parameter(Arguments& in, CreateRequest& request) {
    const auto word = in.word();
    if (word != "USE") in.fail("unknown parameter", word);
    in.space();
    in.list_or_empty([&] { request.uses.push_back(take_use(in)); });
}

}  // namespace

std::string_view special_use(std::string_view attribute) {
    const auto* use = std::ranges::find_if(special_uses, [&](auto each) { return iequals(each, attribute); });
    return use == std::end(special_uses) ? std::string_view{} : *use;
}

Result<CreateRequest> parse_create(const Command& command, Utf8 utf8) {
    Arguments in{command, utf8};
    CreateRequest request;
    request.mailbox = in.mailbox();
    if (in.rest().starts_with(" (")) {
        in.space();
        in.list([&] { take_parameter(in, request); });
    }
    return in.finish(std::move(request));
}

Result<RenameRequest> parse_rename(const Command& command, Utf8 utf8) {
    Arguments in{command, utf8};
    RenameRequest request;
    request.from = in.mailbox();
    in.space();
    request.to = in.mailbox();
    return in.finish(std::move(request));
}

Result<std::string> parse_mailbox(const Command& command, Utf8 utf8) {
    Arguments in{command, utf8};
    auto mailbox = in.mailbox();
    return in.finish(std::move(mailbox));
}

}  // namespace mailpipe::imap
