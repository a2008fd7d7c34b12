// SPDX-License-Identifier: ISC
// What tells a client how a result has changed: ADDTO and REMOVEFROM (RFC 5267 sections 4.3.3 and 4.3.4).
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mailpipe::imap {

/// One of a result.
struct Placed {
    std::uint32_t place;   ///< in the result, from 1 on
    std::uint32_t number;  ///< a message sequence number or a UID, as the client knows it
};

enum class ResultOrder {
    mailbox,  ///< SEARCH's: numbers ascend, and no position has to be told
    sorted,   ///< SORT's
};

/// " REMOVEFROM (…)": `gone` by their places before any of them has gone, ascending. Nothing for none.
std::string remove_from(std::span<const Placed> gone, ResultOrder order);
/// " ADDTO (…)": `added` by their places when all of them are there, ascending. Nothing for none.
std::string add_to(std::span<const Placed> added, ResultOrder order);

}  // namespace mailpipe::imap
