// SPDX-License-Identifier: ISC
#include "sasl/users.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "crypto/hmac.hpp"
#include "sasl/password.hpp"

namespace mailpipe::sasl {

namespace {

constexpr std::string_view program_tag = "checkpassword:";
constexpr std::size_t longest_name = 320;  // 64 octets, '@', 255 octets

/// Names become parts of paths, of log lines and of a program's input.
bool is_acceptable(std::string_view name) {
    return !name.empty() && name.size() <= longest_name && name.front() != '.' && name.find('/') == std::string_view::npos &&
           std::ranges::none_of(name, is_control);
}

/// What the file says goes before what the program says.
User joined(const std::optional<User>& listed, User checked) {
    if (!listed) return checked;
    User user = *listed;
    if (user.home.empty()) user.home = checked.home;
    if (!user.uid) user.uid = checked.uid;
    if (!user.gid) user.gid = checked.gid;
    return user;
}

}  // namespace

Result<Users> Users::open(const std::vector<std::string>& sources) {
    Users users;
    for (const auto& source : sources) {
        if (source.starts_with(program_tag)) {
            auto program = Checkpassword::open(source.substr(program_tag.size()));
            if (!program) return failure(program.error());
            users.sources_.emplace_back(std::move(*program));
        } else {
            auto file = UsersFile::load(source);
            if (!file) return failure(file.error());
            users.sources_.emplace_back(std::move(*file));
        }
    }
    return users;
}

std::optional<User> Users::find(std::string_view name) const {
    for (const auto& source : sources_) {
        const auto* file = std::get_if<UsersFile>(&source);
        if (auto user = file != nullptr ? file->find(name) : std::nullopt) return user;
    }
    return std::nullopt;
}

Result<std::optional<User>> Users::verify(std::string_view name, std::string_view password) const {
    std::optional<User> listed;
    if (is_acceptable(name) && password.find('\0') == std::string_view::npos) {
        for (const auto& source : sources_) {
            if (const auto* file = std::get_if<UsersFile>(&source)) {
                if (!listed) listed = file->find(name);
                if (listed && (!listed->may_login || has_password(listed->password))) break;
                continue;
            }
            auto checked = std::get<Checkpassword>(source).check(name, password);
            if (!checked) return failure(checked.error());
            if (*checked) return joined(listed, std::move(**checked));
        }
    }
    if (!listed || !listed->may_login || !has_password(listed->password)) {
        [[maybe_unused]] const auto spent = is_password(typical_password(), password);
    }
    if (!listed || !listed->may_login) return std::nullopt;
    const auto right = is_password(listed->password, password);
    if (!right) return failure({Fault::transient, fmt::format("user {}: {}", listed->name, right.error().what)});
    return *right ? listed : std::nullopt;
}

std::string_view Users::typical_password() const {
    for (const auto& source : sources_) {
        const auto* file = std::get_if<UsersFile>(&source);
        if (file != nullptr && !file->typical_password().empty()) return file->typical_password();
    }
    return {};
}

bool Users::serves_scram() const {
    bool anybody = false;
    for (const auto& source : sources_) {
        const auto* file = std::get_if<UsersFile>(&source);
        if (file == nullptr || file->serves_scram() == false) return false;
        anybody = anybody || file->serves_scram() == true;
    }
    return anybody;
}

FindScramUser Users::scram_finder() const {
    if (!serves_scram()) return {};
    return [this](std::string_view name) { return find_for_scram(name); };
}

std::string Users::salt_for(std::string_view name, std::size_t octets) const {
    std::string key;
    for (const auto& source : sources_) {
        if (const auto* file = std::get_if<UsersFile>(&source)) key += file->secret();
    }
    return crypto::hmac(crypto::Digest::sha512, key, lower(name)).substr(0, octets);
}

ScramUser Users::find_for_scram(std::string_view name) const {
    constexpr std::size_t usual_salt_octets = 16;
    constexpr std::uint32_t usual_iterations = 4096;  // RFC 7677 section 4
    const auto listed = is_acceptable(name) ? find(name) : std::nullopt;
    const auto typical = typical_password();
    const auto example = parse_scram_keys(typical.substr(typical.find('}') + 1));
    const auto salt = salt_for(name, example ? example->salt.size() : usual_salt_octets);
    const auto iterations = example ? example->iterations : usual_iterations;
    if (listed && listed->may_login) {
        if (auto keys = scram_keys(listed->password, salt, iterations)) return {std::move(*keys), listed};
    }
    auto keys = scram_keys(typical, salt, iterations).value_or(ScramKeys{{}, {}, salt_for(name, 32), salt_for(name, 32)});
    keys.salt = salt;
    keys.iterations = iterations;
    return {std::move(keys), {}};
}

}  // namespace mailpipe::sasl
