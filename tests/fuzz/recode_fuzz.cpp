// SPDX-License-Identifier: ISC
// Whatever a message is: its content stays when it is re-encoded, and all octets outside of it; 7bit is 7bit, or told.
#include <cstdint>

#include "fuzz/require.hpp"
#include "mime/survey.hpp"
#include "support/recoded.hpp"

using namespace mailpipe::mime;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view message{reinterpret_cast<const char*>(data), size};
    const auto content = contents(message);
    const auto around = outside(message);
    const auto seven = recoded(message, to_7bit);
    const auto eight = recoded(message, to_8bit);
    for (const auto& one : {seven, eight, recoded(seven.message, to_8bit), recoded(eight.message, to_7bit)}) {
        require(contents(one.message) == content && outside(one.message) == around);
        require(one.message.size() <= 8 * size + 100);
    }
    if (seven.told.kept.empty()) {
        require(survey(seven.message, Lines::any).kind() == TransferEncoding::seven_bit);
        require(!recoded(seven.message, to_7bit).told.is_changed);
    }
    require(seven.told.is_changed == (seven.message != message));
    return 0;
}
