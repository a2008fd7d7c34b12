// SPDX-License-Identifier: ISC
#include "imap/grammar/copy.hpp"

namespace mailpipe::imap {

Result<CopyRequest> parse_copy(const Command& command, Utf8 utf8) {
    Arguments in{command, utf8};
    CopyRequest request;
    request.messages = in.messages();
    in.space();
    request.mailbox = in.mailbox();
    return in.finish(std::move(request));
}

Result<MessageSet> parse_uid_expunge(const Command& command) {
    Arguments in{command};
    auto messages = in.messages();
    return in.finish(std::move(messages));
}

}  // namespace mailpipe::imap
