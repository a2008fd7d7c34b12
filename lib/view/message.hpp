// SPDX-License-Identifier: ISC
// A message that is looked at.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace mailpipe::view {

/// A message as it stands, and what it is called. Copies share its octets.
struct Message {
    std::string name;       ///< the file's as it was given; of several in an mbox "inbox#3"
    bool is_alone;          ///< nothing else was asked for
    std::string_view text;  ///< valid as long as `octets` lives
    std::shared_ptr<const void> octets;
};

}  // namespace mailpipe::view
