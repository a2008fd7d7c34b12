// SPDX-License-Identifier: ISC
#include "base/unique_name.hpp"

#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace mailpipe {

namespace {

constexpr std::size_t max_octets = 200;

bool is_unfit(char c) { return c == '/' || c == ':' || c == ',' || c == ' ' || is_control(c); }

}  // namespace

std::string unique_name(Time now, std::string_view host) {
    static unsigned counter = 0;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now - seconds).count();
    auto name = fmt::format("{}.M{}P{}Q{}.", unix_seconds(now), micros, ::getpid(), ++counter);
    for (const char c : host) {
        if (name.size() + 4 > max_octets) break;
        if (is_unfit(c)) {
            name += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
        } else {
            name += c;
        }
    }
    return name;
}

bool is_unique_name(std::string_view name) {
    return !name.empty() && name.size() <= max_octets && name.front() != '.' && std::ranges::none_of(name, is_unfit);
}

}  // namespace mailpipe
