// SPDX-License-Identifier: ISC
#include "mime/encoder.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "text/base64.hpp"
#include "text/lexemes.hpp"
#include "text/line.hpp"

namespace mailpipe::mime {

namespace {

constexpr std::size_t base64_line = text::folded_line_octets / 4 * 3;  // octets
constexpr std::size_t guarded = 5;                     // octets of "From "

/// May stand for itself, a blank only inside of a line (RFC 2045 section 6.7, rules 2 and 3).
bool is_plain(char c) { return (c >= ' ' && c < 0x7f && c != '=') || c == '\t'; }

}  // namespace

void Encoder::encode(std::string_view piece, std::string& out) {
    switch (encoding_) {
        case TransferEncoding::base64: return encode_base64(piece, out);
        case TransferEncoding::quoted_printable: return encode_quoted_printable(piece, out);
        default: return copy_lines(piece, out);
    }
}

void Encoder::finish(std::string& out) {
    if (encoding_ == TransferEncoding::base64) {
        if (!held_.empty() && has_lines_) out += line_end_;
        text::append_base64(out, held_);
    } else if (encoding_ == TransferEncoding::quoted_printable) {
        if (std::exchange(follows_cr_, false)) add_code('\r', out);
        guard_end(out);
        out += held_;
    } else if (std::exchange(follows_cr_, false)) {
        out += '\r';
    }
    held_.clear();
}

void Encoder::copy_lines(std::string_view piece, std::string& out) {
    if (lines_ == Lines::none) {
        out += piece;
        return;
    }
    while (!piece.empty()) {
        const auto end = piece.find('\n');
        auto text = piece.substr(0, end);
        if (!text.empty() && std::exchange(follows_cr_, text.ends_with('\r'))) out += '\r';
        if (text.ends_with('\r')) text.remove_suffix(1);
        out += text;
        if (end == std::string_view::npos) return;
        out += std::exchange(follows_cr_, false) || lines_ == Lines::any ? line_end_ : "\n";
        piece.remove_prefix(end + 1);
    }
}

void Encoder::encode_base64(std::string_view piece, std::string& out) {
    if (lines_ == Lines::any) wire_.append(piece, held_);
    else held_ += piece;
    std::string_view left = held_;
    for (; left.size() >= base64_line; left.remove_prefix(base64_line)) {
        if (std::exchange(has_lines_, true)) out += line_end_;
        text::append_base64(out, left.substr(0, base64_line));
    }
    held_.erase(0, held_.size() - left.size());
}

void Encoder::encode_quoted_printable(std::string_view piece, std::string& out) {
    while (!piece.empty()) {
        const char c = piece.front();
        const bool follows_cr = std::exchange(follows_cr_, false);
        if (follows_cr && c != '\n') add_code('\r', out);
        std::size_t taken = 1;
        if (is_plain(c)) {
            // A line's first octets one by one, as add() looks at what a line begins with.
            const auto room = held_.size() < guarded ? 1 : std::max<std::size_t>(text::folded_line_octets - held_.size(), 1);
            const auto run = piece.substr(0, room);
            taken = static_cast<std::size_t>(std::ranges::find_if_not(run, is_plain) - run.begin());
            add(run.substr(0, taken), out);
        } else if (c == '\n' && (follows_cr || lines_ == Lines::any)) {
            end_line(out);
        } else if (c == '\r' && lines_ != Lines::none) {
            follows_cr_ = true;
        } else {
            add_code(c, out);
        }
        piece.remove_prefix(taken);
    }
}

/// `text` is a code, or plain characters that fit into the line; one alone need not fit.
void Encoder::add(std::string_view text, std::string& out) {
    if (held_.size() + text.size() > text::folded_line_octets) break_line(out);
    held_ += text;
    last_ = text.front() == '=' ? text.size() : 1;
    if (held_ == "--") held_ = "=2D-";
    if (held_ == "From ") held_ = "=46rom ";
}

void Encoder::add_code(char c, std::string& out) {
    std::string code;
    text::append_escaped(code, c, '=');
    add(code, out);
}

/// Softly. The last token goes down where there is no room for the '=' behind it.
void Encoder::break_line(std::string& out) {
    const auto stays = held_.size() < text::folded_line_octets ? held_.size() : held_.size() - last_;
    out.append(held_, 0, stays).append(1, '=').append(line_end_);
    held_.erase(0, stays);
}

/// What must not stand at a line's end, or be all of it, is encoded.
void Encoder::guard_end(std::string& out) {
    if (held_.empty() || !(is_blank(held_.back()) || held_ == ".")) return;
    const char last = held_.back();
    held_.pop_back();
    add_code(last, out);
}

void Encoder::end_line(std::string& out) {
    guard_end(out);
    out.append(held_).append(line_end_);
    held_.clear();
}

}  // namespace mailpipe::mime
