// SPDX-License-Identifier: ISC
// What is in the spool, and changes from outside of a run: hold, release, retry, delete. Manual: spool(5), sendq(8).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

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
    std::string file_name;
    const Fd* directory;  ///< valid during the visit; the spool's own but for State::active
};

/// Every message once, or, if it moves meanwhile, maybe twice or not at all. Files that are no messages are passed over.
Result<void> list(const Spool& spool, const std::function<void(const Listed&)>& visit);

/// The one message whose id is `id` or begins with it. Errors: permanent (67) when there is none or more than one.
/// State::active: its directory may be gone; only the state is of use.
Result<Listed> find(const Spool& spool, std::string_view id);

// Errors: permanent, for one that is being delivered or not in the right state.

Result<void> hold(const Spool& spool, const Listed& message);
/// From hold/ into cur/, due at `now`.
Result<void> release(const Spool& spool, const Listed& message, std::int64_t now);
/// One in cur/ becomes due at `now`; one in new/ is that already.
Result<void> retry(const Spool& spool, const Listed& message, std::int64_t now);
/// Nobody is told.
Result<void> remove(const Spool& spool, const Listed& message);

}  // namespace mailpipe::queue
