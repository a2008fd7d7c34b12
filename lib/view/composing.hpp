// SPDX-License-Identifier: ISC
// A message made of what the command line says: mimecat --compose.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "mime/sink.hpp"

namespace mailpipe::view {

struct Letter {
    std::optional<std::string> from;  ///< nothing: who runs this, at `host`
    std::vector<std::string> to, cc, bcc;  ///< each a list of addresses
    std::optional<std::string> subject;
    std::vector<std::string> fields;       ///< "Name: value"
    std::vector<std::string> attachments;  ///< paths of files
    std::string text_file = "-";           ///< with UTF-8; "-" is standard input

    /// Something was said of it.
    bool is_begun() const;
};

/// Writes the message with LF line ends. Errors: as mime::write_draft(); permanent for a field without a colon; the
/// system's for a file, of which nothing was written then.
Result<void> compose(const Letter& letter, Time now, const std::string& host, const mime::Sink& sink);

}  // namespace mailpipe::view
