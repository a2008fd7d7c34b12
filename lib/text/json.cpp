// SPDX-License-Identifier: ISC
#include "text/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"

namespace mailpipe::text {

namespace {

/// What JSON allows and terminals obey (DEL, U+0080 to U+009F, what ends lines or turns the direction), escaped.
std::string without_controls(const std::string& json) {
    std::string escaped;
    for (std::string_view left = json; !left.empty();) {
        if (const auto octets = printable_octets(left); octets > 0) {
            escaped += left.substr(0, octets);
            left.remove_prefix(octets);
        } else {
            escaped += fmt::format("\\u{:04x}", static_cast<unsigned>(take_character(left)));
        }
    }
    return escaped;
}

bool may_have_controls(std::string_view json) { return json.find_first_of("\x7f\xc2\xe2") != json.npos; }

}  // namespace

std::string json_string(std::string_view text) {
    constexpr int one_line = -1;
    auto json = nlohmann::json(text).dump(one_line, ' ', /*ensure_ascii=*/false, nlohmann::json::error_handler_t::replace);
    return may_have_controls(json) ? without_controls(json) : json;
}

JsonObject& JsonObject::add_raw(std::string_view name, std::string_view json) {
    if (text_.size() > 1) text_ += ',';
    text_ += json_string(name);
    text_ += ':';
    text_ += json;
    return *this;
}

JsonArray& JsonArray::add_raw(std::string_view json) {
    if (text_.size() > 1) text_ += ',';
    text_ += json;
    return *this;
}

}  // namespace mailpipe::text
