// SPDX-License-Identifier: ISC
// The small files of a Maildir's folders: what was read is written again and says the same, and a change changes what it
// says and nothing else. The first octet selects.
#include <algorithm>
#include <cstdint>
#include <fstream>

#include "base/files.hpp"
#include "fuzz/require.hpp"
#include "store/tree/keywords.hpp"
#include "store/tree/metadata.hpp"
#include "store/tree/special_use.hpp"
#include "store/tree/subscriptions.hpp"
#include "support/temp_dir.hpp"

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
    static const test::TempDir couriers;
    std::ofstream{couriers / "courierimapsubscribed", std::ios::binary} << text;
    const auto names = read_subscriptions(open_directory(couriers.path()).value(), rules).value();
    for (const auto& name : names) require(canonical_name(name, rules) == name);
}

/// The file as it is when somebody subscribes, and then no more.
void check_subscribing(std::string_view text, const NameRules& rules) {
    static const test::TempDir home;
    std::ofstream{home / "subscriptions", std::ios::binary} << text;
    const auto root = open_directory(home.path()).value();
    const auto name = rules.prefix + "Fuzz";
    auto names = read_subscriptions(root, rules).value();
    require(subscribe(root, rules, name).has_value());
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    require(read_subscriptions(root, rules).value() == names);
    require(unsubscribe(root, rules, name).has_value());
    std::erase(names, name);
    require(read_subscriptions(root, rules).value() == names);
}

void check_keywords(std::string_view text) {
    auto keywords = Keywords::parse(text);
    require(Keywords::parse(keywords.to_text()) == keywords);
    const auto before = keywords;
    if (const auto index = keywords.add("$Fuzz")) {
        require(keywords.find("$fuzz") == *index);
        require(before.name(*index).empty() || before == keywords);
        require(Keywords::parse(keywords.to_text()) == keywords);
    }
    for (const auto& [base, names] : parse_courier_keywords(text)) require(!base.empty() && names.size() <= max_keywords);
}

void check_special_uses(std::string_view text, const NameRules& rules) {
    SpecialUses uses{rules};
    uses.parse(text);
    SpecialUses again{rules};
    again.parse(uses.to_text());
    require(again.to_text() == uses.to_text());
    const auto name = rules.prefix + "Fuzz";
    const auto other = rules.prefix + "Other";
    uses.set(name, {"\\sent", "\\All"});
    require(uses.of(name) == std::vector<std::string>{"\\Sent"});
    uses.forget(other);
    uses.rename(name, other);
    require(uses.of(other) == std::vector<std::string>{"\\Sent"});
    again = SpecialUses{rules};
    again.parse(uses.to_text());
    require(again.to_text() == uses.to_text());
}

void check_metadata(std::string_view text) {
    auto metadata = Metadata::parse(text);
    if (!metadata) return;
    const auto written = metadata->to_text();
    require(Metadata::parse(written).value().to_text() == written);
    for (const auto& [name, value] : metadata->get("/private", Depth::infinity)) require(is_entry_name(name));
    if (!metadata->set("/private/Fuzz", "1\n2 3\n")) return;
    const auto changed = metadata->to_text();
    require(Metadata::parse(changed).value().to_text() == changed);
    require(changed.size() <= MetadataLimits{}.file_octets || changed.size() <= text.size() + 32);
    require(metadata->set("/private/fuzz", std::nullopt).has_value());
    require(metadata->get("/private/fuzz", Depth::zero).empty());
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
            for (const auto& one : rules) {
                check_subscriptions(text, one);
                check_subscribing(text, one);
            }
            break;
        case 3:
            for (const auto& one : rules) check_special_uses(text, one);
            break;
        default:
            for (const auto& one : rules) check_names(text, one);
    }
    return 0;
}
