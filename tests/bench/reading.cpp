// SPDX-License-Identifier: ISC
// reading ROUNDS DIRECTORY - how fast lib/mime reads mapped messages, and how fast memchr(3) finds their line ends: one
// JSON object, octets a second of each, the best of so many rounds.
#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/files.hpp"
#include "base/mapped_file.hpp"
#include "mime/structure.hpp"

using namespace mailpipe;

namespace {

std::size_t line_ends(std::string_view text) {
    std::size_t count = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
        if (at == nullptr) break;
        ++at;
        ++count;
    }
    return count;
}

std::vector<MappedFile> open_all(const char* path) {
    std::vector<MappedFile> files;
    const auto directory = open_directory(path);
    if (!directory) return files;
    (void)scan_directory(*directory, [&](const DirectoryEntry& entry) {
        const auto file = open_read_at(*directory, std::string{entry.name});
        if (auto mapped = file ? MappedFile::open(*file) : failure(file.error())) files.push_back(std::move(*mapped));
        return true;
    });
    return files;
}

/// Octets a second; `look` returns something of each file, so that nobody leaves it out.
template <typename Look>
double speed(const std::vector<MappedFile>& files, std::size_t& seen, const Look& look) {
    const auto began = std::chrono::steady_clock::now();
    std::size_t octets = 0;
    for (const auto& file : files) {
        seen += look(file.text());
        octets += file.text().size();
    }
    return static_cast<double>(octets) / std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 64;
    const auto files = open_all(argv[2]);
    double reading = 0, finding = 0;
    std::size_t seen = 0;
    for (long round = std::atol(argv[1]); round > 0; --round) {
        finding = std::max(finding, speed(files, seen, line_ends));
        reading = std::max(reading, speed(files, seen, [](std::string_view text) { return mime::read_structure(text).parts.size(); }));
    }
    std::printf("{\"files\": %zu, \"seen\": %zu, \"memchr\": %.0f, \"reading\": %.0f}\n", files.size(), seen, finding, reading);
    return files.empty() ? 1 : 0;
}
