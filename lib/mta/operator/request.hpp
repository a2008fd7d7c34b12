// SPDX-License-Identifier: ISC
// Which messages an operator asks for, and a turn for each of them: what sendq's actions have in common.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "mta/operator/selection.hpp"
#include "queue/listing.hpp"
#include "queue/message.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

enum class Format { text, json };

/// Which messages: those whose ids begin so, or all, and of them only what the selection means.
struct Request {
    std::vector<std::string> ids{};
    Selection selection{};
    Format format = Format::text;
};

/// To read it; nobody is kept from delivering it meanwhile.
Result<queue::Message> look_at(const queue::Listed& listed);

/// Calls `act` for each message of the request. Without ids: those that are in a state for it; what moves on meanwhile is not
/// among them. Whatever goes wrong with one, the others have their turn. Errors: the last one, of `act` too; those before it are
/// printed. 67: there is no such message, or nobody in it is meant.
Result<void> for_each_requested(const queue::Spool& spool, const Request& request, const std::function<bool(queue::State)>& is_for,
                                const std::function<Result<void>(const queue::Listed&)>& act);

}  // namespace mailpipe::mta
