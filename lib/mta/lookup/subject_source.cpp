// SPDX-License-Identifier: ISC
#include "mta/lookup/subject_source.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/ascii.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t read_octets = 64 * 1024;

bool is_readable(int descriptor) {
    pollfd polled{descriptor, POLLIN, 0};
    return ::poll(&polled, 1, 0) != 0;  // also where poll(2) fails: read(2) tells then
}

}  // namespace

SubjectSource::SubjectSource(std::vector<std::string> names) : names_(std::move(names)), is_at_end_(names_.empty()) {}

Result<std::optional<std::string>> SubjectSource::next() {
    if (is_at_end_) return std::optional<std::string>{};
    if (descriptor_ < 0) {
        std::optional<std::string> name = std::move(names_[number_++]);
        is_at_end_ = number_ == names_.size();
        return name;
    }
    for (;;) {
        while (auto line = take_line()) {
            ++number_;
            if (!trim(*line).empty()) return line;
        }
        if (has_ended_) is_at_end_ = true;
        if (is_at_end_ || !is_readable(descriptor_)) return std::optional<std::string>{};
        if (auto read = read_more(); !read) return failure(read.error());
    }
}

/// A whole line, the last one also without its end. Of one that is too long its beginning, when its end is there.
std::optional<std::string> SubjectSource::take_line() {
    const auto end = input_.find('\n', begin_);
    if (end == std::string::npos && !(has_ended_ && begin_ < input_.size())) return {};
    auto line = input_.substr(begin_, end == std::string::npos ? end : end - begin_);
    begin_ = end == std::string::npos ? input_.size() : end + 1;
    if (line.size() > max_line_octets) line.resize(max_line_octets + 1);  // still too long: no domain
    return line;
}

Result<void> SubjectSource::read_more() {
    input_.erase(0, std::exchange(begin_, 0));
    if (input_.size() > max_line_octets) input_.resize(max_line_octets + 1);  // of a line without an end so far
    const auto kept = input_.size();
    input_.resize(kept + read_octets);
    const auto size = ::read(descriptor_, input_.data() + kept, read_octets);
    input_.resize(kept + static_cast<std::size_t>(size > 0 ? size : 0));
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) return {};
    if (size < 0) is_at_end_ = true;
    if (size < 0) return failure(system_error(errno, "read standard input"));
    if (size == 0) has_ended_ = true;
    return {};
}

}  // namespace mailpipe::mta
