// SPDX-License-Identifier: ISC
// Octets as an entry whose checksum is right: what it says can be used. As a message: its entry gives its structure back.
#include <cstdint>
#include <cstring>
#include <string>

#include "base/hash.hpp"
#include "fuzz/require.hpp"
#include "imap/message/binary.hpp"
#include "imap/message/body_structure.hpp"
#include "imap/message/structure_entry.hpp"
#include "mime/part_number.hpp"

using namespace mailpipe;

namespace {

/// What imapd does with a structure.
void use(std::string_view message, const mime::Structure& structure) {
    std::string text;
    imap::append_body_structure(text, message, structure);
    for (std::size_t index = 0; index < structure.parts.size(); ++index) {
        const auto& part = structure.parts[index];
        require(part.header.end <= message.size() && part.body.begin == part.header.end && part.body.end <= message.size());
        require(index == 0 || part.parent < index);
        const auto found = imap::find_binary(message, structure, mime::part_number(structure, index));
        if (found && found->can_be_decoded()) (void)imap::binary_size(*found);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string octets{reinterpret_cast<const char*>(data), size};
    const auto structure = mime::read_structure(octets, {.depth = 10, .parts = 50});
    const auto made = imap::make_structure_entry(octets, structure);
    const auto read = imap::read_structure_entry(made, octets.size());
    const auto again = read ? imap::structure_of(*read) : std::nullopt;
    require(again && imap::make_structure_entry(octets, *again) == made);

    if (size < 5) return 0;
    auto sealed = octets;
    const auto sum = static_cast<std::uint32_t>(hash64(std::string_view{sealed}.substr(5)));
    std::memcpy(sealed.data() + 1, &sum, sizeof sum);
    const std::string message(200, 'x');
    const auto entry = imap::read_structure_entry(sealed, message.size());
    const auto claimed = entry ? imap::structure_of(*entry) : std::nullopt;
    if (claimed) use(message, *claimed);
    return 0;
}
