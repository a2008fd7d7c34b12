// SPDX-License-Identifier: ISC
#include "mta/submission/gathered_text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/utf8.hpp"
#include "mta/piped_text.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t piece_octets = 64 * 1024;

/// Looks for the line that ends a message, however it is cut into pieces.
class DotWatch {
public:
    /// What of `piece` belongs to the message, behind a dot that was held back. False in is_over() until the end has come.
    std::string take(std::string_view piece) {
        std::string text;
        text.reserve(piece.size() + 1);
        while (!piece.empty() && !is_over_) {
            if (std::exchange(holds_dot_, false)) {
                is_over_ = piece.front() == '\n';
                if (!is_over_) text += '.';
                at_line_start_ = false;
            } else if (at_line_start_ && piece.front() == '.') {
                holds_dot_ = true;
                piece.remove_prefix(1);
            } else {
                const auto line = piece.substr(0, piece.find('\n') == piece.npos ? piece.npos : piece.find('\n') + 1);
                text += line;
                at_line_start_ = line.ends_with('\n');
                piece.remove_prefix(line.size());
            }
        }
        return text;
    }
    bool is_over() const { return is_over_; }

private:
    bool at_line_start_ = true;
    bool holds_dot_ = false;  // at the end, too: a lone dot may lack its line end
    bool is_over_ = false;
};

Result<Fd> unnamed_file(const std::vector<std::string>& directories) {
    int number = ENOENT;
    for (const auto& directory : directories) {
        Fd file{::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
        if (file) return file;
        number = errno;
    }
    const auto why = system_error(number, fmt::format("make a file in {}", fmt::join(directories, " or "))).what;
    return failure({Fault::transient, why, {}, number});
}

}  // namespace

std::vector<std::string> scratch_directories() {
    std::vector<std::string> directories{"/tmp", "/var/tmp"};
    const char* named = std::getenv("TMPDIR");
    if (named != nullptr && *named != '\0') directories.insert(directories.begin(), named);
    return directories;
}

Result<void> GatheredText::add(std::string_view piece, const std::vector<std::string>& directories) {
    octets_ += piece.size();
    wire_size_.add(piece);
    is_eight_bit_ = is_eight_bit_ || ascii_octets(piece) < piece.size();
    const auto room = std::min(piece.size(), head_octets - head_.size());
    head_ += piece.substr(0, room);
    piece.remove_prefix(room);
    if (piece.empty()) return {};
    if (!rest_) {
        auto file = unnamed_file(directories);
        if (!file) return failure(file.error());
        rest_ = std::move(*file);
    }
    return write_all(rest_, piece);
}

Result<GatheredText> GatheredText::read(const Fd& input, LoneDot dot, const std::vector<std::string>& directories) {
    GatheredText gathered;
    PipedText text{input};
    if (const auto from = text.from_line(); !from) return failure(from.error());
    DotWatch watch;
    while (!watch.is_over()) {
        const auto piece = text.next();
        if (!piece) return failure(piece.error());
        if (piece->empty()) break;
        const auto added = dot == LoneDot::ends ? gathered.add(watch.take(*piece), directories) : gathered.add(*piece, directories);
        if (!added) return failure({Fault::transient, "gather the message: " + added.error().what, {}, added.error().number});
    }
    return gathered;
}

Result<void> GatheredText::read_from(std::size_t offset, const std::function<Result<void>(std::string_view)>& take) const {
    const auto in_memory = head().substr(offset);
    if (!in_memory.empty()) {
        if (auto r = take(in_memory); !r) return r;
    }
    const std::unique_ptr<char[]> piece{new char[piece_octets]};
    for (std::uint64_t at = 0, end = octets_ - head_.size(); at < end;) {
        const auto n = ::pread(rest_.number(), piece.get(), std::min<std::uint64_t>(piece_octets, end - at), static_cast<off_t>(at));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return failure({Fault::transient, system_error(n < 0 ? errno : EIO, "read the gathered message").what});
        if (auto r = take({piece.get(), static_cast<std::size_t>(n)}); !r) return r;
        at += static_cast<std::uint64_t>(n);
    }
    return {};
}

}  // namespace mailpipe::mta
