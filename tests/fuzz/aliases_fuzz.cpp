// SPDX-License-Identifier: ISC
// Any octets as an alias file: no alias is without targets, none is a command or a file, and expanding any of them ends.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/ascii.hpp"
#include "mta/addressing.hpp"
#include "mta/outbound/expansion.hpp"

using namespace mailpipe;

namespace {

bool is_sound(const mta::AliasTarget& target) {
    if (target.kind == mta::AliasTarget::Kind::include) return target.path.starts_with('/');
    return !target.mailbox.local_part.empty() || !target.mailbox.domain.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const bool includes = lower(text).find(":include:") != std::string::npos;  // no file of this host is read here
    const auto aliases = mta::Aliases::parse(text, "aliases");
    if (!aliases) return 0;
    const auto addressing = mta::Addressing::create({{"here.example"}, {"virtual.example"}, "+-", "postmaster"}, *aliases,
                                                    [](std::string_view name) { return Result<bool>{name.size() == 1}; });
    for (const char* name : {"a", "b", "list", "postmaster", "@virtual.example", "a@virtual.example"}) {
        const auto* alias = aliases->find(name);
        if (alias == nullptr) continue;
        if (alias->targets.empty()) std::abort();
        for (const auto& target : alias->targets) {
            if (!is_sound(target)) std::abort();
        }
        if (includes) continue;
        const auto members = mta::expand(*addressing, *alias);
        if (members && members->size() > mta::max_alias_members) std::abort();
    }
    return 0;
}
