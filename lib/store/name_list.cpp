// SPDX-License-Identifier: ISC
#include "store/name_list.hpp"

#include <dirent.h>

#include <functional>

#include "base/files.hpp"
#include "store/maildir_name.hpp"

namespace mailpipe::store {

namespace {

std::string_view base_of(std::string_view name) { return name.substr(0, name.find(':')); }

std::uint32_t hash_of(std::string_view base) { return static_cast<std::uint32_t>(std::hash<std::string_view>{}(base)); }

}  // namespace

Result<NameList> NameList::scan(const Fd& new_directory, const Fd& cur_directory) {
    NameList list;
    if (auto r = list.read(new_directory, Place::in_new); !r) return failure(r.error());
    if (auto r = list.read(cur_directory, Place::in_cur); !r) return failure(r.error());
    return list;
}

Result<void> NameList::read(const Fd& directory, Place place) {
    return scan_directory(directory, [&](const DirectoryEntry& entry) {
        const bool is_file = entry.type == DT_REG || entry.type == DT_UNKNOWN;
        if (is_file && is_message_name(entry.name)) add(entry.name, place);
        return true;
    });
}

/// Where the name is, or the empty slot where it would go.
std::size_t NameList::slot_of(std::string_view base, std::uint32_t hash) const {
    auto slot = hash & (slots_.size() - 1);
    for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
        const auto index = slots_[slot] - 1;
        if (entries_[index].hash == hash && this->base(index) == base) break;
    }
    return slot;
}

std::optional<std::size_t> NameList::find(std::string_view base) const {
    if (slots_.empty()) return {};
    const auto found = slots_[slot_of(base, hash_of(base))];
    if (found == 0) return {};
    return found - 1;
}

void NameList::grow() {
    slots_.assign(slots_.empty() ? 64 : slots_.size() * 4, 0);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        auto slot = entries_[i].hash & (slots_.size() - 1);
        while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);  // no two are the same
        slots_[slot] = static_cast<std::uint32_t>(i + 1);
    }
}

void NameList::add(std::string_view name, Place place) {
    if (2 * entries_.size() >= slots_.size()) grow();
    const auto base = base_of(name);
    const auto hash = hash_of(base);
    auto& slot = slots_[slot_of(base, hash)];
    if (slot != 0) {
        const std::size_t known = slot - 1;
        if (name != this->name(known) || place != this->place(known)) doubles_.push_back({std::string{this->name(known)}, this->place(known)});
        return rename(known, name, place);
    }
    entries_.push_back({keep(name), hash, static_cast<std::uint8_t>(name.size()), static_cast<std::uint8_t>(base.size()), place});
    slot = static_cast<std::uint32_t>(entries_.size());
}

const char* NameList::keep(std::string_view name) {
    auto* kept = static_cast<char*>(names_->allocate(name.size(), 1));
    name.copy(kept, name.size());
    return kept;
}

void NameList::rename(std::size_t index, std::string_view name, Place place) {
    auto& entry = entries_[index];
    entry.place = place;
    if (name == this->name(index)) return;
    entry.name = keep(name);  // the old one stays behind, unused
    entry.size = static_cast<std::uint8_t>(name.size());
}

}  // namespace mailpipe::store
