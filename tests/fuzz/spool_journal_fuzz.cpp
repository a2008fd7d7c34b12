// SPDX-License-Identifier: ISC
// Any octets as a journal: no line that was read is lost when it's written again, and its addresses stay addresses.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "queue/journal.hpp"

using namespace mailpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto lines = queue::parse_journal({reinterpret_cast<const char*>(data), size});
    std::string text;
    for (const auto& line : lines) text += to_string(line);
    const auto again = queue::parse_journal(text);
    if (again.size() != lines.size()) std::abort();
    for (std::size_t n = 0; n < lines.size(); ++n) {
        if (again[n].recipient != lines[n].recipient || again[n].event != lines[n].event) std::abort();
        const auto members = queue::split_addresses(again[n].text);
        if (members && queue::split_addresses(queue::join_addresses(*members)).value() != *members) std::abort();
    }
    return 0;
}
