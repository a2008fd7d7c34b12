// SPDX-License-Identifier: ISC
#include "base/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>

#include <fmt/format.h>

namespace mailpipe {

namespace {

tl::unexpected<Error> failed(std::string_view verb, std::string_view object) {
    return failure(system_error(errno, fmt::format("{} {}", verb, object)));
}

Result<Fd> open_at(int directory, const std::string& name, int flags, std::string_view verb, mode_t mode = 0) {
    for (;;) {
        const int number = ::openat(directory, name.c_str(), flags | O_CLOEXEC, mode);
        if (number >= 0) return Fd{number};
        if (errno != EINTR) return failed(verb, name);
    }
}

}  // namespace

Result<Fd> open_directory(const std::string& path) {
    return open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, "open directory");
}

Result<Fd> open_directory_at(const Fd& directory, const std::string& name) {
    return open_at(directory.number(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, "open directory");
}

static Result<struct stat> stat_of(const std::string& path) {
    struct stat st {};
    if (::stat(path.c_str(), &st) != 0) return failed("stat", path);
    return st;
}

static Result<void> is_directory(const std::string& path) {
    const auto st = stat_of(path);
    if (!st) return failure(st.error());
    if (!S_ISDIR(st->st_mode)) return failure(system_error(ENOTDIR, fmt::format("make directory {}", path)));
    return {};
}

Result<void> make_directories(const std::string& path, mode_t mode) {
    const auto slash = path.find_last_of('/');
    if (::mkdir(path.c_str(), mode) != 0) {
        if (errno == EEXIST) return is_directory(path);
        if (errno != ENOENT || slash == std::string::npos || slash == 0) return failed("make directory", path);
        if (auto parent = make_directories(path.substr(0, slash), mode); !parent) return parent;
        if (::mkdir(path.c_str(), mode) != 0) return errno == EEXIST ? is_directory(path) : failed("make directory", path);
    }
    const auto made = stat_of(path);
    if (!made) return failure(made.error());
    // Whatever umask(2) says; that its files have its group it has from above.
    if (::chmod(path.c_str(), mode | (made->st_mode & S_ISGID)) != 0) return failed("chmod", path);
    const auto parent = open_directory(slash == std::string::npos ? "." : path.substr(0, slash + 1));
    if (!parent) return {};  // may be passed through but not read, as /home
    return sync(*parent);
}

Result<Fd> open_read(const std::string& path) { return open_at(AT_FDCWD, path, O_RDONLY, "open"); }

Result<Fd> open_input(const std::string& name) {
    if (name != "-") return open_read(name);
    Fd file{::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)};
    if (!file) return failure(system_error(errno, "open -"));
    return file;
}

