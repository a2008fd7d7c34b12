// SPDX-License-Identifier: ISC
#include "store/index/record.hpp"

#include <cstddef>

#include "base/ascii.hpp"
#include "base/hash.hpp"

namespace mailpipe::store {

namespace {

constexpr std::string_view letters_of_flags = "DFPRST";

std::uint32_t sum(const Record& record, std::size_t begin, std::size_t end) {
    return static_cast<std::uint32_t>(hash64({reinterpret_cast<const char*>(&record) + begin, end - begin}));
}

std::uint32_t first_sum(const Record& record) { return sum(record, 0, offsetof(Record, checksum)); }
std::uint32_t second_sum(const Record& record) { return sum(record, offsetof(Record, octets), sizeof record); }

}  // namespace

std::string flag_letters(std::uint32_t flags, std::uint32_t keywords) {
    std::string letters;
    for (std::size_t i = 0; i < letters_of_flags.size(); ++i) {
        if ((flags >> i & 1) != 0) letters += letters_of_flags[i];
    }
    for (char c = 'a'; c <= 'z' && keywords != 0; ++c, keywords >>= 1) {
        if ((keywords & 1) != 0) letters += c;
    }
    return letters;
}

Letters parse_letters(std::string_view letters) {
    Letters parsed;
    for (const char c : letters) {
        const auto known = letters_of_flags.find(c);
        if (known != std::string_view::npos) parsed.flags |= 1U << known;
        else if (is_lower(c)) parsed.keywords |= 1U << (c - 'a');
        else parsed.has_others = true;
    }
    return parsed;
}

void seal(Record& record) { record.checksum = first_sum(record); }
void seal_measured(Record& record) { record.measured_sum = second_sum(record); }
bool is_sealed(const Record& record) { return record.checksum == first_sum(record); }
bool is_measured_sealed(const Record& record) { return record.measured_sum == second_sum(record); }

}  // namespace mailpipe::store
