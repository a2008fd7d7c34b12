// SPDX-License-Identifier: ISC
// An mbox's messages are parts of it, in order, without an overlap, and unquoting takes one '>' a line.
#include <cstdint>

#include "fuzz/require.hpp"
#include "store/mbox.hpp"

using namespace mailpipe::store;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view mbox{reinterpret_cast<const char*>(data), size};
    const auto plain = without_quoted_from(mbox);
    require(has_quoted_from(mbox) == (plain.size() < mbox.size()));
    if (!is_mbox(mbox)) return 0;
    MboxReader reader{mbox};
    const char* end = mbox.data();
    while (const auto one = reader.next()) {
        require(one->from_line.data() >= end && one->text.data() > one->from_line.data());
        require(is_from_line(one->from_line));
        end = one->text.data() + one->text.size();
        require(end <= mbox.data() + mbox.size());
    }
    return 0;
}
