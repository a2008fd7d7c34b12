// SPDX-License-Identifier: ISC
#include "imap/verbs/message_writer.hpp"

#include <algorithm>

namespace mailpipe::imap {

Result<void> MessageWriter::write(std::string_view piece) {
    if (piece.empty()) return {};
    if (has_cr_ && piece.front() != '\n') {
        if (auto r = file_.write("\r"); !r) return r;
    }
    has_cr_ = false;
    while (!piece.empty()) {
        const auto end = std::min(piece.find('\r'), piece.size());
        const auto text = piece.substr(0, end);
        line_ends_ += static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
        if (auto r = file_.write(text); !r) return r;
        piece.remove_prefix(end);
        if (piece.empty()) break;
        piece.remove_prefix(1);
        has_cr_ = piece.empty();
        if (has_cr_ || piece.front() == '\n') continue;
        if (auto r = file_.write("\r"); !r) return r;
    }
    return {};
}

Result<void> MessageWriter::end() {
    if (!has_cr_) return file_.flush();
    has_cr_ = false;
    if (auto r = file_.write("\r"); !r) return r;
    return file_.flush();
}

}  // namespace mailpipe::imap
