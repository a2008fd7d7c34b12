// SPDX-License-Identifier: ISC
#include "mime/decoder.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/ascii.hpp"
#include "text/base64_digit.hpp"

namespace mailpipe::mime {

namespace {

constexpr std::size_t max_uuencoded_line = 1000;
constexpr std::size_t max_held_blanks = 1000;  // more of them are no accident of a mailer

std::uint32_t digit(char c) { return text::base64_digit(c); }

char octet(std::uint32_t bits) { return static_cast<char>(bits & 0xff); }

}  // namespace

void Decoder::decode(std::string_view piece, std::string& out) {
    switch (encoding_) {
        case TransferEncoding::base64: return decode_base64(piece, out);
        case TransferEncoding::quoted_printable: return decode_quoted_printable(piece, out);
        case TransferEncoding::uuencode: return decode_uuencode(piece, out);
        default: out += piece;
    }
}

void Decoder::finish(std::string& out) {
    if (encoding_ == TransferEncoding::base64 && !is_over_) {
        if (digits_ > 0) is_sound_ = false;
        if (digits_ > 1) out += octet(bits_ >> (digits_ == 2 ? 4 : 10));
        if (digits_ > 2) out += octet(bits_ >> 2);
    } else if (encoding_ == TransferEncoding::quoted_printable) {
        if (held_.starts_with('=')) {
            is_sound_ = false;
            out += held_;
        }
    } else if (encoding_ == TransferEncoding::uuencode) {
        if (!held_.empty()) uuencoded_line(held_, out);
        is_sound_ = is_sound_ && is_over_;
    }
    held_.clear();
}

/// One '=': the second in a quantum of two digits, or the first of three, ends all.
void Decoder::padding() {
    ++paddings_;
    if (digits_ < 2) is_sound_ = false;
    if (digits_ >= 2 && digits_ + paddings_ >= 4) is_over_ = true;
}

void Decoder::decode_base64(std::string_view piece, std::string& out) {
    const auto begin = out.size();
    out.resize(begin + (piece.size() / 4 + 1) * 3);
    auto* to = out.data() + begin;
    const auto* at = piece.data();
    const auto* const end = at + piece.size();
    while (at < end && !is_over_) {
        if (digits_ == 0) {  // whole quanta, as long as there is nothing else
            for (; end - at >= 4; at += 4) {
                const auto a = digit(at[0]), b = digit(at[1]), c = digit(at[2]), d = digit(at[3]);
                if ((a | b | c | d) & 0x80) break;
                const auto bits = a << 18 | b << 12 | c << 6 | d;
                *to++ = octet(bits >> 16);
                *to++ = octet(bits >> 8);
                *to++ = octet(bits);
            }
            if (at == end) break;
        }
        const auto value = digit(*at++);
        if (value == text::base64_space) continue;
        if (value == text::base64_pad) {
            const auto digits = digits_;
            padding();
            if (!is_over_) continue;
            *to++ = octet(bits_ >> (digits == 2 ? 4 : 10));
            if (digits == 3) *to++ = octet(bits_ >> 2);
        } else if (value == text::base64_none) {
            is_sound_ = false;
        } else {
            if (paddings_ > 0) is_sound_ = false;
            paddings_ = 0;
            bits_ = bits_ << 6 | value;
            if (++digits_ < 4) continue;
            *to++ = octet(bits_ >> 16);
            *to++ = octet(bits_ >> 8);
            *to++ = octet(bits_);
            digits_ = 0;
            bits_ = 0;
        }
    }
    if (is_over_ && std::any_of(at, end, [](char c) { return digit(c) != text::base64_space; })) is_sound_ = false;
    out.resize(static_cast<std::size_t>(to - out.data()));
}

/// Blanks are held until it is known whether the line ends behind them (RFC 2045 section 6.7, rule 3), '=' until its two
/// digits, or the line end of a soft break, are there.
void Decoder::decode_quoted_printable(std::string_view piece, std::string& out) {
    while (!piece.empty()) {
        if (held_.empty()) {
            const auto plain = std::min(piece.find_first_of("= \t\r"), piece.size());
            out += piece.substr(0, plain);
            piece.remove_prefix(plain);
            if (piece.empty()) return;
        }
        const char c = piece.front();
        piece.remove_prefix(1);
        if (held_.starts_with('=')) {
            if (c == '\n') {
                held_.clear();
            } else if (held_.size() == 2 && hex_value(held_[1]) >= 0 && hex_value(c) >= 0) {
                out += static_cast<char>(hex_value(held_[1]) * 16 + hex_value(c));
                held_.clear();
            } else if ((held_.size() == 1 && hex_value(c) >= 0) || ((is_blank(c) || c == '\r') && hex_value(held_.back()) < 0 && held_.size() < max_held_blanks)) {
                held_ += c;  // blanks may stand behind a soft break's '='
            } else {
                is_sound_ = false;
                out += held_;
                held_.clear();
                piece = {piece.data() - 1, piece.size() + 1};
            }
        } else if (c == '\n') {
            if (held_.ends_with('\r')) out += '\r';
            out += '\n';
            held_.clear();
        } else if (is_blank(c) || c == '\r') {
            if (held_.ends_with('\r') || held_.size() == max_held_blanks) out += std::exchange(held_, {});
            held_ += c;
        } else {
            out += held_;
            held_.clear();
            piece = {piece.data() - 1, piece.size() + 1};
            if (c == '=') {
                held_ = "=";
                piece.remove_prefix(1);
            }
        }
    }
}

void Decoder::decode_uuencode(std::string_view piece, std::string& out) {
    while (!piece.empty()) {
        const auto end = piece.find('\n');
        held_ += piece.substr(0, end);
        if (held_.size() > max_uuencoded_line) {
            is_sound_ = false;
            held_.resize(max_uuencoded_line);
        }
        if (end == std::string_view::npos) return;
        piece.remove_prefix(end + 1);
        if (held_.ends_with('\r')) held_.pop_back();
        uuencoded_line(held_, out);
        held_.clear();
    }
}

/// "begin MODE NAME", lines of a length and so many octets, "end".
void Decoder::uuencoded_line(std::string_view line, std::string& out) {
    if (is_over_) return;
    if (!has_begun_) {
        has_begun_ = line.starts_with("begin ");
        return;
    }
    if (line == "end") {
        is_over_ = true;
        return;
    }
    if (line.empty()) return;
    const auto value = [&](std::size_t at) { return at < line.size() ? static_cast<std::uint32_t>(line[at] - ' ') & 0x3f : 0; };
    const std::size_t octets = value(0);
    if (line.size() < 1 + (octets * 4 + 2) / 3) is_sound_ = false;
    for (std::size_t done = 0; done < octets; done += 3) {
        const auto at = 1 + done / 3 * 4;
        const auto bits = value(at) << 18 | value(at + 1) << 12 | value(at + 2) << 6 | value(at + 3);
        const char three[] = {octet(bits >> 16), octet(bits >> 8), octet(bits)};
        out.append(three, std::min<std::size_t>(3, octets - done));
    }
}

std::string decoded(std::string_view body, TransferEncoding encoding) {
    std::string out;
    Decoder decoder{encoding};
    decoder.decode(body, out);
    decoder.finish(out);
    return out;
}

}  // namespace mailpipe::mime
