// SPDX-License-Identifier: ISC
// The header section of a message, field by field, as it stands (RFC 5322 section 2.2): LF or CRLF, nothing changed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.hpp"

namespace mailpipe::mail {

/// Of a field's name: ftext (RFC 5322 section 3.6.8). 8 bits too, which departs from it: mail clients read on behind such
/// a name, so what stands there has to be seen.
constexpr bool is_name_octet(char c) { return !is_control(c) && c != ' ' && c != ':'; }

/// One field. All views are into the message.
struct Field {
    std::string_view name;   ///< without blanks before the colon
    std::string_view value;  ///< behind the colon, folded as it came, without the last line end
    std::size_t begin;       ///< offset of the name's first octet
    std::size_t end;         ///< offset behind the field's last line end
};

/// Of the line that an mbox puts before a header: "From " and whatever. 0 where there is none.
std::size_t mbox_line_octets(std::string_view message);

class HeaderReader {
public:
    /// More octets than this before the body are not read as header: a message is not all header.
    static constexpr std::size_t max_octets = 1024 * 1024;

    /// `message` begins with its first field; it may end anywhere (a file's first piece).
    explicit HeaderReader(std::string_view message, std::size_t limit = max_octets) : message_(message.substr(0, limit)) {}

    /// The next field, nothing at the end of the header: an empty line, a line that is no field (a body without the
    /// empty line before it), the end of the text, or max_octets.
    std::optional<Field> next();

    /// After next() has given nothing: where the body begins, behind the empty line if there is one.
    std::size_t body() const { return body_; }
    /// After next() has given nothing: an empty line ended the header.
    bool ended_by_empty_line() const { return empty_line_; }

private:
    std::string_view message_;
    std::size_t at_ = 0;
    std::size_t body_ = 0;
    bool empty_line_ = false;
};

/// The first field of that name, whatever its case.
std::optional<Field> find_field(std::string_view message, std::string_view name);

/// How many octets of `text` are its header, the empty line with them; nothing while that line has not come. LF only.
/// `searched` of its octets were looked at before.
std::optional<std::size_t> header_octets(std::string_view text, std::size_t searched = 0);

/// `header` (which may go on with a body) without the fields of that name, whatever its case.
std::string without_fields(std::string_view header, std::string_view name);

/// Without line ends, and without blanks at both ends (RFC 5322 section 2.2.3).
std::string unfold(std::string_view value);

}  // namespace mailpipe::mail
