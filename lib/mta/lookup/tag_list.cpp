// SPDX-License-Identifier: ISC
#include "mta/lookup/tag_list.hpp"

#include <utility>

#include "base/ascii.hpp"

namespace mailpipe::mta {

namespace {

/// Takes the first tag off.
std::pair<std::string_view, std::string_view> take_tag(std::string_view& list) {
    const auto end = list.find(';');
    const auto tag = list.substr(0, end);
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    const auto equals = tag.find('=');
    if (equals == std::string_view::npos) return {trim(tag), {}};
    return {trim(tag.substr(0, equals)), trim(tag.substr(equals + 1))};
}

}  // namespace

std::optional<std::string> tag_value(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const auto [found, value] = take_tag(list);
        if (found == name) return std::string(value);
    }
    return {};
}

bool has_version(std::string_view list, std::string_view version) {
    const auto [name, value] = take_tag(list);
    return name == "v" && value == version;
}

}  // namespace mailpipe::mta
