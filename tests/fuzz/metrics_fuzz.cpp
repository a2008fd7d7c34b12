// SPDX-License-Identifier: ISC
// Any octets as a file of metrics: what was read from it is read from what is written again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/require.hpp"
#include "mta/outcome/metrics.hpp"

using namespace mailpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(data), size};
    for (const auto& file : {text, text + "# EOF\n"}) {
        const auto counts = mta::parse_counts(file);
        require(mta::parse_counts(mta::metrics_text(counts, {})) == counts);
    }
    return 0;
}
