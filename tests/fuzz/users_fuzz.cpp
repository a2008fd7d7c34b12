// SPDX-License-Identifier: ISC
// users(5): a file that is taken has each of its users under the name that stands there, whatever the case.
#include <cstdint>

#include "base/ascii.hpp"
#include "fuzz/require.hpp"
#include "sasl/password.hpp"
#include "sasl/users_file.hpp"
#include "sasl/users_line.hpp"

using namespace mailpipe;
using namespace mailpipe::sasl;

namespace {

void check_line(const UsersFile& file, std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (is_blank_line(line)) return;
    const auto found = file.find(lower(name_in(line)));
    require(found && found->name == name_in(line) && found->password == password_in(line));
    (void)has_password(found->password);
    (void)cost_class(found->password);
    const auto path = maildir_of(*found, "/mail/%d/%n", "example.org");
    require(!path || (path->front() == '/' && path->find('\0') == std::string::npos));
    if (path && found->mail.empty()) require(path->find("/..") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(data), size};
    const auto file = UsersFile::parse(text, "users");
    if (!file) return 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        check_line(*file, line);
    }
    require(!file->find("") && !file->find("no such user"));
    return 0;
}
