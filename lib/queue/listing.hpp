// SPDX-License-Identifier: ISC
// What is in the spool, and changes from outside of a run: hold, release, retry, delete. Manual: spool(5), sendq(8).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/result.hpp"
#include "queue/file_name.hpp"
#include "queue/spool.hpp"

namespace mailpipe::queue {

enum class State {
    fresh,    ///< new/: never tried
    waiting,  ///< cur/: for its time
    active,   ///< work/: somebody delivers it now
    held,     ///< hold/: until it is released
};

std::string_view to_string(State state);

struct Listed {
    State state;
    FileName name;
    const Fd* directory;    ///< of the spool
    std::string file_name;  ///< from there on: an active message has its claimer's directory before its name
};

/// Every message, the oldest first. One that moves meanwhile may be missing. Files that are no messages are passed over.
Result<std::vector<Listed>> list(const Spool& spool);

/// The one message of `listed`, as list() returns it, whose id is `id` or begins with it. Errors: permanent (67) when
/// there is none or more than one.
Result<Listed> find(const std::vector<Listed>& listed, std::string_view id);

// Errors: transient (75) for one that is being delivered, or that somebody has taken meanwhile, whose number is ENOENT then;
// permanent (69) for one that is not in the right state.

Result<void> hold(const Spool& spool, const Listed& message);
/// From hold/ into cur/, due at `now`.
Result<void> release(const Spool& spool, const Listed& message, std::int64_t now);
/// One in cur/ becomes due at `now`; one in new/ is that already.
Result<void> retry(const Spool& spool, const Listed& message, std::int64_t now);
/// Nobody is told.
Result<void> remove(const Spool& spool, const Listed& message);

Error being_delivered(const Listed& message);
Error has_gone(const Listed& message);

}  // namespace mailpipe::queue
