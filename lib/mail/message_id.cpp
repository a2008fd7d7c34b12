// SPDX-License-Identifier: ISC
#include "mail/message_id.hpp"

#include <unistd.h>

#include <cstdint>

#include <fmt/format.h>

namespace mailpipe::mail {

std::string new_message_id(Time time, std::string_view host) {
    std::uint64_t random[2] = {};
    // Fails only where the kernel has no such call; the time and the process number must do there.
    if (::getentropy(random, sizeof random) != 0) random[0] = static_cast<std::uint64_t>(::getpid());
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
    return fmt::format("<{:x}.{:x}{:016x}@{}>", micros, random[0] & 0xffffffff, random[1], host);
}

}  // namespace mailpipe::mail
