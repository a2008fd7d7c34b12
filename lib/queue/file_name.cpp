// SPDX-License-Identifier: ISC
#include "queue/file_name.hpp"


#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/unique_name.hpp"

namespace mailpipe::queue {

namespace {

/// Takes `mark` and the digits after it off the front of `text`.
template <typename Number>
bool take(std::string_view& text, std::string_view mark, Number& number) {
    if (!text.starts_with(mark)) return false;
    text.remove_prefix(mark.size());
    if (text.empty() || !is_digit(text.front())) return false;
    const auto taken = take_number<Number>(text);
    number = taken.value_or(0);
    return taken.has_value();
}

std::optional<FileName> parse(std::string_view name) {
    FileName parsed;
    parsed.id = name.substr(0, name.find(','));
    if (!is_unique_name(parsed.id)) return {};
    name.remove_prefix(parsed.id.size());
    if (!take(name, ",S=", parsed.octets) || !take(name, ",W=", parsed.wire_octets)) return {};
    if (name.empty()) return parsed;

    std::int64_t due = 0;
    if (!take(name, ":1,", due) || !name.empty()) return {};
    parsed.due = due;
    return parsed;
}

}  // namespace

std::optional<FileName> parse_file_name(std::string_view name) {
    auto parsed = parse(name);
    if (parsed && to_string(*parsed) != name) return {};  // "S=007": its file would not be found again
    return parsed;
}

std::string to_string(const FileName& name) {
    auto text = fmt::format("{},S={},W={}", name.id, name.octets, name.wire_octets);
    if (name.due) text += fmt::format(":1,{}", *name.due);
    return text;
}

}  // namespace mailpipe::queue
