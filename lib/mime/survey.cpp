// SPDX-License-Identifier: ISC
#include "mime/survey.hpp"

#include <utility>

#include "base/ascii.hpp"

namespace mailpipe::mime {

void Survey::add(std::string_view piece) {
    octets_ += piece.size();
    for (const char c : piece) {
        if (c == '\r' || c == '\n') {
            add_break(c);
            continue;
        }
        if (std::exchange(follows_cr_, false)) is_binary_ = true;
        if (!is_ascii(c)) is_eight_bit_ = true;
        if (c == '\0' || ++line_octets_ > text::max_line_octets) is_binary_ = true;
        codes_ += !is_ascii(c) || c == '=' || (is_control(c) && c != '\t');
    }
}

void Survey::add_break(char c) {
    const bool follows_cr = std::exchange(follows_cr_, c == '\r');
    if (follows_cr && c == '\r') is_binary_ = true;
    const bool ends = c == '\n' && (lines_ == Lines::any || (lines_ == Lines::crlf && follows_cr));
    if (ends) line_octets_ = 0;
    else if (c == '\n') is_binary_ = true;
    if (lines_ == Lines::none) ++codes_;
}

TransferEncoding Survey::kind() const {
    if (is_binary_ || follows_cr_) return TransferEncoding::binary;
    return is_eight_bit_ ? TransferEncoding::eight_bit : TransferEncoding::seven_bit;
}

TransferEncoding Survey::shorter() const {
    const auto quoted = octets_ + 2 * codes_;
    return quoted <= (octets_ + 2) / 3 * 4 ? TransferEncoding::quoted_printable : TransferEncoding::base64;
}

Survey survey(std::string_view octets, Lines lines) {
    Survey all{lines};
    all.add(octets);
    return all;
}

}  // namespace mailpipe::mime
