// SPDX-License-Identifier: ISC
#include "view/extract.hpp"

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/file_size_limit.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;

namespace {

constexpr std::string_view message =
    "Content-Type: multipart/mixed; boundary=b\n\n"
    "--b\n\ntext\n"
    "--b\nContent-Type: application/pdf; name=\"../a.pdf\"\nContent-Transfer-Encoding: base64\n\nUERG\n"
    "--b\nContent-Type: image/png\n\nPNG\n"
    "--b\nContent-Disposition: attachment; filename*=utf-8''%C3%A4.txt\n\n\xc3\xa4\n"
    "--b\nContent-Type: message/rfc822\n\nContent-Type: image/gif; name=a.pdf\n\nGIF\n"
    "--b--\n";

std::string content(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string extracted(const std::string& directory, const std::string& pattern, std::string_view text = message) {
    auto extractor = view::Extractor::open(directory, pattern);
    REQUIRE(extractor);
    std::string lines;
    REQUIRE(extractor->extract({"m", true, text, {}}, mime::read_structure(text), [&](std::string_view line) { lines += line; }));
    return lines;
}

}  // namespace

TEST_CASE("attachments are written under safe names, those in messages too", "[view]") {
    const test::TempDir dir;
    const auto to = dir / "new/deep";
    CHECK(extracted(to, "") == "2\tapplication/pdf\t3\t" + to + "/a.pdf\tm\n3\timage/png\t3\t" + to + "/part-3.png\tm\n"
                               "4\ttext/plain\t2\t" + to + "/\xc3\xa4.txt\tm\n5\tmessage/rfc822\t40\t" + to + "/part-5.eml\tm\n5.1\timage/gif\t3\t" + to + "/a-2.pdf\tm\n");
    CHECK(content(to + "/a.pdf") == "PDF");
    CHECK(content(to + "/a-2.pdf") == "GIF");
    CHECK(content(to + "/\xc3\xa4.txt") == "\xc3\xa4");
}

TEST_CASE("no file and no link is replaced or followed", "[view]") {
    const test::TempDir dir;
    std::ofstream{dir / "a.pdf"} << "mine";
    REQUIRE(::symlink("elsewhere", (dir / "a-2.pdf").c_str()) == 0);
    CHECK(extracted(dir.path(), "*.PDF") == "2\tapplication/pdf\t3\t" + (dir / "a-3.pdf") + "\tm\n5.1\timage/gif\t3\t" + (dir / "a-4.pdf") + "\tm\n");
    CHECK(content(dir / "a.pdf") == "mine");
    CHECK(::access((dir / "elsewhere").c_str(), F_OK) != 0);
}

TEST_CASE("a pattern with a slash is one of types, another one of names", "[view]") {
    struct Case { std::string pattern; std::size_t files; };
    const auto c = GENERATE(values<Case>({{"image/*", 2}, {"IMAGE/png", 1}, {"*.txt", 1}, {"text/*", 2}, {"message/*", 1}, {"*/*", 6}, {"x", 0}}));
    CAPTURE(c.pattern);
    const test::TempDir dir;
    const auto lines = extracted(dir.path(), c.pattern);
    CHECK(static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n')) == c.files);
}

TEST_CASE("a file that can't be written whole is not there", "[view]") {
    const test::TempDir dir;
    const std::string large = "Content-Type: a/b; name=large\n\n" + std::string(100'000, 'x');
    auto extractor = view::Extractor::open(dir.path(), "");
    REQUIRE(extractor);
    const test::FileSizeLimit limit{4096};
    const auto done = extractor->extract({"m", true, large, {}}, mime::read_structure(large), [](std::string_view) {});
    REQUIRE_FALSE(done);
    CHECK(done.error().fault == Fault::transient);
    CHECK(::access((dir / "large").c_str(), F_OK) != 0);
}

TEST_CASE("a new directory has the mode that the umask leaves", "[view]") {
    const test::TempDir dir;
    const auto before = ::umask(027);
    (void)extracted(dir / "new/deep", "");
    ::umask(before);
    struct stat st{};
    for (const auto* name : {"new", "new/deep"}) {
        REQUIRE(::stat((dir / name).c_str(), &st) == 0);
        CHECK((st.st_mode & 07777) == 0750);
    }
    REQUIRE(::stat((dir / "new/deep/a.pdf").c_str(), &st) == 0);
    CHECK((st.st_mode & 07777) == 0640);
}
