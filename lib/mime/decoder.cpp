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
        is_sound_ = is_sound_ && !held_.starts_with('=');
        if (held_.starts_with('=') || held_.ends_with('\r')) out += held_;
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

/// Line by line; of a line that is not whole yet the end is held, until it is known what it means.
void Decoder::decode_quoted_printable(std::string_view piece, std::string& out) {
    std::string joined;
    if (!held_.empty()) {
        joined = std::exchange(held_, {}).append(piece);
        piece = joined;
    }
    if (is_long_run_) {
        const auto blanks = std::min(piece.find_first_not_of(" \t"), piece.size());
        out += piece.substr(0, blanks);
        piece.remove_prefix(blanks);
        is_long_run_ = piece.empty();
    }
    while (!piece.empty()) {
        const auto end = piece.find('\n');
        if (end == std::string_view::npos) return hold_quoted_end(piece, out);
        quoted_line(piece.substr(0, end), out);
        piece.remove_prefix(end + 1);
    }
}

/// `line` is without its LF.
void Decoder::quoted_line(std::string_view line, std::string& out) {
    const bool has_cr = line.ends_with('\r');
    if (has_cr) line.remove_suffix(1);
    const auto trimmed = line.substr(0, line.find_last_not_of(" \t") + 1);
    if (line.size() - trimmed.size() <= max_held_blanks) line = trimmed;  // RFC 2045 section 6.7, rule 3
    if (line.ends_with('=')) return quoted_text(line.substr(0, line.size() - 1), out);
    quoted_text(line, out);
    out += has_cr ? "\r\n" : "\n";
}

/// Held are blanks, CR, and what an '=' begins that two digits or a line's end may follow.
void Decoder::hold_quoted_end(std::string_view text, std::string& out) {
    const bool has_cr = text.ends_with('\r');
    const auto line = text.substr(0, text.size() - (has_cr ? 1 : 0));
    auto keep = line.find_last_not_of(" \t") + 1;
    const auto blanks = line.size() - keep;
    if (blanks > max_held_blanks) {
        keep = line.size();
        is_long_run_ = !has_cr;
    } else if (keep > 0 && line[keep - 1] == '=') {
        --keep;
    } else if (blanks == 0 && !has_cr && keep > 1 && line[keep - 2] == '=' && hex_value(line[keep - 1]) >= 0) {
        keep -= 2;
    }
    quoted_text(text.substr(0, keep), out);
    held_ = text.substr(keep);
}

void Decoder::quoted_text(std::string_view text, std::string& out) {
    for (auto mark = text.find('='); mark != text.npos; mark = text.find('=')) {
        out += text.substr(0, mark);
        const bool is_code = text.size() > mark + 2 && hex_value(text[mark + 1]) >= 0 && hex_value(text[mark + 2]) >= 0;
        is_sound_ = is_sound_ && is_code;
        out += is_code ? static_cast<char>(hex_value(text[mark + 1]) * 16 + hex_value(text[mark + 2])) : '=';
        text.remove_prefix(mark + (is_code ? 3 : 1));
    }
    out += text;
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
