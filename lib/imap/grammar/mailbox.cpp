// SPDX-License-Identifier: ISC
#include "imap/grammar/mailbox.hpp"

namespace mailpipe::imap {

namespace {

std::string take_use(Arguments& in) {
    in.expect('\\');
    return "\\" + in.atom();
}

void take_parameter(Arguments& in, CreateRequest& request) {
    const auto word = in.word();
    if (word != "USE") in.fail("unknown parameter", word);
    in.space();
    in.list_or_empty([&] { request.uses.push_back(take_use(in)); });
}

}  // namespace

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
