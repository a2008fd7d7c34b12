// SPDX-License-Identifier: ISC
// The alias file, in sendmail's format. Manual: aliases(5).
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "mail/mailbox.hpp"

namespace mailpipe::mta {

/// One thing that an alias stands for.
struct AliasTarget {
    enum class Kind {
        address,  ///< a mailbox; without a domain it is a name of the first local domain
        user,     ///< "\name": the user's own mailbox, whatever aliases there are
        include,  ///< ":include:/path": the list in that file
    };
    Kind kind;
    mail::Mailbox mailbox{};
    std::string path{};
};

struct Alias {
    std::string name;  ///< as the file has it
    std::vector<AliasTarget> targets;
};

class Aliases {
public:
    static constexpr std::size_t max_file_octets = 64 * 1024 * 1024;

    static constexpr const char* default_path = "/etc/mailpipe/aliases";

    /// There need not be a file at default_path: then there are no aliases. Errors: a file that can't be read, and
    /// "PATH:LINE: what" for a line that is wrong, for a name that comes twice, and for targets that are commands or
    /// files: those are not supported.
    static Result<Aliases> load(const std::string& path);
    static Result<Aliases> parse(std::string_view text, std::string_view path);

    /// "name", "name@domain" or "@domain", whatever the case of ASCII letters. Null when there is none.
    const Alias* find(std::string_view name) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, Alias, Hash, std::equal_to<>> entries_;
};

/// What stands in an ":include:" file, or right of an alias's colon: targets with commas or line ends between them.
/// Lines that begin with '#' are comments. Errors: as Aliases::load().
Result<std::vector<AliasTarget>> parse_targets(std::string_view text);

}  // namespace mailpipe::mta
