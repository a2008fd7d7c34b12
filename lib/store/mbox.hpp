// SPDX-License-Identifier: ISC
// Many messages in one file: mbox (RFC 4155), with what its writers made of it: mboxo, mboxrd, mboxcl, mboxcl2.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mailpipe::store {

/// True for the line before each message: "From ", mostly a sender, and a date with a day of the week, a month and a time
/// of day, in any order of writers known. `line` is without its end.
bool is_from_line(std::string_view line);

/// True where `text` begins with such a line.
bool is_mbox(std::string_view text);

struct MboxMessage {
    std::string_view from_line;  ///< without its end
    std::string_view text;       ///< as it stands, without the empty line behind it
    bool is_counted;             ///< its Content-Length told its end: nothing in it is quoted
};

/// Splits an mbox. A message ends before a from line with a header field behind it, whether there is an empty line before it
/// or not; or where its Content-Length says, if the file ends there or a from line follows.
class MboxReader {
public:
    /// Precondition: is_mbox().
    explicit MboxReader(std::string_view mbox) : mbox_(mbox) {}

    /// Nothing at the end.
    std::optional<MboxMessage> next();
    bool at_end() const { return at_ >= mbox_.size(); }

private:
    std::optional<std::size_t> counted_end(std::size_t begin) const;
    std::size_t next_from_line(std::size_t begin) const;

    std::string_view mbox_;
    std::size_t at_ = 0;  // of a from line
};

/// True where a line in `text` begins with ">From ", whatever the number of '>'.
bool has_quoted_from(std::string_view text);
/// Without one '>' in each of those lines: mboxrd, and mboxo but for what began with '>' before.
std::string without_quoted_from(std::string_view text);

}  // namespace mailpipe::store
