// SPDX-License-Identifier: ISC
#include "text/json.hpp"

#include <nlohmann/json.hpp>

namespace mailpipe::text {

std::string json_string(std::string_view text) {
    constexpr int one_line = -1;
    return nlohmann::json(text).dump(one_line, ' ', /*ensure_ascii=*/false, nlohmann::json::error_handler_t::replace);
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
