// SPDX-License-Identifier: ISC
// What maildirsize says is never negative, and what quotas mean survives being written down.
#include <cstdint>

#include "fuzz/require.hpp"
#include "store/maildirsize.hpp"

using namespace mailpipe::store;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto file = parse_maildirsize(text)) {
        require(file->used.octets >= 0 && file->used.messages >= 0 && file->lines > 0);
        require(parse_quota(to_string(file->quota)).value() == file->quota);
    }
    if (const auto quota = parse_quota(text)) require(parse_quota(to_string(*quota)).value() == *quota);
    return 0;
}
