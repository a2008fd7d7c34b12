// SPDX-License-Identifier: ISC
#include "pop3/uidl.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace mailpipe::pop3 {

namespace {

constexpr std::size_t max_octets = 70;
constexpr unsigned max_width = 10;

constexpr struct {
    std::string_view name, format;
} presets[] = {{"dovecot", "%08Xu%08Xv"}, {"courier", "UID%u-%v"}, {"cyrus", "%v.%u"}, {"filename", "%f"}};

void append_number(std::string& out, std::uint32_t value, bool hexadecimal, unsigned width) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, hexadecimal ? 16 : 10).ptr;
    const auto size = static_cast<unsigned>(end - digits);
    if (size < width) out.append(width - size, '0');
    out.append(digits, end);
}

void append_default(std::string& out, const UidlSource& source) {
    append_number(out, source.uid, true, 8);
    append_number(out, source.uid_validity, true, 8);
}

tl::unexpected<Error> wrong(std::string_view text, std::string_view why) {
    return failure({Fault::permanent, fmt::format("uidl-format {}: {}", text, why), ExitStatus::configuration});
}

}  // namespace

bool is_unique_id(std::string_view text) {
    return !text.empty() && text.size() <= max_octets &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

UidlFormat::UidlFormat() : parts_{{'u', true, 8, {}}, {'v', true, 8, {}}} {}

Result<UidlFormat> UidlFormat::parse(std::string_view text) {
    for (const auto& preset : presets) {
        if (preset.name == text) text = preset.format;
    }
    auto parts = parse_parts(text);
    if (!parts) return failure(parts.error());
    const bool tells_apart =
        std::ranges::any_of(*parts, [](const Part& part) { return part.variable == 'u' || part.variable == 'f'; });
    if (!tells_apart) return wrong(text, "needs %u or %f");
    return UidlFormat{std::move(*parts)};
}

Result<std::vector<UidlFormat::Part>> UidlFormat::parse_parts(std::string_view text) {
    std::vector<Part> parts;
    Part part{};
    for (auto left = text; !left.empty();) {
        const char c = left.front();
        left.remove_prefix(1);
        if (c != '%' || left.starts_with('%')) {
            if (c <= ' ' || c >= '\x7f') return wrong(text, "blanks and 8-bit characters can't be sent");
            part.literal += c;
            if (c == '%') left.remove_prefix(1);
            continue;
        }
        while (!left.empty() && is_digit(left.front()) && part.width <= max_width) {
            part.width = part.width * 10 + static_cast<unsigned>(left.front() - '0');
            left.remove_prefix(1);
        }
        part.hexadecimal = left.starts_with('X');
        if (part.hexadecimal) left.remove_prefix(1);
        part.variable = left.empty() ? '\0' : left.front();
        if (part.width > max_width || (part.variable != 'u' && part.variable != 'v' && part.variable != 'f')) {
            return wrong(text, "knows %u, %v and %f, with a width up to 10 and X");
        }
        left.remove_prefix(1);
        parts.push_back(std::exchange(part, {}));
    }
    if (!part.literal.empty()) parts.push_back(std::move(part));
    return parts;
}

void UidlFormat::append(std::string& out, const UidlSource& source) const {
    const auto begin = out.size();
    for (const auto& part : parts_) {
        out += part.literal;
        switch (part.variable) {
            case 'u': append_number(out, source.uid, part.hexadecimal, part.width); break;
            case 'v': append_number(out, source.uid_validity, part.hexadecimal, part.width); break;
            case 'f': out += source.base; break;
            default: break;
        }
    }
    if (is_unique_id(std::string_view{out}.substr(begin))) return;
    out.resize(begin);
    append_default(out, source);
}

}  // namespace mailpipe::pop3
