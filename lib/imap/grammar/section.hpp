// SPDX-License-Identifier: ISC
// What of a message FETCH is asked for: section and partial of RFC 9051 section 9.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mailpipe::imap {

struct Section {
    enum class Text : std::uint8_t {
        all,  ///< the part's body, without its MIME header; of a whole message the header too
        header,
        header_fields,
        header_fields_not,
        text,
        mime,  ///< the part's MIME header
    };
    std::string part{};               ///< "1.2"; empty: the message itself
    Text text = Text::all;
    std::vector<std::string> fields{};  ///< as the client wrote them

    bool operator==(const Section&) const = default;
};

/// "<0.2048>" of octets on the wire.
struct Partial {
    std::uint64_t offset;
    std::uint64_t octets;  ///< not 0

    bool operator==(const Partial&) const = default;
};

}  // namespace mailpipe::imap
