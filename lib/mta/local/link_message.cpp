// SPDX-License-Identifier: ISC
#include "mta/local/link_message.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/files.hpp"
#include "base/unique_name.hpp"
#include "store/maildir_name.hpp"
#include "store/maildirsize.hpp"

namespace mailpipe::mta {

namespace {

struct Source {
    const Fd& file;
    std::string name;    ///< in new/
    std::string unique;  ///< its first part, the id
    std::int64_t octets;
    uid_t owner;
    bool is_private;  ///< nobody but its owner may read it
};

Result<Source> examine(const Fd& file, std::string_view name) {
    const auto parsed = store::parse_maildir_name(name);
    const auto octets = parsed.octets(), wire_octets = parsed.wire_octets();
    const bool is_whole = octets && wire_octets && is_unique_name(parsed.unique) &&
                          name == store::sized_name(parsed.unique, *octets, *wire_octets);
    if (!is_whole) return failure({Fault::permanent, "that is no name with its sizes", ExitStatus::usage});
    const auto st = status(file);
    if (!st) return failure(st.error());
    if (!S_ISREG(st->st_mode) || static_cast<std::uint64_t>(st->st_size) != *octets) {
        return failure({Fault::transient, "that is no file of so many octets"});
    }
    return Source{file,        std::string{name}, std::string{parsed.unique},
                  st->st_size, st->st_uid,        (st->st_mode & 077) == 0};
}

Result<void> copy(const store::Maildir& maildir, const Source& source) {
    auto delivery = maildir.begin(source.unique);
    if (!delivery) return failure(delivery.error());
    std::array<char, 64 * 1024> buffer;
    for (off_t at = 0; at < source.octets;) {
        const auto n = ::pread(source.file.number(), buffer.data(), buffer.size(), at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return failure(system_error(n < 0 ? errno : EIO, "read the message"));
        if (auto r = delivery->write({buffer.data(), static_cast<std::size_t>(n)}); !r) return r;
        at += n;
    }
    if (delivery->name() != source.name) return failure({Fault::transient, "the message is not what its name says"});
    return maildir.place(*delivery);
}

/// What says that there can't be a link, but may be a copy. ENOENT: the file has lost its last name.
bool wants_copy(int number) {
    return number == EXDEV || number == EPERM || number == EMLINK || number == EACCES || number == ENOENT;
}

Result<void> link_or_copy(const store::Maildir& maildir, const Source& source, const Owner& owner) {
    if (source.owner != owner.uid || !source.is_private) return copy(maildir, source);
    auto linked = maildir.link(source.file, source.name);
    if (linked || !wants_copy(linked.error().number)) return linked;
    return copy(maildir, source);
}

Outcome place(LocalStore& store, const Destination& destination, const Source& source) {
    const auto acting = ActingAs::begin(destination.owner);
    if (!acting) return failed(acting.error());
    const auto maildir = store.maildirs.open(destination.path, destination.folders);
    if (!maildir) return failed(maildir.error());
    if (auto full = over_quota(store, **maildir, destination.quota, source.octets)) return *full;
    const auto done = link_or_copy(**maildir, source, destination.owner);
    if (!done && done.error().number != EEXIST) return failed(done.error());
    if (done) store::record_usage((*maildir)->root(), {source.octets, 1});
    return placed(store, *maildir, destination, source.unique, source.name);
}

}  // namespace

std::vector<Outcome> link_message(LocalStore& store, const std::vector<Destination>& destinations, const Fd& file,
                                  std::string_view name) {
    const auto source = examine(file, name);
    std::vector<Outcome> outcomes;
    for (const auto& destination : destinations) {
        outcomes.push_back(source ? place(store, destination, *source) : failed(source.error()));
        log_trouble(source ? source->unique : name, destination, outcomes.back());
    }
    return outcomes;
}

}  // namespace mailpipe::mta
