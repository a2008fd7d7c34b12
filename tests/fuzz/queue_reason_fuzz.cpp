// SPDX-License-Identifier: ISC
// Any octets as a stranger's reply: it always has a meaning, and folding what varies in it leaves nothing more to fold,
// whichever host said it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/require.hpp"
#include "mta/operator/queue_by_site.hpp"
#include "mta/operator/reply_meaning.hpp"

using namespace mailpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto folded = mta::fold_reason(text);
    require(mta::fold_reason("mx.example[192.0.2.1]:25 to RCPT: " + folded) == folded);
    const auto enhanced = text.substr(0, text.find(' '));
    for (const int code : {250, 421, 550}) {
        const auto meaning = mta::reply_meaning(code, enhanced, text, text.substr(enhanced.size()));
        require(!meaning.cause.empty() && !meaning.remedy.empty());
    }
    return 0;
}
