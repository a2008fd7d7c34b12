// SPDX-License-Identifier: ISC
// A Maildir name keeps its base and its sizes whatever is done to its flags, and flags come out sorted.
#include <algorithm>
#include <cstdint>
#include <string>

#include "fuzz/require.hpp"
#include "store/maildir_name.hpp"

using namespace mailpipe::store;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view name{reinterpret_cast<const char*>(data), size};
    const auto parsed = parse_maildir_name(name);
    require(name.starts_with(parsed.base) && parsed.base.starts_with(parsed.unique));
    require(parsed.base.find(':') == std::string_view::npos);

    const auto flagged = with_flags(name, "SF", "T");
    const auto again = parse_maildir_name(flagged);
    require(again.base == parsed.base && again.octets() == parsed.octets() && again.wire_octets() == parsed.wire_octets());
    require(std::ranges::is_sorted(again.flags) && again.flags.find('T') == std::string_view::npos);
    require(with_flags(flagged, "") == flagged);
    require(!arrived_before(parsed, again) && !arrived_before(again, parsed));

    const std::string sized = sized_name(parsed.unique, size, size + 1);
    if (parsed.unique.find(',') == std::string_view::npos) require(parse_maildir_name(sized).octets() == size);
    return 0;
}
