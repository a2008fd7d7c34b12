// SPDX-License-Identifier: ISC
// JSON as the tools print it with --json (RFC 8259).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailpipe::text {

/// The text as a JSON string, with its quotes. What is not UTF-8 becomes U+FFFD; no control character comes as itself.
std::string json_string(std::string_view text);

/// An object, put together member by member: one line without an end.
class JsonObject {
public:
    JsonObject& add(std::string_view name, std::string_view text) { return add_raw(name, json_string(text)); }
    JsonObject& add(std::string_view name, std::int64_t number) { return add_raw(name, std::to_string(number)); }
    /// `json` is JSON itself: an object, an array, null.
    JsonObject& add_raw(std::string_view name, std::string_view json);
    std::string text() const { return text_ + "}"; }

private:
    std::string text_ = "{";
};

/// The same for arrays, of whatever is JSON itself.
class JsonArray {
public:
    JsonArray& add_raw(std::string_view json);
    std::string text() const { return text_ + "]"; }

private:
    std::string text_ = "[";
};

}  // namespace mailpipe::text
