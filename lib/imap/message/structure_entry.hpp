// SPDX-License-Identifier: ISC
// A message's structure in a cache: BODYSTRUCTURE and BODY as they are sent, and where each part stands, so that
// BINARY[3] of a large message needs no reading of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mime/structure.hpp"

namespace mailpipe::imap {

/// One part takes about 30 octets beside the two texts.
std::string make_structure_entry(std::string_view message, const mime::Structure& structure);

/// Views into the entry that was read.
struct StructureEntry {
    std::string_view body_structure;
    std::string_view body;
    std::string_view rows;  ///< for structure_of()
    std::uint64_t parts;
    std::uint64_t message_octets;
};

/// Nothing where it was written by another version, is torn, or is about a message of another size than
/// `message_octets`, that of the file.
std::optional<StructureEntry> read_structure_entry(std::string_view octets, std::uint64_t message_octets);

/// The structure as mime::read_structure() gave it, but without its findings. Nothing where it is none: each range lies in
/// the message, each field in its header, each part behind the one that it stands in.
std::optional<mime::Structure> structure_of(const StructureEntry& entry);

}  // namespace mailpipe::imap
