// SPDX-License-Identifier: ISC
#include "imap/verbs/progress.hpp"

#include <fmt/format.h>

namespace mailpipe::imap {

Progress::Progress(Session& session, std::string_view tag) : session_(session), tag_(tag) {
    (void)session_.channel.flush();  // an error comes out of the next one
}

void Progress::step(std::uint32_t done, std::uint32_t all) {
    if (done % 64 != 0) return;  // the clock is not asked for each message
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < session_.settings.progress) return;
    last_ = now;
    const auto numbers = has_goal_ ? fmt::format("{} {}", done, all) : "NIL NIL";
    session_.channel.write(fmt::format("* OK [INPROGRESS (\"{}\" {})] still at it\r\n", tag_, numbers));
    (void)session_.channel.flush();  // an error comes out of the next read
}

}  // namespace mailpipe::imap
