// SPDX-License-Identifier: ISC
#include "mta/local/maildir_cache.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "text/utf7.hpp"

namespace mailpipe::mta {

MaildirCache::Entry MaildirCache::find(const std::string& path) {
    const auto found = by_path_.find(path);
    if (found == by_path_.end()) return {};
    const auto entry = *found->second;
    if (!entry->is_current()) {
        forget(*entry);
        return {};
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return entry;
}

MaildirCache::Entry MaildirCache::keep(store::Maildir maildir) {
    if (entries_.size() == max_maildirs) forget(*entries_.back());
    entries_.push_front(std::make_shared<const store::Maildir>(std::move(maildir)));
    by_path_.emplace(entries_.front()->path(), entries_.begin());
    return entries_.front();
}

void MaildirCache::forget(const store::Maildir& maildir) {
    const auto found = by_path_.find(maildir.path());
    if (found == by_path_.end() || found->second->get() != &maildir) return;
    const auto entry = found->second;
    by_path_.erase(found);
    entries_.erase(entry);
}

Result<std::shared_ptr<const store::Maildir>> MaildirCache::open(const std::string& path,
                                                                 const std::vector<std::string>& folders) {
    for (const auto& folder : folders) {
        if (auto known = find(path + '/' + folder)) return known;
    }
    auto inbox = find(path);
    if (!inbox) {
        auto opened = store::Maildir::open(path);
        if (!opened) return failure(opened.error());
        inbox = keep(std::move(*opened));
    }
    for (const auto& folder : folders) {
        if (auto opened = inbox->open_folder(folder)) return keep(std::move(*opened));
    }
    return inbox;
}

std::vector<std::string> folder_directories(std::string_view tag) {
    constexpr std::size_t max_octets = 200;
    const bool is_sound = !tag.empty() && tag.size() <= max_octets && tag.front() != '.' && tag.back() != '.' &&
                          tag.find("..") == std::string_view::npos &&
                          std::ranges::none_of(tag, [](char c) { return c == '/' || is_control(c); });
    if (!is_sound) return {};
    std::vector<std::string> names{'.' + std::string{tag}};
    const auto encoded = text::to_modified_utf7(tag);
    if (encoded && *encoded != tag) names.push_back('.' + *encoded);
    return names;
}

}  // namespace mailpipe::mta
