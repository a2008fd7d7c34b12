// SPDX-License-Identifier: ISC
// An entry is its version (one octet), the checksum of what follows (four), then numbers: the message's octets, those of
// both texts, the parts; the two texts; a row of numbers for each part. A number has 7 bits in each octet, the lowest
// first, and the highest bit where it goes on.
#include "imap/message/structure_entry.hpp"

#include <cstring>
#include <limits>

#include "base/hash.hpp"
#include "imap/message/body_structure.hpp"

namespace mailpipe::imap {

namespace {

using mime::ContentFields;
using mime::Extent;
using mime::Part;
using mime::Range;

constexpr char version = 1;
constexpr std::size_t fixed_octets = 1 + sizeof(std::uint32_t);
constexpr std::size_t min_row_octets = 9;

constexpr Range ContentFields::*fields[] = {
    &ContentFields::type,        &ContentFields::encoding, &ContentFields::disposition, &ContentFields::id,
    &ContentFields::description, &ContentFields::language, &ContentFields::location,    &ContentFields::md5,
};

void append_number(std::string& out, std::uint64_t number) {
    for (; number > 0x7f; number >>= 7) out += static_cast<char>((number & 0x7f) | 0x80);
    out += static_cast<char>(number);
}

class Numbers {
public:
    explicit Numbers(std::string_view octets) : left_(octets) {}

    /// 0 for what is none; good() tells.
    std::uint64_t take() {
        std::uint64_t number = 0;
        for (unsigned shift = 0; shift < 63 && !left_.empty(); shift += 7) {
            const auto octet = static_cast<unsigned char>(left_.front());
            left_.remove_prefix(1);
            number |= static_cast<std::uint64_t>(octet & 0x7f) << shift;
            if (octet < 0x80) return number;
        }
        is_good_ = false;
        return 0;
    }
    /// One that is at most `limit`.
    std::uint64_t take_up_to(std::uint64_t limit) {
        const auto number = take();
        is_good_ = is_good_ && number <= limit;
        return is_good_ ? number : 0;
    }
    std::string_view take_text(std::uint64_t octets) {
        is_good_ = is_good_ && octets <= left_.size();
        const auto text = left_.substr(0, is_good_ ? octets : 0);
        left_.remove_prefix(text.size());
        return text;
    }

