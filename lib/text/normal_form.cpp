// SPDX-License-Identifier: ISC
#include "text/normal_form.hpp"

#include <cstdlib>
#include <memory>

#include <utf8proc.h>

namespace mailpipe::text {

std::string nfkc(std::string_view utf8) {
    constexpr auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    utf8proc_uint8_t* made = nullptr;
    const auto* octets = reinterpret_cast<const utf8proc_uint8_t*>(utf8.data());
    const auto size = utf8proc_map(octets, static_cast<utf8proc_ssize_t>(utf8.size()), &made, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned{made, std::free};
    if (size < 0) return std::string{utf8};
    return {reinterpret_cast<const char*>(made), static_cast<std::size_t>(size)};
}

}  // namespace mailpipe::text
