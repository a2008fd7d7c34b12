// SPDX-License-Identifier: ISC
#include "base/mapped_file.hpp"

#include <unistd.h>

#include <cstdint>

#include "base/files.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;

namespace {

Fd file_with(std::string_view text, off_t offset = 0) {
    const test::TempDir directory;
    auto file = create_exclusive_at(*open_directory(directory.path()), "f", 0600);
    REQUIRE(write_all(*file, text));
    ::lseek(file->number(), offset, SEEK_SET);
    return std::move(*file);
}

}  // namespace

TEST_CASE("A file is looked at whole, whatever somebody has said of its size", "[base]") {
    for (const std::size_t octets : {0, 1, 4095, 64 * 1024, 64 * 1024 + 1, 1000000}) {
        const std::string text(octets, 'x');
        CHECK(MappedFile::open(file_with(text))->text() == text);
        for (const std::size_t expected : {octets, octets + 1, octets / 2, std::size_t{0}, std::size_t{64 * 1024}, SIZE_MAX}) {
            CHECK(MappedFile::open(file_with(text), expected)->text() == text);
        }
    }
}

TEST_CASE("A file is looked at from where it stands", "[base]") {
    const std::string large(100000, 'x');
    CHECK(MappedFile::open(file_with("0123456789", 4))->text() == "456789");
    CHECK(MappedFile::open(file_with("0123456789", 4), 6)->text() == "456789");
    CHECK(MappedFile::open(file_with("0123456789", 4), 5)->text() == "456789");
    CHECK(MappedFile::open(file_with(large, 90000))->text().size() == 10000);
}

TEST_CASE("What is no file is read to its end", "[base]") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const Fd read_end{ends[0]};
    Fd write_end{ends[1]};
    const std::string text(50000, 'p');
    REQUIRE(write_all(write_end, text));
    write_end = Fd{};
    CHECK(MappedFile::open(read_end)->text() == text);
}
