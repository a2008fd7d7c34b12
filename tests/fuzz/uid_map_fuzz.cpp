// SPDX-License-Identifier: ISC
// dovecot-uidlist: what was read is written again and says the same, and no UID can be given out twice.

#include "fuzz/require.hpp"
#include "store/uid_map.hpp"

using mailpipe::store::UidMap;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto map = UidMap::parse({reinterpret_cast<const char*>(data), size});
    if (map.uid_validity() == 0) return 0;
    std::uint32_t last = 0;
    std::string text = map.header_line(map.next_uid());
    for (const auto& record : map.records()) {
        require(record.uid > last && record.uid < map.next_uid());
        require(!record.base.empty() && record.base.find_first_of(":/\n") == std::string_view::npos);
        last = record.uid;
        append_record(text, record);
        (void)key_value(record, 'P');
    }
    const auto again = UidMap::parse(text);
    require(again.uid_validity() == map.uid_validity() && again.next_uid() == map.next_uid());
    require(again.records().size() == map.records().size() && again.guid() == map.guid());
    for (std::size_t i = 0; i < map.records().size(); ++i) {
        require(again.records()[i].uid == map.records()[i].uid && again.records()[i].base == map.records()[i].base);
        require(key_value(again.records()[i], 'W') == key_value(map.records()[i], 'W'));
    }
    return 0;
}
