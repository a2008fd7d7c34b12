// SPDX-License-Identifier: ISC
#include "pop3/message_file.hpp"

#include <unistd.h>

#include <cerrno>

#include "pop3/session.hpp"
#include "store/maildir_name.hpp"

namespace mailpipe::pop3 {

Result<MessageFile> MessageFile::open(Maildrop& maildrop, std::size_t index, char* buffer) {
    auto file = maildrop.open_message(index);
    if (!file) return failure(file.error());
    const auto name = store::parse_maildir_name(maildrop.mailbox().base(maildrop.message(index)));
    return MessageFile{std::move(*file), name.octets(), buffer};
}

Result<std::string_view> MessageFile::read() {
    std::size_t have = 0;
    while (have < Session::message_octets) {
        const auto n = ::read(file_.number(), buffer_ + have, Session::message_octets - have);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failure(system_error(errno, "read message"));
        have += static_cast<std::size_t>(n);
        read_ += static_cast<std::size_t>(n);
        // A read that stops short where the name says that the file ends is believed; else only one that gives nothing.
        at_end_ = n == 0 || (have < Session::message_octets && read_ == expected_);
        if (at_end_) break;
    }
    return std::string_view{buffer_, have};
}

}  // namespace mailpipe::pop3
