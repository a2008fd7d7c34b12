// SPDX-License-Identifier: ISC
#include "sasl/users_file.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/files.hpp"
#include "crypto/digest.hpp"
#include "sasl/password.hpp"
#include "sasl/users_line.hpp"

namespace mailpipe::sasl {

namespace {

/// FNV-1a over lower-case letters.
std::uint32_t hash_of(std::string_view name) {
    std::uint32_t hash = 2166136261U;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(to_lower(c))) * 16777619U;
    return hash ^ hash >> 16;
}

std::string_view line_at(std::string_view text, std::size_t at) {
    auto line = text.substr(at, text.find('\n', at) - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// The place where `name` stands, or where it would: linear probing, the table is at most half full.
std::size_t slot_of(std::string_view name, std::string_view text, std::span<const std::uint32_t> table) {
    std::size_t slot = hash_of(name) & (table.size() - 1);
    while (table[slot] != 0 && !iequals(name_in(line_at(text, table[slot] - 1)), name)) slot = (slot + 1) & (table.size() - 1);
    return slot;
}

struct Census {  // which kinds of password there are
    struct Kind {
        std::size_t users = 0;
        std::string_view example;
    };
    std::map<std::string, Kind> kinds;
    std::optional<bool> all_serve_scram;

    void count(std::string_view password) {
        if (!has_password(password)) return;
        all_serve_scram = all_serve_scram.value_or(true) && serves_scram(password);
        auto& kind = kinds[cost_class(password)];
        if (kind.users++ == 0) kind.example = password;
    }
    std::string typical() const {
        const auto most = std::ranges::max_element(kinds, {}, [](const auto& entry) { return entry.second.users; });
        return most == kinds.end() ? std::string{} : std::string{most->second.example};
    }
};

tl::unexpected<Error> wrong(std::string what) {
    return failure({Fault::permanent, std::move(what), ExitStatus::configuration});
}

}  // namespace

Result<UsersFile> UsersFile::load(const std::string& path) {
    auto text = read_file(path, max_octets);
    if (!text) {
        Error error = text.error();
        error.what.insert(0, "users: ");
        if (error.fault == Fault::permanent) error.status = ExitStatus::configuration;
        return failure(std::move(error));
    }
    return parse(std::move(*text), path);
}

Result<UsersFile> UsersFile::parse(std::string text, const std::string& path) {
    const std::string_view all = text;
    const auto lines = static_cast<std::size_t>(std::ranges::count(all, '\n')) + 1;
    std::vector<std::uint32_t> table(std::bit_ceil(2 * lines));
    Census census;
    std::size_t number = 0;
    for (std::size_t at = 0; at < all.size();) {
        const auto line = line_at(all, at);
        const auto begin = static_cast<std::uint32_t>(at);
        at = std::min(all.find('\n', at), all.size() - 1) + 1;
        ++number;
        if (is_blank_line(line)) continue;
        if (const auto user = parse_users_line(line); !user) return wrong(fmt::format("{}:{}: {}", path, number, user.error().what));
        auto& entry = table[slot_of(name_in(line), all, table)];
        if (entry != 0) return wrong(fmt::format("{}:{}: '{}' stands here twice", path, number, name_in(line)));
        entry = begin + 1;
        census.count(password_in(line));
    }
    UsersFile file;
    file.typical_password_ = census.typical();
    file.serves_scram_ = census.all_serve_scram;
    if (census.all_serve_scram == true) file.secret_ = crypto::digest(crypto::Digest::sha256, text);
    const std::size_t text_size = text.size();
    text.resize((text_size + 3) / 4 * 4);
    const std::size_t table_at = text.size();
    text.append(reinterpret_cast<const char*>(table.data()), table.size() * sizeof table[0]);
    auto memory = Frozen::copy_of(text);
    if (!memory) return failure(memory.error());
    file.memory_ = std::move(*memory);
    file.text_ = file.memory_.octets().substr(0, text_size);
    file.table_ = {reinterpret_cast<const std::uint32_t*>(file.memory_.octets().data() + table_at), table.size()};
    return file;
}

std::optional<User> UsersFile::find(std::string_view name) const {
    const auto at = table_[slot_of(name, text_, table_)];
    if (at == 0) return std::nullopt;
    auto user = parse_users_line(line_at(text_, at - 1));
    return user ? std::optional{std::move(*user)} : std::nullopt;
}

}  // namespace mailpipe::sasl
