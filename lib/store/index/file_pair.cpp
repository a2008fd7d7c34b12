// SPDX-License-Identifier: ISC
#include "store/index/file_pair.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/hash.hpp"

namespace mailpipe::store {

namespace {

std::string_view octets_of(const auto& value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }

Result<void> fill(const Fd& index, const Fd& heap, const IndexContent& content) {
    auto header = content.header;
    const auto records = content.records;
    header.identity = identity_of(index);
    header.heap_identity = identity_of(heap);
    std::string first(header_octets, '\0');
    first.replace(0, sizeof header, octets_of(header));
    if (auto r = write_all(index, first); !r) return r;
    if (auto r = write_all(index, {reinterpret_cast<const char*>(records.data()), records.size_bytes()}); !r) return r;
    if (auto r = write_all(heap, octets_of(HeapHeader{HeapHeader::magic_number, header.generation})); !r) return r;
    if (auto r = write_all(heap, content.names); !r) return r;
    return content.more ? content.more(heap) : Result<void>{};
}

/// Of processes that died when they built an index.
void remove_leftovers(const Fd& directory) {
    std::vector<std::string> names;
    const auto is_ours = [](std::string_view name, const std::string& whole) { return name.starts_with(whole + '.'); };
    (void)scan_directory(directory, [&](const DirectoryEntry& entry) {
        if (is_ours(entry.name, index_name) || is_ours(entry.name, heap_name)) names.emplace_back(entry.name);
        return true;
    });
    for (const auto& name : names) (void)unlink_at(directory, name);
}

/// New files: one that is there, and that others may have mapped, is never cut short.
Result<FilePair> create_pair(const Fd& directory, const std::string& suffix) {
    constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    Fd index{::openat(directory.number(), (index_name + suffix).c_str(), flags, 0600)};
    if (!index) return failure(system_error(errno, std::string{"create "} + index_name));
    Fd heap{::openat(directory.number(), (heap_name + suffix).c_str(), flags | O_APPEND, 0600)};
    if (!heap) return failure(system_error(errno, std::string{"create "} + heap_name));
    return FilePair{std::move(index), std::move(heap)};
}

/// statfs(2): NFS, SMB, CIFS, SMB2, 9P, FUSE (sshfs, GlusterFS), Ceph, AFS, Coda, GFS2, OCFS2, Lustre, GPFS, BeeGFS.
constexpr std::uint64_t network_file_systems[] = {0x6969,     0x517b,     0xff534d42, 0xfe534d42, 0x01021997, 0x65735546, 0x00c36400,
                                                  0x5346414f, 0x73757245, 0x01161970, 0x7461636f, 0x0bd00bd0, 0x47504653, 0x19830326};

}  // namespace

bool is_network_file_system(std::uint64_t type) { return std::ranges::find(network_file_systems, type) != std::end(network_file_systems); }

bool is_of_one_host(const Fd& directory) {
    struct statfs st {};
    return ::fstatfs(directory.number(), &st) == 0 && !is_network_file_system(static_cast<std::uint32_t>(st.f_type));
}

Result<FilePair> write_pair(const Fd& directory, const IndexContent& content) {
    if (!is_of_one_host(directory)) return failure({Fault::permanent, "no index is mapped on a network's file system"});
    const auto suffix = fmt::format(".{}", ::getpid());
    remove_leftovers(directory);
    auto pair = create_pair(directory, suffix);
    if (!pair) return pair;
    auto done = fill(pair->index, pair->heap, content);
    if (done) done = rename_at(directory, heap_name + suffix, directory, heap_name);
    if (done) done = rename_at(directory, index_name + suffix, directory, index_name);
    if (done) return pair;
    (void)unlink_at(directory, heap_name + suffix);
    (void)unlink_at(directory, index_name + suffix);
    return failure(done.error());
}

Result<FilePair> memory_pair(const IndexContent& content) {
    FilePair pair{Fd{::memfd_create(index_name, MFD_CLOEXEC)}, Fd{::memfd_create(heap_name, MFD_CLOEXEC)}};
    if (!pair.index || !pair.heap) return failure(system_error(errno, "create an index in memory"));
    if (::fcntl(pair.heap.number(), F_SETFL, O_APPEND) < 0) return failure(system_error(errno, "append to a file in memory"));
    if (auto r = fill(pair.index, pair.heap, content); !r) return failure(r.error());
    return pair;
}

void mark_index_replaced(const Fd& directory) {
    const auto old = open_index_file(directory, index_name);
    const std::uint32_t yes = 1;
    if (old) (void)!::pwrite(old.number(), &yes, sizeof yes, offsetof(IndexHeader, is_replaced));
}

Fd open_index_file(const Fd& directory, const char* name) {
    return Fd{::openat(directory.number(), name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
}

/// File systems give an inode's number to the next file, but a birth only where they keep it.
std::uint64_t identity_of(const Fd& file) {
    struct statx st {};
    if (::statx(file.number(), "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &st) != 0) return 0;
    const std::uint64_t parts[] = {st.stx_ino, static_cast<std::uint64_t>(st.stx_btime.tv_sec), st.stx_btime.tv_nsec};
    return hash64(octets_of(parts));
}

}  // namespace mailpipe::store
