// SPDX-License-Identifier: ISC
// Whatever is in the file, it is understood or refused with a line that it has.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cli/config_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto settings = mailpipe::cli::parse_config(text);
    if (!settings) {
        if (!settings.error().what.starts_with("line ")) std::abort();
        return 0;
    }
    for (const auto& setting : *settings) {
        if (setting.key.empty() || setting.line == 0 || setting.line > size) std::abort();
    }
    return 0;
}
