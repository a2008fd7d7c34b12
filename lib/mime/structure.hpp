// SPDX-License-Identifier: ISC
// The one reading of a message: which octets are which part (RFC 2045, RFC 2046). Everything that looks inside a message
// uses it, so that all see the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "mime/finding.hpp"

namespace mailpipe::mime {

/// Octets of the message, from `begin` up to but not including `end`.
struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;

    std::size_t size() const { return end - begin; }
    std::string_view of(std::string_view message) const { return message.substr(begin, size()); }
    bool operator==(const Range&) const = default;
};

/// What a range is on the wire, where each line ends in CRLF.
struct Extent {
    std::uint64_t octets = 0;
    std::uint64_t lines = 0;  ///< line ends
    bool operator==(const Extent&) const = default;
};

/// A value as it stands, folded, without the field's name; empty where there is no such field, the first where there
/// are several.
struct ContentFields {
    Range type, encoding, disposition, id, description, language, location, md5;
};

struct Part {
    enum class Kind : std::uint8_t { leaf, multipart, message };

    std::uint32_t parent;  ///< its place in Structure::parts; the message itself is its own
    std::uint32_t number;  ///< among its siblings, from 1
    std::uint32_t depth;   ///< how many parts it stands in
    Kind kind = Kind::leaf;
    bool is_of_digest = false;  ///< without a type it is message/rfc822: RFC 2046 section 5.1.5
    Range header{};        ///< with the empty line
    Range body{};          ///< without the line end before a delimiter, which belongs to that
    Extent header_extent{};
    Extent body_extent{};
    ContentFields fields{};
};

struct Structure {
    std::vector<Part> parts;  ///< in the message's order; the first is the message itself
    std::vector<Finding> findings;
};

/// Where a reading stops to look closer.
struct Limits {
    std::size_t depth = 100;             ///< a part in more parts than that is not opened
    std::size_t parts = 10'000;          ///< what comes behind is the last one's body
    std::size_t fields = 10'000;         ///< of one header; the others are not looked at
    std::size_t findings = 1000;         ///< more are not noted
    std::size_t field_octets = 100'000;  ///< of a value: a longer one counts as not there
};

/// Reads a message with LF or CRLF line ends, mixed ones too. It takes time and memory in proportion to its octets at
/// worst, whatever is in it, and has no errors.
Structure read_structure(std::string_view message, const Limits& limits = {});

}  // namespace mailpipe::mime
