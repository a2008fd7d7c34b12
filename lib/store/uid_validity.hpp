// SPDX-License-Identifier: ISC
// The UIDVALIDITY for a new folder, out of Dovecot's dovecot-uidvalidity in the Maildir's root: a folder that is
// deleted and made again never gets the same value.
#pragma once

#include <cstdint>

#include "base/clock.hpp"
#include "base/fd.hpp"

namespace mailpipe::store {

/// The next value, above `old` (what the folder had; 0 for a new one); where none was given out yet, or the file can't be
/// used, the seconds since 1970, as Dovecot does.
std::uint32_t next_uid_validity(const Fd& root, const Clock& clock, std::uint32_t old = 0);

}  // namespace mailpipe::store
