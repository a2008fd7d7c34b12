// SPDX-License-Identifier: ISC
#include "imap/message/literal.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "base/line_ends.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::size_t block = 16 * 1024;  // stays in the first cache from counting to copying
constexpr std::size_t small = 64 * 1024;  // most messages: a pass that counts first costs more than a copy

/// How far a text is on the wire.
struct Place {
    std::size_t at = 0;           ///< in the text
    std::uint64_t octets = 0;     ///< on the wire
    bool is_in_line_end = false;  ///< the CR of the line end at `at` is out, its LF not
};

char octet_before(std::string_view text, std::size_t at) { return at > 0 ? text[at - 1] : '\0'; }

/// Where `octets` have gone out, or the end; `place` is before that.
Place place_of(std::string_view text, std::uint64_t octets, Place place = {}) {
    if (place.is_in_line_end) place = {place.at, place.octets - 1, false};
    for (auto size = block;;) {
        const auto piece = text.substr(place.at, size);
        const auto wire = piece.size() + count_line_ends(piece, octet_before(text, place.at)).bare;
        if (piece.empty() || place.octets == octets) return place;
        if (octets - place.octets < wire) {
            if (size == 1) return {place.at, octets, true};
            size /= 2;
        } else {
            place.at += piece.size();
            place.octets += wire;
        }
    }
    return place;
}

Place end_of(std::string_view text) { return {text.size(), text.size() + count_line_ends(text, '\0').bare, false}; }

char* put(std::string_view text, char* out) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

/// Each bare LF with the CR that it lacks.
char* put_lines(std::string_view text, char before, char* out) {
    std::size_t begun = 0;
    for (auto lf = text.find('\n'); lf != std::string_view::npos; lf = text.find('\n', lf + 1)) {
        if ((lf > 0 ? text[lf - 1] : before) == '\r') continue;
        out = put(text.substr(begun, lf - begun), out);
        *out++ = '\r';
        begun = lf;
    }
    return put(text.substr(begun), out);
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

/// As it is on the wire. `out` has room for twice the text.
std::string_view made_in(char* out, std::string_view text, char before) {
    char* const end = put_lines(text, before, out);
    if (has_nul(text)) std::replace(out, end, '\0', '\x80');
    return {out, static_cast<std::size_t>(end - out)};
}

/// Of `block` octets at most.
void write_block(std::string_view text, char before, bool has_bare, const mime::Sink& sink) {
    if (!has_bare && !has_nul(text)) return sink(text);
    char out[2 * block];
    sink(made_in(out, text, before));
}

std::string size_line(std::uint64_t octets) { return fmt::format("{{{}}}\r\n", octets); }

/// Of `small` octets at most, whole: how long it is on the wire is seen when it is made.
void write_small(std::string_view text, const mime::Sink& sink) {
    if (text.empty()) return sink(size_line(0));
    const std::unique_ptr<char[]> out{new char[2 * text.size()]};  // not of the stack, which a session in IDLE would keep
    const auto made = made_in(out.get(), text, '\0');
    sink(size_line(made.size()));
    mime::for_pieces(made, sink);
}

void write_between(std::string_view text, const Place& begin, const Place& end, const mime::Sink& sink) {
    auto at = begin.at;
    if (begin.octets == end.octets) return;
    const bool has_bare = end.octets - begin.octets != end.at - begin.at;
    if (begin.is_in_line_end) {
        sink("\n");
        ++at;
    }
    for (; at < end.at; at = std::min(at + block, end.at)) {
        write_block(text.substr(at, std::min(block, end.at - at)), octet_before(text, at), has_bare, sink);
    }
    if (end.is_in_line_end) sink("\r");
}

}  // namespace

void write_literal(std::string_view text, const std::optional<Partial>& partial, const mime::Sink& sink) {
    if (!partial && text.size() <= small) return write_small(text, sink);
    const auto begin = partial ? place_of(text, partial->offset) : Place{};
    const auto last = partial ? partial->offset + std::min(partial->octets, UINT64_MAX - partial->offset) : 0;
    const auto end = partial ? place_of(text, last, begin) : end_of(text);
    sink(size_line(end.octets - begin.octets));
    write_between(text, begin, end, sink);
}

}  // namespace mailpipe::imap