Result<Fd> open_read_at(const Fd& directory, const std::string& name) {
    return open_at(directory.number(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, "open");
}

Result<Fd> create_exclusive_at(const Fd& directory, const std::string& name, mode_t mode) {
    return open_at(directory.number(), name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, "create", mode);
}

Result<void> write_all(const Fd& file, std::string_view data) {
    while (!data.empty()) {
        const auto n = ::write(file.number(), data.data(), data.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failure(system_error(errno, "write"));
        data.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
}

Result<void> sync(const Fd& file) {
    if (::fsync(file.number()) != 0) return failure(system_error(errno, "fsync"));
    return {};
}

Result<void> link_at(const Fd& from, const std::string& name, const Fd& to, const std::string& new_name) {
    if (::linkat(from.number(), name.c_str(), to.number(), new_name.c_str(), 0) != 0) return failed("link", new_name);
    return {};
}

Result<void> link_open_file(const Fd& file, const Fd& to, const std::string& new_name) {
    // Through /proc: linking a descriptor itself (AT_EMPTY_PATH) wants a capability.
    const auto self = fmt::format("/proc/self/fd/{}", file.number());
    if (::linkat(AT_FDCWD, self.c_str(), to.number(), new_name.c_str(), AT_SYMLINK_FOLLOW) == 0) return {};
    return failed("link", new_name);
}

Result<void> rename_at(const Fd& from, const std::string& name, const Fd& to, const std::string& new_name) {
    if (::renameat(from.number(), name.c_str(), to.number(), new_name.c_str()) != 0) return failed("rename", name);
    return {};
}

Result<void> rename_new_at(const Fd& from, const std::string& name, const Fd& to, const std::string& new_name) {
    if (::renameat2(from.number(), name.c_str(), to.number(), new_name.c_str(), RENAME_NOREPLACE) == 0) return {};
    const bool is_itself = errno == EEXIST && from.number() == to.number() && name == new_name;
    if (is_itself) return {};
    if (errno != EINVAL && errno != ENOSYS) return failed("rename", name);
    if (auto r = link_at(from, name, to, new_name); !r) return r;  // a file system that knows no such flag: NFS
    return unlink_at(from, name);
}

Result<void> unlink_at(const Fd& directory, const std::string& name) {
    if (::unlinkat(directory.number(), name.c_str(), 0) != 0) return failed("unlink", name);
    return {};
}

Result<void> make_directory_at(const Fd& directory, const std::string& name, mode_t mode) {
    if (::mkdirat(directory.number(), name.c_str(), mode) != 0) return failed("make directory", name);
    return {};
}

Result<void> remove_directory_at(const Fd& directory, const std::string& name) {
    if (::unlinkat(directory.number(), name.c_str(), AT_REMOVEDIR) != 0) return failed("remove directory", name);
    return {};
}

Result<struct stat> status(const Fd& file) {
    struct stat st {};
    if (::fstat(file.number(), &st) != 0) return failure(system_error(errno, "fstat"));
    return st;
}

Result<struct stat> status_at(const Fd& directory, const std::string& name) {
    struct stat st {};
    if (::fstatat(directory.number(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) return failed("stat", name);
    return st;
}

Result<void> set_modified(const Fd& file, std::int64_t unix_seconds) {
    const timespec times[2] = {{0, UTIME_OMIT}, {unix_seconds, 0}};
    if (::futimens(file.number(), times) != 0) return failure(system_error(errno, "futimens"));
    return {};
}

Result<void> replace_file_at(const Fd& directory, const std::string& name, std::string_view text,
                             std::optional<std::int64_t> modified) {
    const auto new_name = name + ".tmp";
    (void)unlink_at(directory, new_name);  // from a writer that died
    auto file = create_exclusive_at(directory, new_name);
    if (!file) return failure(file.error());
    if (auto r = write_all(*file, text); !r) return r;
    if (modified) {
        if (auto r = set_modified(*file, *modified); !r) return r;
    }
    if (auto r = sync(*file); !r) return r;
    if (auto r = file->close(); !r) return r;
    if (auto r = rename_at(directory, new_name, directory, name); !r) return r;
    return sync(directory);
}

Result<std::string> read_all(const Fd& file, std::size_t max_octets) {
    const auto st = status(file);
    if (!st) return failure(st.error());
    std::string data;
    std::size_t room = 4096;
    if (S_ISREG(st->st_mode)) room = std::min(static_cast<std::size_t>(st->st_size), max_octets) + 1;
    for (;;) {
        const std::size_t have = data.size();
        data.resize(have + room);
        const auto n = ::read(file.number(), data.data() + have, room);
        data.resize(have + static_cast<std::size_t>(n > 0 ? n : 0));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failure(system_error(errno, "read"));
        if (n == 0) return data;
        if (data.size() > max_octets) {
            return failure({Fault::permanent, fmt::format("more than {} octets", max_octets)});
        }
        room = 4096;
    }
}

Result<std::string> read_file(const std::string& path, std::size_t max_octets) {
    const auto file = open_read(path);
    if (!file) return failure(file.error());
    auto data = read_all(*file, max_octets);
    if (!data) data.error().what.insert(0, path + ": ");
    return data;
}

Result<void> scan_directory(const Fd& directory, const std::function<bool(const DirectoryEntry&)>& visit) {
    // getdents64 itself: readdir(3) would need a second descriptor and reads in small steps.
    constexpr std::size_t room = 256 * 1024;
    const std::unique_ptr<char[]> buffer(new char[room]);  // not zeroed: untouched pages cost nothing
    if (::lseek(directory.number(), 0, SEEK_SET) < 0) return failure(system_error(errno, "rewind directory"));
    for (;;) {
        const long n = ::syscall(SYS_getdents64, directory.number(), buffer.get(), room);
        if (n < 0) return failure(system_error(errno, "read directory"));
        if (n == 0) return {};
        for (long at = 0; at < n;) {
            const auto* entry = reinterpret_cast<const dirent64*>(buffer.get() + at);
            at += entry->d_reclen;
            const std::string_view name{entry->d_name};
            if (name == "." || name == "..") continue;
            if (!visit({name, entry->d_type})) return {};
        }
    }
}

}  // namespace mailpipe
