// SPDX-License-Identifier: ISC
// Any octets as the beginning of a spool file: what is accepted is written and read again the same, and no longer
// beginning is needed than the one that was enough.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "queue/envelope.hpp"

using namespace mailpipe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view head{reinterpret_cast<const char*>(data), size};
    const auto stored = queue::parse_envelope(head);
    if (!stored || !*stored) return 0;
    const auto& [envelope, octets] = **stored;
    if (octets > size || envelope.recipients.empty()) std::abort();

    const auto text = queue::format_envelope(envelope);
    if (!text) std::abort();
    const auto again = queue::parse_envelope(*text + "Received:");
    if (!again || !*again || !((*again)->envelope == envelope) || (*again)->octets != text->size()) std::abort();
    const auto shorter = queue::parse_envelope(head.substr(0, octets));
    if (!shorter || *shorter) std::abort();
    return 0;
}
