// SPDX-License-Identifier: ISC
#include "smtp/read_reply.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace mailpipe::smtp {

namespace {

Error broken(std::string what) { return {Fault::transient, std::move(what)}; }

/// The next line, without its end; its octets are taken off `left`. io::Channel's own lines do not tell whether the end of one that
/// is too long has come.
Result<void> read_line(io::Channel& channel, io::Deadline deadline, std::string& line, std::size_t& left) {
    std::size_t octets = 0;
    line.clear();
    for (bool is_over = false; !is_over;) {
        const auto come = channel.peek(deadline);
        if (!come) return failure(come.error());
        if (come->empty()) return failure(broken("peer closed the connection"));
        const std::string_view text{come->data(), come->size()};
        const auto end = text.find('\n');
        is_over = end != text.npos;
        const auto piece = is_over ? text.substr(0, end + 1) : text;
        if (piece.size() > left) return failure(broken("peer's reply does not end"));
        left -= piece.size();
        octets += piece.size();
        line += piece.substr(0, max_reply_line_octets - line.size());
        channel.consume(piece.size());
    }
    if (octets > max_reply_line_octets) {
        line.resize(io::Channel::kept_octets);
        return {};
    }
    line.pop_back();
    if (line.ends_with('\r')) line.pop_back();
    return {};
}

struct ReplyLine {
    int code;
    bool last;
    std::string_view text;
};

Result<ReplyLine> parse_line(std::string_view line) {
    const bool has_code = line.size() >= 3 && std::ranges::all_of(line.substr(0, 3), is_digit) && line[0] >= '2' && line[0] <= '5';
    const char separator = line.size() > 3 ? line[3] : ' ';
    if (!has_code || (separator != ' ' && separator != '-')) return failure(broken("peer's reply is none"));
    const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    return ReplyLine{code, separator == ' ', line.substr(std::min<std::size_t>(line.size(), 4))};
}

/// class "." subject "." detail of RFC 3463 section 2, up to three digits each, at the front of `text`.
std::string_view enhanced_code(std::string_view text) {
    const auto code = text.substr(0, text.find(' '));
    std::size_t digits = 0;
    std::size_t dots = 0;
    for (const char c : code) {
        if (is_digit(c) && ++digits <= 3) continue;
        if (c != '.' || digits == 0 || digits > 3 || ++dots > 2) return {};
        digits = 0;
    }
    return dots == 2 && digits > 0 ? code : std::string_view{};
}

void add_line(Reply& reply, std::string_view text, bool first) {
    const auto enhanced = enhanced_code(text);
    const bool fits = !enhanced.empty() && enhanced.find('.') == 1 && enhanced.front() - '0' == reply.code / 100;
    if (first && fits) reply.enhanced = enhanced;
    if (fits && enhanced == reply.enhanced) text.remove_prefix(std::min(enhanced.size() + 1, text.size()));
    if (!first) reply.text += '\n';
    reply.text += text;
}

}  // namespace

Result<Reply> read_reply(io::Channel& channel, io::Deadline deadline) {
    Reply reply{};
    std::string line;
    std::size_t left = max_reply_octets;
    for (std::size_t lines = 0; lines < max_read_lines; ++lines) {
        if (auto r = read_line(channel, deadline, line, left); !r) return failure(r.error());
        const auto parsed = parse_line(line);
        if (!parsed) return failure(parsed.error());
        if (lines > 0 && parsed->code != reply.code) return failure(broken("peer's reply changes its code"));
        reply.code = parsed->code;
        if (lines < max_reply_lines) add_line(reply, parsed->text, lines == 0);
        if (parsed->last) return reply;
    }
    return failure(broken("peer's reply does not end"));
}

Ahead look_ahead(io::Channel& channel, std::chrono::milliseconds patience) {
    if (channel.has_input()) return Ahead::text;
    const auto woken = channel.stream().wait({}, io::Deadline::after(patience));
    if (woken && *woken != io::Woken::peer) return Ahead::nothing;
    const auto come = channel.peek(io::Deadline::after(std::chrono::seconds{1}));  // it is there
    return come && !come->empty() ? Ahead::text : Ahead::end;
}

}  // namespace mailpipe::smtp
