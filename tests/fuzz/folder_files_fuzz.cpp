// SPDX-License-Identifier: ISC
// The small files of a Maildir's folders: what was read is written again and says the same. The first octet selects.
#include <cstdint>

#include "fuzz/require.hpp"
#include "store/tree/keywords.hpp"
#include "store/tree/metadata.hpp"
#include "store/tree/special_use.hpp"
#include "store/tree/subscriptions.hpp"

using namespace mailpipe;
using namespace mailpipe::store;

namespace {

void check_names(std::string_view text, const NameRules& rules) {
    if (const auto name = canonical_name(text, rules)) {
        require(canonical_name(*name, rules) == *name);
        require(name_of(directory_of(*name, rules), rules) == *name);
    }
    if (const auto name = name_of(text, rules)) require(canonical_name(*name, rules) == *name);
}

void check_subscriptions(std::string_view text, const NameRules& rules) {
    for (const auto& name : parse_subscriptions(text, rules)) require(canonical_name(name, rules) == name);
    for (const auto& name : parse_courier_subscriptions(text, rules)) require(canonical_name(name, rules) == name);
}

void check_keywords(std::string_view text) {
    const auto keywords = Keywords::parse(text);
    require(Keywords::parse(keywords.to_text()) == keywords);
    for (const auto& [base, names] : parse_courier_keywords(text)) require(!base.empty() && names.size() <= max_keywords);
}

void check_special_uses(std::string_view text, const NameRules& rules) {
    SpecialUses uses{rules};
    uses.parse(text);
    SpecialUses again{rules};
    again.parse(uses.to_text());
    require(again.to_text() == uses.to_text());
}

void check_metadata(std::string_view text) {
    const auto metadata = Metadata::parse(text);
    if (!metadata) return;
    const auto written = metadata->to_text();
    require(Metadata::parse(written).value().to_text() == written);
    for (const auto& [name, value] : metadata->get("/private", Depth::infinity)) require(is_entry_name(name));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data + 1), size - 1};
    const NameRules rules[] = {{}, {'/', "", NameEncoding::modified_utf7}, {'.', "INBOX.", NameEncoding::utf8}};
    switch (data[0] % 5) {
        case 0: check_keywords(text); break;
        case 1: check_metadata(text); break;
        case 2:
            for (const auto& one : rules) check_subscriptions(text, one);
            break;
        case 3:
            for (const auto& one : rules) check_special_uses(text, one);
            break;
        default:
            for (const auto& one : rules) check_names(text, one);
    }
    return 0;
}
