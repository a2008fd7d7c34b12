// SPDX-License-Identifier: ISC
// Between flags as clients name them and the bits of the index.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "imap/grammar/flag.hpp"
#include "imap/session/selected.hpp"

namespace mailpipe::imap {

struct MessageFlags {
    std::uint32_t system = 0;    ///< store::flag
    std::uint32_t keywords = 0;  ///< of one folder
};

/// store::flag
std::uint32_t index_bit(SystemFlag flag);

/// Keywords that the folder does not have yet are left out.
MessageFlags known_flags(const store::Keywords& keywords, const std::vector<std::string>& flags);

/// Those are made known, on disk. Errors: ENOSPC, permanent, when there are too many of them (NO [LIMIT]); EINVAL for what
/// is no keyword.
Result<MessageFlags> learn_flags(const Fd& folder, store::Keywords& keywords, const std::vector<std::string>& flags);

}  // namespace mailpipe::imap