    void refuse() { is_good_ = false; }
    bool good() const { return is_good_; }
    std::string_view rest() const { return left_; }

private:
    std::string_view left_;
    bool is_good_ = true;
};

/// Kind, is_of_digest, and a bit for each field that is there.
std::uint64_t marks(const Part& part) {
    auto bits = static_cast<std::uint64_t>(part.kind) | (part.is_of_digest ? 4U : 0U);
    for (std::size_t i = 0; i < std::size(fields); ++i) bits |= (part.fields.*fields[i]).end > 0 ? 8U << i : 0U;
    return bits;
}

void append_extent(std::string& out, const Range& range, const Extent& extent) {
    append_number(out, extent.lines);
    append_number(out, extent.octets - range.size());
}

void append_row(std::string& out, const mime::Structure& structure, std::size_t index) {
    const auto& part = structure.parts[index];
    const auto before = index > 0 ? structure.parts[index - 1].header.begin : 0;
    append_number(out, index - part.parent);
    append_number(out, marks(part));
    append_number(out, part.header.begin - before);
    append_number(out, part.header.size());
    append_number(out, part.body.size());
    append_extent(out, part.header, part.header_extent);
    append_extent(out, part.body, part.body_extent);
    for (const auto field : fields) {
        const auto& range = part.fields.*field;
        if (range.end == 0) continue;
        append_number(out, range.begin - part.header.begin);
        append_number(out, range.size());
    }
}

Extent take_extent(Numbers& numbers, const Range& range) {
    const auto lines = numbers.take_up_to(range.size());
    return {range.size() + numbers.take_up_to(lines), lines};
}

void take_marks(Numbers& numbers, Part& part, std::uint64_t& bits) {
    bits = numbers.take_up_to((8U << std::size(fields)) - 1);
    if ((bits & 3) > static_cast<std::uint64_t>(Part::Kind::message)) numbers.refuse();
    else part.kind = static_cast<Part::Kind>(bits & 3);
    part.is_of_digest = (bits & 4) != 0;
}

/// A message has one part, the next one; a leaf none.
bool can_stand_in(const std::vector<Part>& parts, std::size_t parent) {
    if (parts.back().kind == Part::Kind::message) return parent + 1 == parts.size();
    return parts[parent].kind == Part::Kind::multipart;
}

/// How many parts each part has had.
using Children = std::vector<std::uint32_t>;

Part take_row(Numbers& numbers, const std::vector<Part>& parts, Children& children, std::uint64_t message_octets) {
    const auto index = parts.size();
    const auto parent = index - numbers.take_up_to(index);
    if (index > 0 && (parent == index || !can_stand_in(parts, parent))) numbers.refuse();
    if (!numbers.good()) return {};
    Part part{.parent = static_cast<std::uint32_t>(parent), .number = 1, .depth = 0};
    if (index > 0) {
        part.number = ++children[parent];
        part.depth = parts[parent].depth + 1;
    }
    std::uint64_t bits = 0;
    take_marks(numbers, part, bits);
    const auto before = index > 0 ? parts.back().header.begin : 0;
    part.header.begin = before + numbers.take_up_to(message_octets - before);
    part.header.end = part.header.begin + numbers.take_up_to(message_octets - part.header.begin);
    part.body = {part.header.end, part.header.end + numbers.take_up_to(message_octets - part.header.end)};
    part.header_extent = take_extent(numbers, part.header);
    part.body_extent = take_extent(numbers, part.body);
    for (std::size_t i = 0; i < std::size(fields); ++i) {
        if ((bits & (8U << i)) == 0) continue;
        const auto begin = part.header.begin + numbers.take_up_to(part.header.size());
        part.fields.*fields[i] = {begin, begin + numbers.take_up_to(part.header.end - begin)};
    }
    if (part.depth > mime::Limits{}.depth) numbers.refuse();
    return part;
}

}  // namespace

std::string make_structure_entry(std::string_view message, const mime::Structure& structure) {
    std::string body_structure;
    append_body_structure(body_structure, message, structure);
    std::string body;
    append_body(body, message, structure);

    std::string entry(fixed_octets, version);
    for (const auto number : {message.size(), body_structure.size(), body.size(), structure.parts.size()}) append_number(entry, number);
    entry.append(body_structure).append(body);
    for (std::size_t index = 0; index < structure.parts.size(); ++index) append_row(entry, structure, index);
    const auto sum = static_cast<std::uint32_t>(hash64(std::string_view{entry}.substr(fixed_octets)));
    std::memcpy(entry.data() + 1, &sum, sizeof sum);
    return entry;
}

std::optional<StructureEntry> read_structure_entry(std::string_view octets, std::uint64_t message_octets) {
    if (octets.size() < fixed_octets || octets.front() != version) return {};
    std::uint32_t sum = 0;
    std::memcpy(&sum, octets.data() + 1, sizeof sum);
    octets.remove_prefix(fixed_octets);
    if (static_cast<std::uint32_t>(hash64(octets)) != sum) return {};

    Numbers numbers{octets};
    if (numbers.take() != message_octets) return {};
    const auto body_structure = numbers.take();
    const auto body = numbers.take();
    const auto parts = numbers.take();
    StructureEntry entry{numbers.take_text(body_structure), numbers.take_text(body), {}, parts, message_octets};
    entry.rows = numbers.rest();
    const bool has_parts = entry.parts > 0 && entry.parts <= entry.rows.size() / min_row_octets;
    return numbers.good() && has_parts ? std::optional{entry} : std::nullopt;
}

std::optional<mime::Structure> structure_of(const StructureEntry& entry) {
    mime::Structure structure;
    Children children(entry.parts);
    structure.parts.reserve(entry.parts);
    Numbers numbers{entry.rows};
    while (structure.parts.size() < entry.parts && numbers.good()) {
        structure.parts.push_back(take_row(numbers, structure.parts, children, entry.message_octets));
    }
    const bool is_whole = numbers.good() && numbers.rest().empty() && structure.parts.back().kind != Part::Kind::message;
    return is_whole ? std::optional{std::move(structure)} : std::nullopt;
}

}  // namespace mailpipe::imap
