// SPDX-License-Identifier: ISC
// The end of data is found at the same octet, and the text is the same, however the network cuts it into pieces.
// The first octet tells how: the size of the pieces, and whether it is DATA or BDAT.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "io/data_decoder.hpp"

using mailpipe::io::DataDecoder;

namespace {

struct Decoded {
    std::string text;
    std::size_t consumed = 0;
    bool bare = false;
    std::uint64_t wire = 0;

    bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view wire, std::size_t piece, DataDecoder::Form form) {
    DataDecoder decoder{form};
    Decoded result;
    for (bool end = false; !end && !wire.empty();) {
        std::string buffer{wire.substr(0, piece)};
        wire.remove_prefix(buffer.size());
        const auto step = decoder.decode(buffer);
        if (step.consumed > buffer.size()) std::abort();
        result.text += step.before;
        result.text += step.text;
        result.consumed += step.consumed;
        end = step.end;
    }
    decoder.finish();
    result.bare = decoder.saw_bare_newline();
    result.wire = decoder.wire_octets();
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view wire{reinterpret_cast<const char*>(data) + 1, size - 1};
    const auto form = (data[0] & 0x80) != 0 ? DataDecoder::Form::chunked : DataDecoder::Form::dotted;
    const auto whole = decode(wire, SIZE_MAX, form);
    if (decode(wire, (data[0] & 0x7f) + 1u, form) != whole) std::abort();
    if (whole.text.find('\r') != std::string::npos) std::abort();
    if (!whole.bare && form == DataDecoder::Form::dotted && whole.consumed < wire.size() &&
        !wire.substr(0, whole.consumed).ends_with(".\r\n")) {
        std::abort();
    }
    return 0;
}
